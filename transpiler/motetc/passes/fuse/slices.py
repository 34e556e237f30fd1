"""Slices: the body stands after the batch that feeds it, in the loop of its one driver, else in a local function.

What a slice reads waits in plain lists, which the drivers fill; its state is variables. After a batch every slice that
has something runs, those that feed others first. What leaves a slice is pushed on, or sent, when its body is done.
"""

from __future__ import annotations

import re
from itertools import chain

from motetc.ir.live import Live
from motetc.ir.slices import SliceLive
from motetc.passes.fuse.atomics import release
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.futures import wait_for_room
from motetc.passes.fuse.instants import comes_late, runs_again
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.slice_bodies import write_body
from motetc.passes.fuse.slice_code import SliceCode, declaration, empty, follows, prepared, state_of


class Sliced(Op):
    """The slice itself: elements wait for it."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Its state, and the lists in which elements wait."""
        assert isinstance(live, SliceLive)
        code = prepared(fuser, live)
        fuser.slices[live.uid] = code
        for state in live.body.states:
            fuser.state.line(
                declaration(fuser, code.names[state.name], state.init, state.target), state.span
            )
        if not code.local:
            for reading in live.body.readings:
                if reading.pends:
                    fuser.state.line(empty(fuser, code, reading), reading.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """It waits for the slice to run."""
        assert isinstance(live, SliceLive)
        reading = [r for r in live.body.readings if r.pends][index]
        text = element.value.text
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        name = fuser.slices[live.uid].pending[reading.placeholder]
        code.line(f"{name}.append({text})", reading.span)
        code.unsent.add(live.uid)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """What came with the end runs still; a slice with a timer never ends."""
        assert isinstance(live, SliceLive)
        if comes_late(fuser, live):
            _run_late(fuser, live, code)
        fuser.end(live, code)

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Its timer."""
        assert isinstance(live, SliceLive)
        seconds = fuser.text(live.arguments["seconds"].expr)
        with code.block(f"async for _ in {fuser.net}.every({seconds}):", live.span):
            _run(fuser, fuser.slices[live.uid], code)
            fuser.flush(live, code)


class SliceStream(Op):
    """A stream that leaves: its slice pushes it."""


class SliceLatest(Op):
    """A value that leaves: the state variable that it is, or one that follows it."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        code, state = state_of(fuser, live)
        if follows(live, state):
            fuser.variables[live.uid] = code.names[state]
        else:
            fuser.state.line(f"{fuser.variable(live)} = {code.names[state]}", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


# Running


def begin_batch(fuser: Fuser, driver: Live, code: Code) -> None:
    """At the head of a driver's loop: room for awaitables, and where elements wait, if nobody else fills the list."""
    wait_for_room(fuser, driver, code)
    fed = fuser.reachable(driver)
    fuser.begun = len(code.lines)
    for slice_ in sorted(fuser.slices.values(), key=lambda s: _is_first(fuser, s)):
        if slice_.local and slice_.live in fed:
            slice_.declared = len(code.lines)
            for reading in slice_.live.body.readings:
                if reading.pends:
                    code.line(empty(fuser, slice_, reading), reading.span)


def _is_first(fuser: Fuser, slice_: SliceCode) -> bool:
    """Whether no slice comes before it: its list is declared last, right before it is filled."""
    return not any(x.op == "sliced" and x is not slice_.live for x in fuser.upstream(slice_.live))


def run_slices(fuser: Fuser, driver: Live, code: Code) -> None:
    """After a batch: every slice that has something runs, and what atomic sections hold back is let go."""
    fed = fuser.reachable(driver)
    needed = _needs_batch(fuser, driver)
    for stage in fuser.stages:
        nodes = [x for x in stage if x in fed and (x is not driver or runs_again(fuser, x))]
        if not any(x.uid in code.unsent for x in nodes):
            continue
        if any(runs_again(fuser, x) for x in nodes):
            _until_still(fuser, nodes, fed, code)
        else:
            _each(fuser, nodes, fed, code, needed)


def run_left(fuser: Fuser, code: Code) -> None:
    """At the start, and after an end: every slice that something has been left for, which no batch may follow."""
    fed = list(fuser.flow.lives)
    for stage in fuser.stages:
        nodes = [x for x in stage if x.uid in code.unsent]
        if any(runs_again(fuser, x) for x in nodes):
            _until_still(fuser, stage, fed, code)
        else:
            _round(fuser, nodes, fed, code)


def _needs_batch(fuser: Fuser, driver: Live) -> bool:
    """Whether the batch of a driver is sent, or looped over, after its slices have run."""
    sent = any(hop.uid in fuser.whole for hop in fuser.hops_of(driver))
    turn = fuser.turn
    return sent or (
        turn is not None and not turn.idle and turn.head is driver and turn.is_direct(fuser)
    )


def _each(fuser: Fuser, nodes: list[Live], fed: list[Live], code: Code, needed: bool) -> None:
    for node in nodes:
        if isinstance(node, SliceLive):
            slice_ = fuser.slices[node.uid]
            _guarded(fuser, slice_, slice_.waiting(fed), code, needed)
        else:
            release(fuser, node, code)


def _until_still(fuser: Fuser, group: list[Live], fed: list[Live], code: Code) -> None:
    """Slices that feed one another: until none of them has anything."""
    slices = [fuser.slices[x.uid] for x in group if isinstance(x, SliceLive)]
    waiting = [name for s in slices for name in s.waiting(fed)]
    before, code.unsent = code.unsent, set()  # which is sent also if the block is not entered
    with code.block(f"while {' or '.join(waiting)}:", group[0].span):
        if len(group) == 1:
            _run(fuser, slices[0], code)
        else:
            _round(fuser, group, fed, code)
        fuser.send_all(code)
        code.line(f"await {fuser.net}.breathe()")
    code.unsent = (code.unsent | before) - {x.uid for x in group}


def _round(fuser: Fuser, group: list[Live], fed: list[Live], code: Code) -> None:
    """Once round: those that have something, which is never certain before the round comes to them."""
    for node in group:
        if not isinstance(node, SliceLive):
            release(fuser, node, code)
            continue
        slice_ = fuser.slices[node.uid]
        with code.block(f"if {' or '.join(slice_.waiting(fed))}:", node.span):
            _run(fuser, slice_, code)


def _run_late(fuser: Fuser, live: SliceLive, code: Code) -> None:
    """What has come with the end: once; of a cycle, until nothing goes round any more."""
    fuser.endings.closed.add(live.uid)
    if not runs_again(fuser, live):
        slice_ = fuser.slices[live.uid]
        with code.block(f"if {' or '.join(slice_.waiting(list(live.inputs)))}:", live.span):
            _run(fuser, slice_, code)
        return
    if fuser.slices[live.uid].stilled:
        return
    circle = fuser.circle(live)
    nodes = [x for x in chain(*fuser.stages) if x in circle]
    slices = [fuser.slices[x.uid] for x in nodes if x.op == "sliced"]
    waiting = {s.live.uid: s.waiting(list(s.live.inputs)) for s in slices}
    every = [name for names in waiting.values() for name in names]
    before, code.unsent = code.unsent, set()
    with code.block(f"while {' or '.join(every)}:", live.span):
        for slice_ in slices:
            slice_.stilled = True
            if len(slices) == 1:
                _run(fuser, slice_, code)
                continue
            with code.block(f"if {' or '.join(waiting[slice_.live.uid])}:", slice_.live.span):
                _run(fuser, slice_, code)
        fuser.send_all(code)
        code.line(f"await {fuser.net}.breathe()")
    code.unsent = (code.unsent | before) - {x.uid for x in nodes}


def _guarded(fuser: Fuser, slice_: SliceCode, waiting: list[str], code: Code, needed: bool) -> None:
    waited = any("await " in line.text for line in code.lines[fuser.begun :])
    alone = slice_.inline or not waited  # else another loop may have taken what has come
    if (slice_.local and _gathered(slice_, code, needed)) or (
        alone and _is_sure(fuser, waiting, code)
    ):
        _run(fuser, slice_, code)
        return
    with code.block(f"if {' or '.join(waiting)}:", slice_.live.span):
        _run(fuser, slice_, code)


def _gathered(slice_: SliceCode, code: Code, needed: bool) -> bool:
    """Turn a loop that only collects its batch into the batch itself, or a copy where that is needed as it came;
    whether the slice has something for certain.
    """
    found = code.lines[slice_.declared :]
    above = reversed(code.lines[: slice_.declared])
    opening = next((x for x in above if x.depth < code.depth), found[0])
    name = next(iter(slice_.pending.values()))
    if len(found) == 2 and found[1].text.startswith(f"{name}.extend("):
        items = found[1].text.removeprefix(f"{name}.extend(")[:-1]
        opened = re.match(rf"async for (\w+, )?{re.escape(items)} in ", opening.text)
        if opened is None:
            return False
        del code.lines[slice_.declared :]
        if needed:
            code.line(f"{name} = {items}.copy()", found[1].span)
            return True
        names = f"_, {name}" if opened[1] else name
        opening.text = f"async for {names} in {opening.text[opened.end() :]}"
        return True
    if len(found) != 3 or found[2].depth != found[1].depth + 1:
        return False
    head, _, items = found[1].text.removeprefix("for ").partition(" in ")
    items = items.removesuffix(":")
    append = f"{name}.append("
    if not found[1].text.startswith("for ") or not found[2].text.startswith(append):
        return False
    element = found[2].text.removeprefix(append)[:-1]
    del code.lines[slice_.declared :]
    if element == head and f"async for {items} in " in opening.text and not needed:
        opening.text = opening.text.replace(f"async for {items} in ", f"async for {name} in ", 1)
    else:
        code.line(f"{name} = [{element} for {head} in {items}]", found[2].span)
    return True


def _is_sure(fuser: Fuser, waiting: list[str], code: Code) -> bool:
    """Whether the batch, which is never empty, has left something in one of the lists for certain."""
    start = fuser.begun
    before = (x.text for x in reversed(code.lines[:start]))
    opening, under = next((x for x in before if not x.startswith("await ")), ""), ""
    for line in code.lines[start:]:
        name, _, rest = line.text.partition(".")
        if line.depth == code.depth:
            under = line.text
        whole = under.startswith("for ") and f"{under.rpartition(' in ')[2][:-1]} in " in opening
        certain = line.depth == code.depth or (line.depth == code.depth + 1 and whole)
        if certain and _fills(fuser, line.text, waiting):
            return True
        if name not in waiting or not certain:
            continue
        items = rest.removeprefix("extend(")[:-1]
        if rest.startswith("append(") or f"{items} in " in opening:
            return True
    return False


def _fills(fuser: Fuser, call: str, waiting: list[str]) -> bool:
    """Whether a line calls a function of ours that puts something into one of the lists, whatever it is given."""
    called = re.match(r"(?:await )?(\w+)\(", call)
    put = re.compile(rf"(?:{'|'.join(waiting)})\.append\(")
    return called is not None and any(
        re.match(rf"(?:async )?def {called[1]}\(", function.lines[1].text) is not None
        and any(x.depth == 1 and put.match(x.text) for x in function.lines)
        for function in fuser.functions
    )


def _run(fuser: Fuser, slice_: SliceCode, code: Code) -> None:
    """The body here, or a call of the function that holds it."""
    code.unsent.discard(slice_.live.uid)
    if slice_.inline:
        write_body(fuser, slice_, code)
        return
    if not slice_.function:
        slice_.function = fuser.own_name(slice_.live.body.tick)
        made = Code(depth=1)
        write_body(fuser, slice_, made)
        fuser.function(slice_.function, "", made, slice_.live.span)
    code.line(fuser.call(slice_.function, ""), slice_.live.span)
    code.unsent |= fuser.unsent[slice_.function]
