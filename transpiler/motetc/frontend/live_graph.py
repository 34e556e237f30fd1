"""The graph of live collections that is being read: what is in it, what is live, how operators are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.operations import Operations
from motetc.frontend.reasons import sentence
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.tree import children
from motetc.ir.live import Collect, Live, Port
from motetc.ir.operators import SOURCES

_OF_PORTS: Final = ("requests", "membership")
_SOURCE: Final = re.compile(rf"\b({'|'.join(SOURCES)})\b")


@dataclass(slots=True)
class LiveGraph:
    """The live collections of one choreography that have been declared so far."""

    operations: Operations
    names: dict[str, Live] = field(default_factory=dict)
    refused: set[str] = field(
        default_factory=set
    )  # names of what has a finding where it is declared
    lives: list[Live] = field(default_factory=list)
    collects: list[Collect] = field(default_factory=list)
    idle: list[Live] = field(default_factory=list)  # they hang on what has run, and do nothing
    ended: dict[int, Span | None] = field(default_factory=dict)  # what has run, before what
    leaves: dict[str, Callable[[cst.Call], list[Live]]] = field(default_factory=dict)
    """What leaves the slice that is being read, by the slice's name."""
    kept: set[int] = field(default_factory=set)  # uids of what is awaited after its flow
    kept_nodes: dict[cst.Await, str] = field(
        default_factory=dict
    )  # awaited with what stands before
    awaited: frozenset[str] | None = None
    channels: dict[int, Live] = field(default_factory=dict)  # uid of a feedback -> what it feeds
    ports: dict[int, Port] = field(default_factory=dict)
    begins: bool = field(init=False)  # whether any may be declared at all, by the words in the text

    def __post_init__(self) -> None:
        code = code_of(self.operations.choreography.node)
        self.begins = _SOURCE.search(code) is not None

    # What is live

    def is_live(self, expr: cst.CSTNode) -> bool:
        """Whether an expression is a live collection, or something done with one."""
        if isinstance(expr, cst.Name):
            return expr.value in self.known()
        if isinstance(expr, cst.Attribute):
            return expr.attr.value in _OF_PORTS and self._is_port(expr.value)
        if self.operations.answers(expr):
            return False
        if isinstance(expr, cst.Call) and isinstance(expr.func, cst.Attribute):
            made_here = self.is_source(expr) or self.is_leaving(expr.func)
            return made_here or self.is_live(expr.func.value)
        return False

    def known(self) -> set[str]:
        """The names of live collections."""
        return {*self.names, *self.refused}

    def is_refused(self, expr: cst.CSTNode) -> bool:
        """Whether it is a chain that begins with a name of what was refused, which need be no collection at all."""
        return root(expr) in self.refused

    def give_up(self, names: Iterable[str]) -> None:
        """The names stand for something that was refused: what is made of them has no findings."""
        for name in names:
            self.forget(name)
            self.refused.add(name)

    def forget(self, name: str) -> None:
        """The name means something else from here on."""
        self.names.pop(name, None)
        self.operations.doors.pop(name, None)
        self.refused.discard(name)

    def collected(self, node: cst.CSTNode) -> Iterator[cst.Await]:
        """Every `await live.collect()` below a node, in order of evaluation."""
        if not self.begins:
            return
        if isinstance(node, cst.Await) and self._is_collect(node.expression):
            yield node
            return
        for child in children(node):
            yield from self.collected(child)

    def begun(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The first live collection that is declared somewhere within a statement, where none can be."""
        if not self.begins:
            return None
        if isinstance(node, cst.Call) and self.is_refused(node):
            return None  # what it is given would be, if it were what it was meant to be
        if isinstance(node, cst.Call) and self.is_live(node):
            return node
        return next((f for c in children(node) if (f := self.begun(c)) is not None), None)

    def mentioned(self, node: cst.CSTNode) -> str | None:
        """The first name below `node` that is bound to a live collection; of a port, other than in a reply."""
        if not self.names:
            return None
        names, doors = sorted(names_of(node).reads & set(self.names)), self.operations.doors
        return next((n for n in names if n not in doors or self._names(node, n)), None)

    def _names(self, node: cst.CSTNode, door: str) -> bool:
        """Whether a port is named other than in a reply."""
        if self.operations.answers(node):
            assert isinstance(node, cst.Call)
            return any(self._names(arg.value, door) for arg in node.args)
        if isinstance(node, cst.Name):
            return node.value == door
        return any(self._names(child, door) for child in children(node))

    def is_source(self, call: cst.Call) -> bool:
        assert isinstance(call.func, cst.Attribute)
        return call.func.attr.value in SOURCES and self.operations.speaker(call.func) is not None

    def _is_port(self, expr: cst.CSTNode) -> bool:
        if isinstance(expr, cst.Name):
            return expr.value in self.names and self.names[expr.value].shape == "port"
        func = expr.func if isinstance(expr, cst.Call) else None
        named = isinstance(func, cst.Attribute) and func.attr.value == "port"
        return named and self.is_live(expr)

    def is_leaving(self, func: cst.Attribute) -> bool:
        named = isinstance(func.value, cst.Name) and func.value.value in self.leaves
        return named and func.attr.value in ("stream", "latest")

    def _is_collect(self, expr: cst.CSTNode) -> bool:
        return (
            isinstance(expr, cst.Call)
            and isinstance(expr.func, cst.Attribute)
            and expr.func.attr.value == "collect"
            and self.is_live(expr.func.value)
        )

    # Building

    def results(self, expr: cst.BaseExpression) -> list[Live]:
        """The results of a live expression: one, or two of an operator that gives a pair."""
        raise NotImplementedError

    def add(self, node: cst.BaseExpression, op: str, role: str, shape: str) -> Live:
        """A new node."""
        uid = next(self.operations.counter)
        live = Live(uid, op, role, shape, node, self.operations.module.span(node))  # type: ignore[arg-type]
        self.lives.append(live)
        return live

    # Arguments

    def arguments(
        self, call: cst.Call, params: tuple[str, ...], op: str, timed: bool = True
    ) -> dict[str, cst.BaseExpression] | None:
        """The arguments of a call by parameter, `why` included where the operator is `timed`."""
        found: dict[str, cst.BaseExpression] = {}
        names = iter((*params, "why") if timed else params)
        for arg in call.args:
            inner = self.operations.contains(arg.value)
            if inner is not None:
                text = "communication in the argument of an operator"
                help = "receive it in a statement before, and use its name"
                if isinstance(arg.value, cst.Lambda):
                    help = f"a stream sends its elements itself: `.send(to=…)` before `.{op}(…)`, which then runs there"
                self.refuse(inner, text, help)
                return None
            name = arg.keyword.value if arg.keyword is not None else next(names, "")
            if arg.star or not name or name in found:
                text = self.operations.module.code(arg).strip(", ")
                self.refuse(arg, f"`{op}` cannot be called with `{text}`", _takes(op, params))
                return None
            found[name] = arg.value
        return found

    def complete(
        self,
        attr: cst.Name,
        found: Mapping[str, cst.BaseExpression],
        params: Sequence[str],
        optional: Set[str],
        timed: bool,
    ) -> bool:
        """Whether nothing is missing of what an operator has to be given."""
        wanted = [name for name in params if name not in optional]
        missing = next((name for name in wanted if name not in found), None)
        if missing is not None:
            text = f"`{attr.value}` is not given `{missing}`"
            said = [*wanted, 'nondet("…")'] if timed else wanted
            self.refuse(attr, text, f"write `.{attr.value}({', '.join(said)})`")
        return missing is None

    def why(
        self, found: dict[str, cst.BaseExpression], needed: bool, call: cst.Call, op: str
    ) -> str:
        """The reason among the arguments, which is taken out of them."""
        expr = found.pop("why", None)
        if expr is not None:
            return self.operations.reason(expr)
        if needed:
            self.operations.findings.error(
                "missing-nondet",
                self.operations.module.span(call.func),
                f"`{op}` depends on timing, and does not say why that is harmless",
                f'give the reason: `{op}(…, why=nondet("why any outcome will do"))`',
            )
        return ""

    def proof(self, expr: cst.BaseExpression, name: str) -> str:
        call = expr if isinstance(expr, cst.Call) else None
        module = self.operations.module
        if call is not None and self.operations.program.resolve(module, call.func) == "motet.proof":
            said = sentence(call)
            if said:
                return said
        self.operations.findings.error(
            "missing-proof",
            module.span(expr),
            f"`{name}` must be a `proof` with a literal that is not empty",
            f'write `{name}=proof("why this function is {name}")`',
        )
        return "no reason"

    # Findings

    def refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        help = help or "see `motet explain unsupported-syntax`"
        span = self.operations.module.span(node)
        self.operations.findings.error("unsupported-syntax", span, message, help)


def root(expr: cst.CSTNode) -> str:
    """The name at the beginning of a chain, which may be awaited; "" if it begins with something else."""
    while isinstance(expr, (cst.Await, cst.Call, cst.Attribute, cst.Subscript)):
        match expr:
            case cst.Await(expression=inner) | cst.Call(func=inner):
                expr = inner
            case cst.Attribute(value=inner) | cst.Subscript(value=inner):
                expr = inner
    return expr.value if isinstance(expr, cst.Name) else ""


def _takes(op: str, params: tuple[str, ...]) -> str:
    """How an operator is called."""
    return f"it takes `{'`, `'.join(params)}`" if params else f"write `.{op}()`"
