"""Reads slices: `with location.sliced() as tick:` around local code that runs as one instant.

What the body says through `tick` becomes data: batches and values that it reads, state that it keeps, what leaves it.
All else in it is ordinary Python and is copied as it stands, so nothing may be awaited in it, and whatever concerns
`tick` happens once in every run: not under a condition, not in a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.model import UNNAMED, Related, Span
from motetc.frontend.comments import comment_behind, lines_before, suite_comment
from motetc.frontend.live import LiveReader
from motetc.frontend.live_hops import name_arrival
from motetc.frontend.scope import names_of_all
from motetc.frontend.slice_rules import READS, SliceRules
from motetc.frontend.tree import Node, exchange
from motetc.ir.live import Given, Live
from motetc.ir.operators import called
from motetc.ir.slices import Leaving, Reading, ReadKind, Slice, SliceLive, State, Step

_STREAMS = ("stream", "keyed_stream")
_VALUES = ("singleton", "optional", "keyed_singleton")


def opened(reader: LiveReader, node: cst.CSTNode) -> cst.Call | None:
    """The call of `location.sliced(…)` that a `with` opens."""
    if not isinstance(node, cst.With):
        return None
    for item in node.items:
        call = item.item
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
            sliced = call.func.attr.value == "sliced"
            if sliced and reader.operations.seat(call.func.value) is not None:
                return call
    return None


@dataclass(slots=True)
class SliceReader:
    """Reads one slice. `declare` lowers a statement of the body that declares live collections."""

    reader: LiveReader
    node: cst.With
    call: cst.Call
    declare: Callable[[cst.SimpleStatementLine, cst.BaseSmallStatement], None]
    rules: SliceRules = field(init=False)
    live: SliceLive = field(init=False)
    readings: list[Reading] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left: list[Leaving] = field(default_factory=list)
    stateless: bool = False  # a state of it was refused
    unread: bool = False  # what it reads was refused

    def read(self) -> None:
        """Add the slice to what has been declared; what is wrong with it goes to the findings."""
        if not self._header():
            return
        tick, live = self.rules.tick, self.live
        count = len(self.reader.operations.findings)
        self.reader.leaves[tick] = self._leave
        for statement in self.node.body.body:
            assert isinstance(statement, (cst.BaseStatement, cst.BaseSmallStatement))
            self._statement(statement)
        del self.reader.leaves[tick]
        live.inputs = tuple(r.live for r in self.readings if r.pends)
        live.bounded = self._ends()
        live.refused = self.unread or len(self.reader.operations.findings) > count
        live.peeks = tuple(r.live for r in self.readings if not r.pends)
        live.slice = Slice(
            tick,
            self.node,
            tuple(self.readings),
            tuple(self.states),
            tuple(self.steps),
            names_of_all(self.node.body.body).binds,
            tuple(self._comments()),
        )

    def _comments(self) -> Iterator[str]:
        """What the source says above the slice, and behind its header."""
        yield from filter(None, lines_before(self.node))
        if header := suite_comment(self.node.body):
            yield header

    # The header

    def _header(self) -> bool:
        func = self.call.func
        assert isinstance(func, cst.Attribute)
        seat = self.reader.operations.seat(func.value)
        assert seat is not None
        self.rules = SliceRules(self.reader, "tick")
        name = self.node.items[0].asname
        named = name is not None and isinstance(name.name, cst.Name)
        if len(self.node.items) != 1 or self.node.asynchronous is not None or not named:
            written = self.reader.operations.module.code(self.call)
            self.rules.refuse(self.call, UNNAMED, f"write `with {written} as tick:`")
            return False
        found = self.reader.arguments(self.call, ("every",), "sliced")
        if not self.reader.whole(seat, func) or found is None:
            return False
        assert name is not None
        assert isinstance(name.name, cst.Name)
        self.rules.tick = name.name.value
        why = self.reader.why(found, "every" in found, self.call, "sliced")
        self.live = SliceLive(
            next(self.reader.operations.counter),
            "sliced",
            seat.role,
            "slice",
            self.call,
            self._span(self.node.items[0]),
            bounded=False,
            why=why,
            name=self.rules.tick,
        )
        if "every" in found:
            self.live.arguments = {"seconds": Given(found["every"])}
        self.reader.lives.append(self.live)
        return True

    # The body

    def _statement(self, node: cst.BaseStatement | cst.BaseSmallStatement) -> None:
        if isinstance(node, cst.SimpleStatementLine):
            for index, small in enumerate(node.body):
                self._small(node, small, index == 0, index == len(node.body) - 1)
        elif isinstance(node, cst.BaseSmallStatement):
            line = cst.SimpleStatementLine([node])
            self._small(line, node, True, True)
        elif self.rules.allow(node) and self.rules.allow_copy(node):
            self._copy(node)

    def _small(
        self, line: cst.SimpleStatementLine, small: cst.BaseSmallStatement, first: bool, last: bool
    ) -> None:
        """One of the statements of a line, as a line of its own."""
        alone = small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        self.reader.operations.module.moved(alone, small)
        made = cst.SimpleStatementLine(
            [alone],
            leading_lines=line.leading_lines if first else (),
            trailing_whitespace=line.trailing_whitespace if last else cst.TrailingWhitespace(),
        )
        self.reader.operations.module.moved(made, small)
        if self.rules.allow(made):
            self._line(made, alone)

    def _line(self, line: cst.SimpleStatementLine, small: cst.BaseSmallStatement) -> None:
        value = _value(small)
        call = self.rules.call(value) if value is not None else None
        kind = call.func.attr.value if call is not None else ""  # type: ignore[attr-defined]
        if call is not None and kind in READS and self._ignores(small):
            self._reading(call, "")
            self._step(line, None)
        elif call is not None and kind in READS and _name(small):
            self._reads(line, small, call)
        elif call is not None and kind == "state":
            self._keeps(line, small, call)
        elif value is not None and self.reader.is_live(value):
            self.left = []
            self.declare(line, self._looked_up(small))
            self._step(line, None, tuple(self.left))
        elif self.rules.allow_copy(line):
            self._copy(line)

    def _ignores(self, small: cst.BaseSmallStatement) -> bool:
        """Whether a reading only sets the slice going: what it gives is bound to nothing, or to `_`."""
        unread = "_" not in names_of_all(self.node.body.body).reads
        return isinstance(small, cst.Expr) or (_name(small) == "_" and unread)

    def _reads(
        self, line: cst.SimpleStatementLine, small: cst.BaseSmallStatement, call: cst.Call
    ) -> None:
        """`name = tick.batch(…)`: elements wait under that name; what is looked up is bound to it."""
        name = _name(small)
        reading = self._reading(call, name) if self.rules.allow_name(small, name) else None
        if reading is None:
            return
        if reading.pends:
            self._step(line, None)
            return
        changed = cst.Assign([cst.AssignTarget(cst.Name(name))], cst.Name(reading.placeholder))
        self._step(line, line.with_changes(body=[changed]))

    def _keeps(
        self, line: cst.SimpleStatementLine, small: cst.BaseSmallStatement, call: cst.Call
    ) -> None:
        name, tick = _name(small), self.rules.tick
        found = self.reader.arguments(call, ("init",), "state")
        if not name or not found:
            if found is not None:
                text = "a state of a slice has a name and a first value"
                self.rules.refuse(small, text, f"write `total = {tick}.state(0)`")
        elif any(s.name == name for s in self.states):
            text = f"`{name}` is a state of this slice already"
            self.rules.refuse(small, text, "give this one another name")
        elif self.rules.allow_name(small, name):
            target = _target(small)
            assert target is not None
            self.states.append(State(name, found["init"], target, self._span(small)))
            self._step(line, None)

    def _copy(self, node: cst.BaseStatement) -> None:
        """Ordinary code."""
        for call in self.rules.calls(node):
            if call.func.attr.value not in READS:  # type: ignore[attr-defined]
                self._misplaced(call)
        self._step(node, self._looked_up(node))

    def _looked_up(self, node: Node) -> Node:
        """A statement with placeholders where it reads live collections."""
        swaps: dict[int, cst.CSTNode] = {}
        for call in self.rules.calls(node):
            reading = self._reading(call, "") if call.func.attr.value in READS else None  # type: ignore[attr-defined]
            if reading is not None:
                swaps[id(call)] = cst.Name(reading.placeholder)
        moved = self.reader.operations.module.moved
        return exchange(node, lambda found: swaps.get(id(found)), moved) if swaps else node

    def _misplaced(self, call: cst.Call) -> None:
        kind = call.func.attr.value  # type: ignore[attr-defined]
        self.stateless = self.stateless or kind == "state"
        text = f"`{self.rules.tick}.{kind}` is part of another expression here"
        help = f"make it a statement of its own: `name = {self.rules.tick}.{kind}(…)`"
        self.rules.refuse(call, text, help)

    def _step(
        self,
        node: cst.BaseStatement,
        made: cst.BaseStatement | None,
        leaving: tuple[Leaving, ...] = (),
    ) -> None:
        lines = lines_before(node)
        leading = tuple(lines if self.steps else filter(None, lines))
        comment = comment_behind(node)
        span = self._span(node.body[0] if isinstance(node, cst.SimpleStatementLine) else node)
        self.steps.append(Step(span, made, leaving, leading, comment))

    # What it reads, and what leaves it

    def _reading(self, call: cst.Call, name: str) -> Reading | None:
        kind: ReadKind = call.func.attr.value  # type: ignore[attr-defined]
        found = self.reader.arguments(call, ("collection",), kind)
        given = found.get("collection") if found is not None else None
        if found is None:
            return None
        if given is None or not self.reader.is_live(given):
            what = f"`{self.rules.code(given)}` is none" if given is not None else "none is given"
            text = f"`{kind}` reads a live collection, and {what}"
            self.rules.refuse(call, text, "pass a stream or a singleton")
            return None
        why = self.reader.why(found, kind != "atomic", call, f"{self.rules.tick}.{kind}")
        lives = self.reader.results(given)
        if len(lives) != 1 or not self._fits(kind, lives[0], call):
            self.unread = True
            return None
        placeholder = f"__read{next(self.reader.operations.counter)}__"
        if name and kind == "batch":
            name_arrival(lives[0], name)
        read = self._entries(given, lives[0]) if kind == "batch" else lives[0]
        reading = Reading(kind, read, call, self._span(call), placeholder, name, why)
        self.readings.append(reading)
        return reading

    def _entries(self, given: cst.BaseExpression, live: Live) -> Live:
        """What a batch is of: a keyed value's new entries, which change no more."""
        if live.shape != "keyed_singleton":
            return live
        entries = self.reader.add(given, "entries", live.role, "stream")
        entries.inputs, entries.ordered = (live,), False
        entries.bounded, entries.atomic = live.bounded, live.atomic
        return entries

    def _fits(self, kind: ReadKind, live: Live, call: cst.Call) -> bool:
        """Whether a collection of this kind is read so; where it is and what holds of it is checked later."""
        shapes = {
            "batch": (*_STREAMS, "keyed_singleton"),
            "snapshot": _VALUES,
            "atomic": (*_STREAMS, *_VALUES),
        }[kind]
        if live.shape in shapes:
            return True
        other = "snapshot" if live.shape in _VALUES else "batch"
        help = f"write `{self.rules.tick}.{other}(…)`"
        if live.shape not in (*_STREAMS, *_VALUES):
            help = "pass a stream or a singleton"
        text = f"`{kind}` does not read {called(live.shape)}"
        related = (Related(live.span, f"this is {called(live.shape)}"),)
        self.reader.operations.findings.error(
            "unsupported-syntax", self._span(call), text, help, related
        )
        return False

    def _leave(self, call: cst.Call) -> list[Live]:
        """`tick.stream(elements)` and `tick.latest(value)`, wherever a chain begins with them."""
        kind = call.func.attr.value  # type: ignore[attr-defined]
        param = "elements" if kind == "stream" else "value"
        found = self.reader.arguments(call, (param,), kind)
        if not found or param not in found:
            text = f"`{kind}` needs what is to leave the slice"
            self.rules.refuse(call, text, f"write `{self.rules.tick}.{kind}(…)`")
            return []
        is_kept = kind == "stream" or self._is_state(found[param])
        if not is_kept and not self.stateless:  # else that may be why
            self._no_state(call, found[param])
        shape = "stream" if kind == "stream" else "singleton"
        live = self.reader.add(call, f"slice_{kind}", self.live.role, shape)
        live.inputs, live.bounded = (self.live,), self._ends()
        if is_kept:
            self.left.append(Leaving(live, found[param]))
        return [live]  # one that was refused, too: others may read it

    def _ends(self) -> bool:
        """Whether the slice runs for the last time at some point: no timer, and all of its batches end."""
        timed = "seconds" in self.live.arguments
        return not timed and all(r.live.bounded for r in self.readings if r.pends)

    def _is_state(self, value: cst.BaseExpression) -> bool:
        return isinstance(value, cst.Name) and any(s.name == value.value for s in self.states)

    def _no_state(self, call: cst.Call, value: cst.BaseExpression) -> None:
        """A value that can be read at any time needs one from before the first run."""
        text = "`latest` gives a value that can be read at any time, so there has to be one before the first run"
        tick, shown = self.rules.tick, self.rules.code(value)
        help = f"keep it: `value = {tick}.state(first)`, then `value = {shown}`, and `{tick}.latest(value)`"
        self.rules.refuse(call, text, help)

    def _span(self, node: cst.CSTNode) -> Span:
        return self.reader.operations.module.span(node)


def _value(node: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    return node.value if isinstance(node, (cst.Assign, cst.AnnAssign, cst.Expr)) else None


def _target(node: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        return node.targets[0].target
    return node.target if isinstance(node, cst.AnnAssign) else None


def _name(node: cst.BaseSmallStatement) -> str:
    """The one plain name that a statement binds."""
    target = _target(node)
    return target.value if isinstance(target, cst.Name) else ""
