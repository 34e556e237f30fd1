"""Names of variables in fused code, and the types that they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from motetc.ir.live import Live
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code
from motetc.passes.fuse.graph import Graph
from motetc.passes.fuse.inline import parameters

TypeOf = Callable[[cst.CSTNode], Type | None]


@dataclass(slots=True, kw_only=True)
class Names(Graph):
    """`taken` are the names that the function, its module and its builtins use."""

    type_of: TypeOf
    taken: set[str]
    variables: dict[int, str] = field(default_factory=dict)  # uid -> state variable
    types: list[Type] = field(default_factory=list)
    owned: set[str] = field(
        default_factory=set
    )  # names of the source that stand for what they stand for there

    def fresh(self, hint: str) -> str:
        """A name that nothing else uses."""
        name, number = hint, 2
        while name in self.taken:
            name, number = f"{hint}_{number}", number + 1
        self.taken.add(name)
        return name

    def own_name(self, name: str) -> str:
        """A name of the source, if nothing else has it yet."""
        if name in self.owned or name in self.variables.values():
            return self.fresh(name)
        self.owned.add(name)
        self.taken.add(name)
        return name

    def variable(self, live: Live, hint: str = "") -> str:
        """The state variable of a node: called as the source calls the node, if it does."""
        if live.uid not in self.variables:
            own = live.name and live.name not in self.variables.values() and not hint
            self.variables[live.uid] = (
                live.name if own else self.fresh(hint or live.name or live.op)
            )
        return self.variables[live.uid]

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
        found = self.type_of(live.node)
        if found is not None and found.kind == "tuple" and live.part < len(found.args):
            found = found.args[live.part]
        return found.args if found is not None and found.name.startswith("motet.") else ()

    def annotation(self, type_: Type | None) -> str:
        """How generated code says a type: filled in when it is written."""
        if type_ is None:
            return "object"
        self.types.append(type_)
        return f"__type{len(self.types) - 1}__"

    def local(self, hint: str, code: Code) -> str:
        """A name for a variable of one loop."""
        name, number = hint, 2
        while name in self.taken or name in code.names:
            name, number = f"{hint}_{number}", number + 1
        return name

    def hint(self, live: Live) -> str:
        """What to call an element of a node: as the lambda that reads it does, else after its type."""
        for consumer, _ in self.consumers(live):
            for given in consumer.arguments.values():
                if isinstance(given.expr, cst.Lambda):
                    names = parameters(given.expr)
                    if names and names[-1] != "_":
                        return names[-1]
        found = self.element_type(live)
        if found is not None and found.kind == "class":
            return _snake(found.name.rpartition(".")[2])
        return "item"

    def element_name(self, live: Live, code: Code) -> str:
        """A loop variable for the elements of a node."""
        name = self.local(self.hint(live), code)
        code.names[name] = self.element_type(live)
        return name


def _snake(name: str) -> str:
    text = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return text.strip("_")
