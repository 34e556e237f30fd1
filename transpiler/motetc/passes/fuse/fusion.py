"""One flow at one role, from its state to its results: where each loop is written, and what runs after every batch.

Several drivers are loops of functions that run concurrently; a single one stands in the function itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from motetc.ir.live import Collect, Live
from motetc.ir.pieces import Fused, Touch
from motetc.passes.fuse.code import Code
from motetc.passes.fuse.declared import say_first
from motetc.passes.fuse.drivers import drive
from motetc.passes.fuse.ends import Ends
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.instants import stages
from motetc.passes.fuse.plainer import renumber
from motetc.passes.fuse.slices import begin_batch, run_left, run_slices
from motetc.passes.fuse.tidy import tidy
from motetc.passes.fuse.turns import finish_turns, one_at_a_time, take_turns, takes_turns
from motetc.passes.fuse.wishes import Wishes
from motetc.passes.nameless import NOBODY


@dataclass(slots=True, kw_only=True)
class Fusion(Fuser):
    """Writes the loops of one flow at one role."""

    def run(self) -> Fused:
        """The code of this role."""
        given = self.taken
        self.free_names()
        meant = set(self.taken)
        self.endings, self.wishes = Ends(self), Wishes(self)
        self.plan()
        self.stages = stages(self)
        self.find_whole()
        self._free_items()
        kept = self.turn.kept(self) if self.turn is not None else None
        self.kept = {kept.uid} if kept is not None else set()
        self._declare()
        mine = [x for x in self.flow.lives if x.role == self.role]
        self._share([x for x in mine if self.is_shared(x)])
        self._start(mine)
        self._drive()
        take_turns(self, None, "", self.body)
        self._results(self.body)
        finish_turns(self, [self.body])
        read = {c.name for c in self.flow.collects}
        nobody = self.fresh("unused") if NOBODY in self.said else NOBODY
        tidy(self.state, self.functions, self.body, read, nobody)
        for code in (*self.functions, self.body):
            say_first(code, self.result_types, self.annotation)
        parts = [self.state, *self.functions, self.body]
        fixed = meant | read | self._named_in_turn()
        made = renumber(self.state, self.functions, self.body, fixed)
        given |= set(self.body.names) | self.taken | made
        return self._fused(parts)

    def _free_items(self) -> None:
        """What an `async for` calls the items of an element is free for them where its body stands in their loop."""
        turn = self.turn
        if turn is not None and not turn.idle and turn.is_inline(self):
            self.taken -= turn.items
            self.loops |= turn.items

    def _named_in_turn(self) -> set[str]:
        turn = self.turn
        return {turn.flag, turn.list, turn.held, turn.said} if turn is not None else set()

    def _declare(self) -> None:
        for live in self.flow.lives:
            if live.role == self.role:
                self.emitter(live).declare(self, live)
        for hop in self.sent():
            if hop.uid not in self.inline_sends:
                self.touches.append(Touch(hop.uid, "send", ", ".join(hop.receivers)))
        for collect in self.flow.collects:
            if collect.live.role == self.role:
                self.declare_collect(collect)

    def _start(self, mine: Sequence[Live]) -> None:
        """Constants, and what is there before the first element."""
        for live in self.first:
            if live.op == "singleton":
                self.loop(live, self.body)
        for live in reversed(mine):  # who takes something has said what it is without it
            self.emitter(live).start(self, live, self.body)
        run_left(self, self.body)
        self.send_all(self.body)
        take_turns(self, None, "", self.body)

    def _share(self, lives: Sequence[Live]) -> None:
        """Functions of what follows; nothing is shared where that is a line or two."""
        for live in reversed(lives):
            commented = set(self.commented)
            code = Code(depth=1)
            given, element = self.given(live, code)
            self.push_on(live, element, code)
            one_at_a_time(self, live, 0, code)
            if len(code.lines) > 2 or (code.awaits and len(code.lines) > 1):
                hint = live.name or live.op
                made = "" if live.name else self.becomes(live)
                told = f"push_{made}" if made and made not in self.awaited_as else ""
                name = self.fresh(*filter(None, (told, hint, f"push_{hint}")))
                self.shared[live.uid] = name
                self.function(name, ", ".join(self.parameters(live, given, code)), code, live.span)
            else:
                self.commented = commented

    def _drive(self) -> None:
        """The loops: they stand in the function itself; several that run concurrently are functions."""
        for live in self.first:
            if live.op != "singleton":
                self.loop(live, self.body)
                self.endings.close_others(live, self.body)
        beside = [f"{self.variables[x.uid]}.run()" for x in self.rest if self.resolves(x)]
        if len(self.sequences) == 1 and not beside:
            for live in self.sequences[0]:
                self.loop(live, self.body)
        elif self.rest:
            calls = [f"{self._function_of(x)}()" for x in self.sequences]
            self.body.line(f"await {self.net}.concurrently({', '.join(calls + beside)})")
        self.over = True
        self.endings.finish(self.body)

    def _function_of(self, drivers: Sequence[Live]) -> str:
        """A function with the loops of one driver after the other."""
        code = Code(depth=1)
        name = self.fresh(self.loop_name(drivers[0]))
        for live in drivers:
            self.loop(live, code)
        self.function(name, "", code, drivers[0].span)
        return name

    def loop(self, live: Live, code: Code) -> None:
        """One driver's loop, what has to follow each batch, and what has to follow its end."""
        self.comment(live, code)
        lock = self.turn.lock(self, live) if self.turn is not None else ""
        start = len(code.lines)
        drive(self, live, code)
        if lock:
            code.wrap_loop(start, f"async with {lock}:")
        start = len(code.lines)
        if self.comes_to_end(live) or self.may_close(live):
            self.end(live, code)
        run_left(self, code)
        self.send_all(code)
        take_turns(self, None, "", code)
        if lock and takes_turns(code.lines[start:]):
            code.wrap(start, code.depth, f"async with {lock}:")

    def begin(self, live: Live, code: Code) -> None:
        """Before a batch."""
        begin_batch(self, live, code)

    def flush(self, live: Live, code: Code, batch: str = "") -> None:
        """After a batch: run the slices that it has left something for, send what there is, then take turns."""
        run_slices(self, live, code)
        if batch:
            self.send_whole(live, batch, code)
        self.send_all(code)
        self.endings.after_batch(live, code)
        take_turns(self, live, batch, code)

    def _results(self, code: Code) -> None:
        """The awaited values that are not there under their name yet."""
        self.done = True
        latest = {c.name: c for c in self.flow.collects}  # the last of a name counts
        for collect in latest.values():
            if collect.live.role != self.role:
                continue
            if not self.collects_of(collect.live):
                self._result(collect, code)
            elif self.kept_as(collect) != collect.name:
                code.line(f"{collect.name} = {self.kept_as(collect)}", collect.span)

    def _result(self, collect: Collect, code: Code) -> None:
        value = self.read(collect.live, code)
        if value.maybe != collect.name:
            code.line(f"{collect.name} = {value.maybe}", collect.span)

    def _fused(self, parts: Sequence[Code]) -> Fused:
        """Everything as one piece."""
        lines = [line for part in parts for line in part.lines]
        while lines and not lines[0].text:
            lines.pop(0)
        binds = frozenset(c.name for c in self.flow.collects if c.live.role == self.role)
        return Fused(
            "\n".join(x.written for x in lines),
            tuple(x.span for x in lines),
            self.flow.span,
            tuple(self.touches),
            tuple(self.types),
            frozenset(self.reads),
            binds,
        )
