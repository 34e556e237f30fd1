"""What may not stand in the body of a slice, and which of its expressions are evaluated once in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.live import LiveReader
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children

READS = frozenset({"batch", "snapshot", "atomic"})
LEAVES = frozenset({"stream", "latest"})
KEEPS = frozenset({"state"})


@dataclass(slots=True)
class SliceRules:
    """The rules of one slice's body; `tick` is the slice's name."""

    reader: LiveReader
    tick: str

    def allow(self, node: cst.BaseStatement) -> bool:
        """Whether a statement may stand here; what is wrong with it goes to the findings."""
        count = len(self.reader.operations.findings)
        for inner in _awaits(node):
            self.refuse(
                inner,
                "a slice is one instant: nothing is awaited in it",
                "await it before the slice; or let what it needs leave the slice, and do it there",
            )
        for inner in _leaving(node, loop=False):
            word = type(inner).__name__.lower()
            outer = isinstance(inner, (cst.Global, cst.Nonlocal))
            text = (
                f"`{word}`: a slice's names are its own" if outer else f"`{word}` leaves the slice"
            )
            help = f"keep it: `{self.tick}.state(…)`" if outer else "put what follows under an `if`"
            self.refuse(inner, text, help)
        for inner in self._slices(node):
            help = "have one after the other: what leaves the first can be read by the second"
            self.refuse(inner, "a slice inside of a slice: both would be the same instant", help)
        self._ticks(node)
        return len(self.reader.operations.findings) == count

    def allow_copy(self, node: cst.BaseStatement) -> bool:
        """Whether a statement is ordinary code, which knows nothing of live collections."""
        count = len(self.reader.operations.findings)
        for found in self._lives(node):
            self.refuse(
                found,
                f"`{self.code(found)}` is a live collection, and is used as an ordinary value here",
                f"read what there is of it at this instant: `{self.tick}.batch(…)` of a stream, "
                f"`{self.tick}.snapshot(…)` of a value",
            )
        for name in sorted(names_of(node).binds):
            self.allow_name(node, name)
        return len(self.reader.operations.findings) == count

    def allow_name(self, node: cst.CSTNode, name: str) -> bool:
        """Whether the body may bind a name."""
        if name not in self.reader.names and name != self.tick:
            return True
        what = "the slice itself" if name == self.tick else "a live collection"
        text = f"`{name}` is {what}, and cannot be the name of something of this instant, too"
        self.refuse(node, text, "give this one another name")
        return False

    def refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        """Report what the language does not have."""
        span = self.reader.operations.module.span(node)
        self.reader.operations.findings.error("unsupported-syntax", span, message, help)

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        return self.reader.operations.module.code(node)

    def calls(self, node: cst.CSTNode) -> list[cst.Call]:
        """What a statement does with the slice once in every run, in order of evaluation."""
        return [c for n in _once(node) if (c := self.call(n)) is not None]

    def call(self, node: cst.CSTNode) -> cst.Call | None:
        """`tick.something(…)`."""
        named = isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)
        if not named or not _is_name(node.func.value, self.tick):  # type: ignore[attr-defined]
            return None
        known = node.func.attr.value in READS | LEAVES | KEEPS  # type: ignore[attr-defined]
        return node if known else None  # type: ignore[return-value]

    def _ticks(self, node: cst.BaseStatement) -> None:
        """Whatever does not happen exactly once in every run."""
        allowed = {id(call) for call in self.calls(node)}
        for found, call in self._mentions(node, None):
            if call is None:
                text = f"`{self.tick}` is no value: it stands for this instant"
                help = f"it has {', '.join(f'`{n}`' for n in sorted(READS | LEAVES | KEEPS))}"
                self.refuse(found, text, help)
            elif id(call) not in allowed:
                assert isinstance(call.func, cst.Attribute)
                what = f"`{self.tick}.{call.func.attr.value}`"
                text = f"{what} under a condition, in a loop or in a function: what a slice does is fixed"
                self.refuse(
                    call, text, "make it a statement of the slice's body, and use its name here"
                )

    def _slices(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Slices that are opened in this one."""
        if isinstance(node, cst.With):
            for item in node.items:
                if self._opens(item.item):
                    yield item.item
        for child in children(node):
            yield from self._slices(child)

    def _opens(self, node: cst.CSTNode) -> bool:
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return False
        seat = self.reader.operations.seat(node.func.value)
        return node.func.attr.value == "sliced" and seat is not None

    def _mentions(
        self, node: cst.CSTNode, call: cst.Call | None
    ) -> Iterator[tuple[cst.CSTNode, cst.Call | None]]:
        """Every mention of the slice, with the call that it is part of."""
        if _is_name(node, self.tick):
            yield node, call
            return
        found = self.call(node)
        if found is not None:
            assert isinstance(found.func, cst.Attribute)
            yield found.func.value, found
            for arg in found.args:
                yield from self._mentions(arg.value, None)
            return
        for child in _code(node):
            yield from self._mentions(child, None)

    def _lives(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The live collections in ordinary code; what a reading of the slice names is none."""
        call = self.call(node)
        if call is not None and call.func.attr.value in READS:  # type: ignore[attr-defined]
            return
        if self.reader.is_live(node):
            yield node
            return
        for child in _code(node):
            yield from self._lives(child)


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _code(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children that are code: no labels of attributes and keywords."""
    if isinstance(node, cst.Attribute):
        return [node.value]
    if isinstance(node, cst.Arg):
        return [node.value]
    return children(node)


def _once(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The expressions that are evaluated exactly once when a statement runs, outer before inner."""
    yield node
    for child in _certain(node):
        yield from _once(child)


def _certain(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children that are evaluated exactly once when the node is."""
    match node:
        case cst.Lambda() | cst.While() | cst.FunctionDef() | cst.ClassDef() | cst.Try():
            return []
        case cst.GeneratorExp() | cst.ListComp() | cst.SetComp() | cst.DictComp():
            return [node.for_in.iter]
        case cst.IfExp() | cst.If():
            return [node.test]
        case cst.BooleanOperation():
            return [node.left]
        case cst.Comparison():
            return [node.left, node.comparisons[0].comparator]
        case cst.For():
            return [node.iter]
        case cst.With():
            return [item.item for item in node.items]
        case cst.Match():
            return [node.subject]
        case cst.Assert():
            return [node.test]
        case _:
            return _code(node)


def _awaits(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What would have to wait."""
    if isinstance(node, cst.Await):
        yield node
        return
    if isinstance(node, (cst.For, cst.With, cst.CompFor)) and node.asynchronous is not None:
        yield node
        return
    if isinstance(node, cst.FunctionDef) and node.asynchronous is not None:
        return
    for child in children(node):
        yield from _awaits(child)


def _leaving(node: cst.CSTNode, loop: bool) -> Iterator[cst.CSTNode]:
    """`return` and `yield` anywhere, `break` and `continue` outside of a loop in the body."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        return
    jumps = isinstance(node, (cst.Break, cst.Continue)) and not loop
    if jumps or isinstance(node, (cst.Return, cst.Yield, cst.Global, cst.Nonlocal)):
        yield node
        return
    inner = loop or isinstance(node, (cst.For, cst.While))
    for child in children(node):
        yield from _leaving(child, inner)
