"""Names of variables in fused code, and the types that they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from motetc.frontend.naming import free_name, snake
from motetc.frontend.scope import names_of
from motetc.ir.answers import TypeOf
from motetc.ir.live import Collect, Live
from motetc.ir.operators import LOOP
from motetc.ir.slices import SliceLive
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code
from motetc.passes.fuse.graph import STREAMS, Graph
from motetc.passes.fuse.inline import parameters
from motetc.passes.fuse.said import said_types
from motetc.passes.fuse.wording import RESERVED, is_plural, last_parameter, one_of, singular

_NOUNS = {
    "collect_list": "collected",
    "fold": "folded",
    "get": "found",
    "is_empty": "empty",
    "max": "largest",
    "min": "smallest",
    "reduce": "reduced",
}
_OTHERS = frozenset({"count", "first", "key_count", "last", "max", "min"})
_TABLES = {"first": "firsts", "value_counts": "counts"}
_PAIRS = ("entries", "entries_partially_ordered")
_ENDS = ("first", "last")  # words that say what the value is, where all elements are called so
_OF_VALUES = ("filter", "filter_map", "map", "or_", "unwrap_or")


@dataclass(slots=True, kw_only=True)
class Names(Graph):
    """`taken` are the names that the function, its module and its builtins use."""

    type_of: TypeOf
    taken: set[str]
    variables: dict[int, str] = field(default_factory=dict)  # uid -> state variable
    said_types: dict[int, tuple[Type, ...]] = field(default_factory=dict)  # uid -> key, element
    kept_names: dict[tuple[int, str], str] = field(default_factory=dict)
    types: list[Type] = field(default_factory=list)
    result_types: dict[str, Type] = field(default_factory=dict)  # of results that may be None
    loops: set[str] = field(default_factory=set)  # names of loop variables
    awaited_as: dict[str, Live] = field(default_factory=dict)  # what is awaited under a name
    owned: set[str] = field(
        default_factory=set
    )  # names of the source that stand for what they stand for there

    def free_names(self) -> None:
        """What the source calls collections and their results is free for variables: nothing else can mean it."""
        here = [x for x in self.flow.lives if x.op != LOOP.name or x.role == self.role]
        own = {x.name for x in here} | {c.name for c in self.flow.collects}
        self.loops |= {x.name for x in here if x.op == LOOP.name}  # what an `async for` binds
        bodies = [x.body for x in here if isinstance(x, SliceLive) and x.role == self.role]
        inside = {n for body in bodies for n in body.binds - {x.live.name for x in body.leaving}}
        self.taken |= own & inside
        own -= inside
        read = {n for _, given in self.flow.given for n in names_of(given.expr).reads}
        self.taken = self.taken - (own - read)
        mine = [c for c in self.flow.collects if c.live.role == self.role]
        self.awaited_as = {c.name: c.live for c in mine if c.name not in self.taken}
        self.taken |= set(self.awaited_as)

    def may_end(self, live: Live) -> bool:
        """Whether a node may end before its input does: a `scan` only if its function may answer None."""
        ends = super(Names, self).may_end(live)
        return ends and (live.op != "scan" or self.may_stop(live))

    def may_stop(self, live: Live) -> bool:
        """Whether the function of a `scan` may answer None."""
        f = live.arguments["f"].expr
        if isinstance(f, cst.Lambda):
            return may_be_none(self.type_of(f.body))
        known = self.type_of(f)
        return known is None or not known.args or may_be_none(known.args[0])

    def result_name(self, live: Live) -> str | None:
        """The name under which a value is awaited, if it may be the variable's name as well."""
        return next((name for name, found in self.awaited_as.items() if found is live), None)

    def kept_as(self, collect: Collect) -> str:
        """The variable of an awaited stream's elements: called as the source calls them, unless a slice means something
        else by that name."""
        if self.awaited_as.get(collect.name) is collect.live:
            return collect.name
        key = collect.live.uid, collect.name
        if key not in self.kept_names:
            self.kept_names[key] = self.fresh(collect.name)
        return self.kept_names[key]

    def fresh(self, *hints: str) -> str:
        """A name that nothing else uses: the first of those wished for that is free, else the first with a number."""
        name = next((h for h in hints if h and not self.is_used(h)), "")
        name = name or free_name(hints[0], self.is_used)
        self.taken.add(name)
        return name

    def made(self, word: str, of: str = "") -> str:
        """A name that the source does not have: not one by which it calls a collection here, which may need it yet.

        `of`: a name with which it may be joined, rather than be given a number.
        """
        own = {x.name for x in self.flow.lives if x.role == self.role}

        def is_used(name: str) -> bool:
            return name in own or self.is_used(name)

        joined = f"{word}_{of}" if of and is_used(word) else word
        name = free_name(word if is_used(joined) else joined, is_used)
        self.taken.add(name)
        return name

    def is_used(self, name: str) -> bool:
        """Whether a name means something else anywhere."""
        return name in self.taken or name in self.loops or name in RESERVED

    def own_name(self, name: str) -> str:
        """A name of the source, if nothing else has it yet."""
        if name in self.owned or name in self.loops or name in self.variables.values():
            return self.fresh(name)
        self.owned.add(name)
        self.taken.add(name)
        return name

    def variable(self, live: Live, hint: str = "") -> str:
        """The state variable of a node: called as the source calls the node, or what becomes of it."""
        if live.uid not in self.variables:
            result = self.result_name(live) if live.shape not in STREAMS else None
            self.variables[live.uid] = result or self.fresh(
                hint or self.state_name(live), _other(live)
            )
        return self.variables[live.uid]

    def state_name(self, live: Live) -> str:
        """What a node's value would be called."""
        if live.name:
            return live.name
        for consumer, _ in self.consumers(live):
            if live.shape not in STREAMS and consumer.shape not in STREAMS and consumer.op != "zip":
                name = self._parameter(consumer) if live.shape != "keyed_singleton" else ""
                if not name or self.is_used(name):
                    name = self.state_name(consumer)
                if live.op in _ENDS and name == self.hint(live.inputs[0]):
                    return live.op
                if name not in self.awaited_as:  # which is what becomes of it
                    return name
        if live.op in _OF_VALUES and live.inputs and live.inputs[0].name:
            return live.inputs[0].name
        return _noun(live)

    def element_type(self, live: Live) -> Type | None:
        """The type of a node's elements or value."""
        found = self._args(live)
        return found[1 if live.shape.startswith("keyed") else 0] if found else None

    def key_type(self, live: Live) -> Type | None:
        """The type of a keyed node's keys."""
        found = self._args(live)
        return found[0] if found and live.shape.startswith("keyed") else None

    def item_type(self, live: Live) -> Type | None:
        """The type of an element in a list: of a keyed one, with its key."""
        key, value = self.key_type(live), self.element_type(live)
        return Type("tuple", args=(key, value)) if key is not None and value is not None else value

    def _args(self, live: Live) -> tuple[Type, ...]:
        if live.uid not in self.said_types:
            found = self.type_of(live.node)
            if found is not None and found.kind == "tuple" and live.part < len(found.args):
                found = found.args[live.part]
            args = found.args if found is not None and found.name.startswith("motet.") else ()
            self.said_types[live.uid] = args  # of a cycle
            self.said_types[live.uid] = said_types(live, args, self._args, self.type_of)
        return self.said_types[live.uid]

    def value_type(self, live: Live) -> Type | None:
        """The type of a singleton's value: of a keyed one, a dict."""
        key, value = self.key_type(live), self.element_type(live)
        known = key is not None and value is not None
        return Type("collection", "dict", (key, value)) if known else value  # type: ignore[arg-type]

    def annotation(self, type_: Type | None) -> str:
        """How generated code says a type: filled in when it is written."""
        if type_ is None:
            return "object"
        self.types.append(_sayable(type_))
        return f"__type{len(self.types) - 1}__"

    def imported(self, full_name: str) -> str:
        """How generated code says a class or function, which it imports."""
        return self.annotation(Type("class", full_name))

    def local(self, hint: str, code: Code, type_: Type | None = None, *others: str) -> str:
        """A name for a variable of one loop: a new one, or one of the same type that nobody reads any more. `others`:
        what it may be called as well, rather than be given a number."""

        def is_used(name: str) -> bool:
            return name in self.taken or name in RESERVED or not self._is_open(name, code, type_)

        name = next((n for n in (hint, *others) if n and not is_used(n)), "")
        name = name or free_name(hint, is_used)
        code.names[name] = type_
        self.loops.add(name)
        return name

    def several(
        self, hints: Sequence[str], code: Code, types: Sequence[Type | None]
    ) -> tuple[str, ...]:
        """Names for variables that are bound together."""
        busy, names = code.busy, list[str]()
        for hint, type_ in zip(hints, types, strict=True):
            code.busy = busy | {*names}
            names.append(self.local(hint, code, type_))
        code.busy = busy
        return tuple(names)

    def entry_names(self, live: Live, code: Code) -> tuple[str, str]:
        """Names for the key and the value of a keyed node's elements."""
        types = self.key_type(live), self.element_type(live)
        key, value = self.several((self.key_hint(live), self.hint(live)), code, types)
        return key, value

    def _is_open(self, name: str, code: Code, type_: Type | None) -> bool:
        if name not in code.names:
            return True
        return name not in code.busy and type_ is not None and code.names[name] == type_

    def hint(self, live: Live) -> str:
        """What to call an element: as the lambda that reads it does, else after its stream, else after its type."""
        if live.name and live.shape in ("singleton", "optional"):
            return live.name
        if half := self._half(live, 1):
            return half
        for consumer, _ in self.consumers(live):
            name = self._parameter(consumer)
            if name and (name not in self.taken or consumer.op == LOOP.name):
                return name
        sent = live.inputs[0].name if live.hop is not None and live.inputs else ""
        for plural in (live.name, sent):
            if (one := one_of(plural)) and one not in self.taken:
                return one
        found = self.element_type(live)
        called = (found.said or found) if found is not None else None
        kinds = ("class", "alias")
        named = snake(called.name.rpartition(".")[2]) if called and called.kind in kinds else ""
        if named and named not in self.taken:
            return named
        made = self._taken_as(live, False), self._taken_as(live, True)
        return next((n for n in made if n and n not in self.taken), "item")

    def _taken_as(self, live: Live, lambdas: bool) -> str:
        """What is made of a stream that is passed on, or what the functions that get its elements call them."""
        for consumer, _ in self.consumers(live):
            given = consumer.arguments.get("f")
            found = self.type_of(given.expr) if given is not None else None
            if given is not None and isinstance(given.expr, cst.Lambda) != lambdas:
                found = None
            name = last_parameter(found.name) if found is not None else ""
            if not name and consumer.op in SAME and consumer.shape in STREAMS:
                plural = singular(consumer.name) if is_plural(consumer.name) else ""
                name = plural or self._taken_as(consumer, lambdas)
            if name and name not in RESERVED:
                return name
        return ""

    def key_hint(self, live: Live) -> str:
        """What to call a key."""
        if half := self._half(live, 0):
            return half
        for consumer, _ in self.consumers(live):
            given = consumer.arguments.get("f")
            if consumer.op.endswith("_with_key") and given and isinstance(given.expr, cst.Lambda):
                names = parameters(given.expr)
                if names and len(names) == 2 and names[0].strip("_"):
                    return names[0]
        found = self.key_type(live)
        if found is not None and found.kind == "member":
            return "member"
        return snake(found.name.rpartition(".")[2]) if found and found.kind == "class" else "key"

    def _half(self, live: Live, index: int) -> str:
        """What an `async for` over the pairs of a keyed node calls a half of them, if that is free."""
        turns = self.flow.turns
        pairs = [c for c, _ in self.consumers(live) if c.op in _PAIRS]
        loops = any(x.op == LOOP.name for c in pairs for x, _ in self.consumers(c))
        names = items_of(turns.node.target) if turns is not None and loops else ()
        name = names[index] if len(names) == 2 else ""
        return name if name.strip("_") and name not in self.taken else ""

    def buffer_name(self, live: Live) -> str:
        """What to call the elements of a node that are kept for later."""
        if live.name and live.name not in self.awaited_as:
            return live.name
        return live.inputs[0].name or f"{self.hint(live.inputs[0])}s"

    def _parameter(self, consumer: Live) -> str:
        if consumer.op == LOOP.name:
            return consumer.name
        given = consumer.arguments.get("f")
        if given is None or not isinstance(given.expr, cst.Lambda):
            return ""
        names = parameters(given.expr)
        return names[-1] if names and names[-1].strip("_") else ""

    def element_name(self, live: Live, code: Code) -> str:
        """A loop variable for the elements of a node."""
        return self.local(self.hint(live), code, self.element_type(live))

    def perhaps_name(self, live: Live, code: Code) -> str:
        """A variable for an element of a node, or None."""
        result = self.result_name(live) if live.shape in ("singleton", "optional") else None
        found = self.element_type(live)
        kind = None if found is None else Type("union", args=(found, Type("scalar", "None")))
        if result is None:
            return self.local(self.hint(live), code, kind)
        if kind is not None:
            self.result_types[result] = kind
        return result

    def label(self, live: Live) -> str:
        """What the source calls a stream, or what becomes of it: what is sent, or awaited."""
        sent = (self.flow.name_of(h) for h in self.hops_of(live))
        awaited = (c.name for c in self.collects_of(live))
        return live.name or next(filter(None, (*sent, *awaited)), "")

    def becomes(self, live: Live) -> str:
        """The same, or what is made of the one thing that becomes of it."""
        while not (name := self.label(live)):
            made = [x for x, _ in self.consumers(live)]
            if len(made) != 1:
                return ""
            (live,) = made
        return name

    def loop_name(self, live: Live) -> str:
        """What to call the function of a driver's loop, after what it does."""
        if live.hop is not None:
            return f"receive_{self.flow.name_of(live.hop) or 'stream'}"
        name = self.flow.called.get(live.name, live.name)
        if live.port is not None or live.cluster:
            verb = "watch" if live.op == "membership" else "serve"
            return f"{verb}_{live.port.name if live.port is not None else live.cluster}"
        if self.resolves(live):
            return f"take_{self.label(live) or 'futures'}"
        if live.op == "sample_every":
            base = live.inputs[0]
            while not base.name and base.inputs and base.inputs[0].shape not in STREAMS:
                base = base.inputs[0]
            return f"sample_{base.name or self.state_name(base)}"
        hops = {h.uid: h for x in self.reachable(live) for h in self.hops_of(x)}
        if len(hops) == 1:
            (hop,) = hops.values()
            sent = self.flow.arrival(hop).inputs[0].name or self.flow.name_of(hop)
            return f"send_{name or sent or 'stream'}"
        return f"run_{name or live.op}"


def _other(live: Live) -> str:
    """What the value of an operator may be called as well."""
    return _noun(live) if live.op in _OTHERS else ""


def _noun(live: Live) -> str:
    """What the value of an operator is called that has no other name."""
    tables = _TABLES if live.shape == "keyed_singleton" else {}
    return tables.get(live.op) or _NOUNS.get(live.op, live.op)


SAME = frozenset(
    {"assume_ordering", "assume_retries", "atomic", "chain", "end_atomic", "filter", "inspect"}
    | {"into_keyed", "merge_ordered", "merge_unordered", "partition", "unique", "values"}
    | {"weaken_ordering", "weaken_retries"}
)  # operators that give elements as they take them


def _sayable(type_: Type) -> Type:
    """The type with callables as annotations say them."""
    if type_.kind == "other" and type_.name.startswith("def "):
        return Type("class", "collections.abc.Callable", (Type("other", "..."), Type("any")))
    return replace(type_, args=tuple(map(_sayable, type_.args))) if type_.args else type_


def may_be_none(type_: Type | None) -> bool:
    """Whether None may be among the values of a type."""
    if type_ is None or type_.kind in ("any", "other", "typevar", "alias"):
        return True
    return type_.name == "None" or any(may_be_none(a) for a in type_.args if type_.kind == "union")


def items_of(target: cst.BaseAssignTargetExpression) -> tuple[str, ...]:
    """The names to which the items of a tuple are bound; none if it is bound otherwise."""
    parts = [e.value for e in target.elements] if isinstance(target, cst.Tuple) else []
    names = tuple(part.value for part in parts if isinstance(part, cst.Name))
    return names if len(names) == len(parts) == len({*names}) else ()
