"""`async for` over a stream: where its body stands among the loops that the stream comes from.

The body is not code yet when a flow is fused (it holds operations whose channels have no name so far), so a placeholder
stands for it. It runs for one element after the other, after all else that is done with the batch and after the batch
has been sent on, because whoever the stream is shared with waits for its elements. Where the loop is all that is done
with a stream it stands in the stream's own loop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from motetc.frontend.source import SourceModule
from motetc.ir.live import Hop, Live
from motetc.ir.nodes import Turns
from motetc.ir.operators import LOOP
from motetc.passes.fuse.code import BODY, Code, Line
from motetc.passes.fuse.names import items_of
from motetc.passes.targets import bound_by

if TYPE_CHECKING:
    from motetc.passes.fuse.fuser import Fuser

_WORD = re.compile(r"\w+")
_SITE = "await __turns__"
"""Stands for the loop over elements that wait; there may be several."""

_MERGING = ("merge_ordered", "merge_unordered")


@dataclass(slots=True)
class Turn:
    """The `async for` of a flow at one role. `rebinds`: names of the function around it that its body binds anew;
    `said`: what an element is called here, which is nothing where nobody reads it."""

    module: SourceModule
    turns: Turns
    sink: Live
    said: str
    rebinds: frozenset[str] = frozenset()
    idle: bool = False  # nothing is done here: elements are received, and that is all
    breaks: bool = False  # the body may leave the loop here
    list: str = ""
    sites: int = field(default=0)
    flag: str = ""  # the variable that says that it has been left
    guarded: bool = False  # elements may come after that
    held: str = ""  # what keeps loops that run at the same time apart

    @property
    def head(self) -> Live:
        """The stream that it loops over."""
        return self.sink.inputs[0]

    @property
    def target(self) -> str:
        """What the source calls an element."""
        return self.module.code(self.turns.node.target).strip()

    @property
    def items(self) -> frozenset[str]:
        """What the source calls the items of an element, where the loop alone binds it."""
        bound = {name for stmt in self.turns.body for name in bound_by(stmt)}
        return frozenset(items_of(self.turns.node.target)) - self.rebinds - bound

    def write_body(self, code: Code) -> None:
        """What stands for the body, which may read every word of the source's."""
        code.line(BODY, self.turns.span)
        unread = set(_WORD.findall(self.target)) - set(_WORD.findall(self.said))
        words = frozenset(_WORD.findall(self.module.code(self.turns.node)))
        code.lines[-1].words = words - unread

    def is_direct(self, fuser: Fuser) -> bool:
        """Whether it loops over the batches of a driver, or over an iterable, as they are."""
        return fuser.has_batches(self.head)

    def is_inline(self, fuser: Fuser) -> bool:
        """Whether the body stands where an element comes: nothing else is done with the elements, before or after."""
        if (
            self.breaks
            or self.is_direct(fuser)
            or self.shared(fuser) is not None
            or not fuser.is_sole(self.sink)
        ):
            return False
        return self._is_simple(fuser)

    def _is_simple(self, fuser: Fuser) -> bool:
        """Whether elements come in one place only, and none of them at an end."""
        above = [x for x in fuser.upstream(self.head) if not fuser.is_driver(x)]
        if fuser.ends_early(self.head) or any(fuser.emitter(x).late for x in above):
            return False
        return all(x.op in _MERGING or fuser.emitter(x).sites(fuser, x) < 2 for x in above)

    def stands_alone(self, fuser: Fuser, driver: Live) -> bool:
        """Whether nothing comes between an element of a driver and its turn."""
        if self.idle or self.sink not in fuser.reachable(driver):
            return True
        direct = driver is self.head and fuser.uses(driver) == 1
        return direct or self.is_inline(fuser)

    def kept(self, fuser: Fuser) -> Hop | None:
        """The hop whose list of elements to be sent is also that of those whose turn is to come."""
        shared = None if self.idle else self.shared(fuser)
        return shared if self.is_direct(fuser) or self._is_simple(fuser) else None

    def shared(self, fuser: Fuser) -> Hop | None:
        """The hop by which this role shares the stream."""
        return next((h for h in fuser.hops_of(self.head) if h.kind == "share"), None)

    def over(self, fuser: Fuser) -> str:
        """The condition under which the loop has been left."""
        if not self.flag and self.breaks:
            self.flag = fuser.fresh("over")
            fuser.state.line(f"{self.flag} = False", self.turns.span)
            self.rebinds |= {self.flag}
        return self.flag

    def goes_on(self, fuser: Fuser, driver: Live | None) -> bool:
        """Whether a driver goes on after the loop has been left."""
        if driver is None or not self.breaks or fuser.is_plain(driver):
            return False
        return self.over(fuser) not in fuser.endings.unwanted(driver, hops=True).split(" or ")

    def lock(self, fuser: Fuser, driver: Live) -> str:
        """What a driver has to hold while it handles a batch, as others run at the same time: one batch at a time."""
        into = fuser.drivers_of(self.head)
        together = [x for x in fuser.concurrent if x.uid in into]
        if self.idle or len(fuser.apart(into)) < 2 or driver not in together:
            return ""
        if not self.held:
            self.held = fuser.fresh("turns")
            fuser.state.line(f"{self.held} = {fuser.net}.turns()", self.turns.span)
        return self.held

    def waiting(self, fuser: Fuser) -> str:
        """The list of the elements whose turn is to come."""
        kept = self.kept(fuser)
        if kept is not None:
            return fuser.waiting(kept)
        if not self.list:
            plural = f"{self.target}s" if self.target.strip("_").isidentifier() else ""
            self.list = fuser.fresh(self.head.name or plural or fuser.buffer_name(self.head))
            item = fuser.annotation(fuser.element_type(self.head))
            fuser.state.line(f"{self.list}: list[{item}] = []", self.turns.span)
        return self.list


def one_at_a_time(fuser: Fuser, live: Live, start: int, code: Code) -> None:
    """What is done with a node's elements, from a line on, is done for those of one loop before those of another."""
    if len(code.lines) > start and fuser.meets(live):
        held = fuser.fresh("turns")
        fuser.state.line(f"{held} = {fuser.net}.turns()", live.span)
        code.wrap(start, code.depth, f"async with {held}:")


def take_turns(fuser: Fuser, driver: Live | None, batch: str, code: Code) -> None:
    """After a batch, or after an end: the body for each of the elements that have come."""
    turn = fuser.turn
    if turn is None or turn.idle:
        return
    if turn.is_direct(fuser):
        if driver is turn.head and batch:
            _loop(turn, batch, code, turn.over(fuser) if turn.goes_on(fuser, driver) else "")
    elif turn.sink.uid in code.unsent:
        code.unsent.discard(turn.sink.uid)
        code.line(_SITE, turn.turns.span)
        turn.guarded = turn.guarded or turn.goes_on(fuser, driver)
        code.assigned |= turn.rebinds
        turn.sites += 1


def takes_turns(lines: list[Line]) -> bool:
    """Whether elements that wait are handled in some lines."""
    return any(line.text == _SITE for line in lines)


def finish_turns(fuser: Fuser, parts: list[Code]) -> None:
    """Write the loop over waiting elements: where it stands if it does so once, else in a function."""
    turn = fuser.turn
    if turn is None or not turn.sites:
        return
    waiting = turn.waiting(fuser)
    made = Code()
    guarded = turn.breaks and (turn.guarded or turn.sites > 1)
    _loop(turn, waiting, made, turn.over(fuser) if guarded else "")
    made.line(f"{waiting}.clear()", turn.turns.span)
    if turn.sites > 1:
        made.depth, name = 0, fuser.fresh(f"take_{waiting}")
        inner = Code(depth=1, lines=[replace(x, depth=x.depth + 1) for x in made.lines])
        inner.assigned = set(turn.rebinds)
        fuser.function(name, "", inner, turn.turns.span)
        made = Code()
        made.line(f"await {name}()", turn.turns.span)
    for part in (*parts, *fuser.functions):
        part.lines = [
            y
            for x in part.lines
            for y in (
                [replace(m, depth=x.depth + m.depth) for m in made.lines]
                if x.text == _SITE
                else [x]
            )
        ]


def _loop(turn: Turn, items: str, code: Code, over: str) -> None:
    """The loop over some elements; `over` says that it has been left before."""
    if over:
        code.line(f"if not {over}:", turn.turns.span)
        code.depth += 1
    with code.block(f"for {turn.said} in {items}:", turn.turns.span):
        turn.write_body(code)
    code.depth -= bool(over)
    code.assigned |= turn.rebinds


def is_loop(live: Live) -> bool:
    """Whether a node is the loop of an `async for`."""
    return live.op == LOOP.name
