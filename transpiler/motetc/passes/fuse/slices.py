"""Slices: the body stands after the batch that feeds it, in the loop of its one driver, else in a local function.

What a slice reads waits in plain lists, which the drivers fill; its state is variables. After a batch every slice that
has something runs, those that feed others first. What leaves a slice is pushed on, or sent, when its body is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.ir.live import Hop, Live
from motetc.ir.pieces import Touch
from motetc.ir.slices import Leaving, Reading, SliceLive, Step
from motetc.ir.types import Type
from motetc.passes.fuse.atomics import release
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.copying import copied, escapes, listed
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import initial
from motetc.passes.fuse.instants import comes_late, drivers_into, in_order, only_late, runs_again
from motetc.passes.fuse.operator import Op

_EMPTY = {"dict": "{}", "list": "[]"}
_COPIED = frozenset({"dict", "list", "set"})


@dataclass(slots=True)
class SliceCode:
    """One slice at its role. `names` are what its variables are called; `function` is "" where the body is inline."""

    live: SliceLive
    names: dict[str, str]
    pending: dict[str, str]  # by placeholder
    carried: dict[int, Hop | Live]  # what leaves and is sent or answered as it stands, by uid
    inline: bool
    function: str = ""
    local: bool = False  # what waits is a variable of the loop
    declared: int = -1  # where the loop declares it

    def waiting(self, fed: list[Live], late: frozenset[int] = frozenset()) -> list[str]:
        """The lists that some of the inputs fill, those apart that are filled when all have ended."""
        found = [r for r in self.live.body.readings if r.pends and r.live in fed]
        found = [r for r in found if r.live.uid not in late]
        return list(dict.fromkeys(self.pending[r.placeholder] for r in found))


class Sliced(Op):
    """The slice itself: elements wait for it."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Its state, and the lists in which elements wait."""
        assert isinstance(live, SliceLive)
        code = _prepared(fuser, live)
        fuser.slices[live.uid] = code
        for state in live.body.states:
            fuser.state.line(
                _declaration(fuser, code.names[state.name], state.init, state.target), state.span
            )
        if not code.local:
            for reading in live.body.readings:
                if reading.pends:
                    fuser.state.line(_empty(fuser, code, reading), reading.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """It waits for the slice to run."""
        assert isinstance(live, SliceLive)
        reading = [r for r in live.body.readings if r.pends][index]
        text = element.value.text
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        name = fuser.slices[live.uid].pending[reading.placeholder]
        code.line(f"{name}.append({text})", reading.span)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """What came with the end runs still; a slice with a timer never ends."""
        assert isinstance(live, SliceLive)
        slice_ = fuser.slices[live.uid]
        if comes_late(fuser, live):
            with code.block(f"if {' or '.join(slice_.waiting(list(live.inputs)))}:", live.span):
                _run(fuser, slice_, code)
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
        code, state = _state_of(fuser, live)
        if _follows(live, state):
            fuser.variables[live.uid] = code.names[state]
        else:
            fuser.state.line(f"{fuser.variable(live)} = {code.names[state]}", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


# Running


def begin(fuser: Fuser, driver: Live, code: Code) -> None:
    """At the head of a driver's loop: where elements wait, if nobody else fills the list."""
    fed = fuser.reachable(driver)
    fuser.begun = len(code.lines)
    for slice_ in fuser.slices.values():
        if slice_.local and slice_.live in fed:
            slice_.declared = len(code.lines)
            for reading in slice_.live.body.readings:
                if reading.pends:
                    code.line(_empty(fuser, slice_, reading), reading.span)


def run_slices(fuser: Fuser, driver: Live, code: Code) -> None:
    """After a batch: every slice that has something runs, and what atomic sections hold back is let go."""
    fed = fuser.reachable(driver)
    order = [x for x in in_order(fuser) if x in fed and x is not driver]
    again = [x for x in order if isinstance(x, SliceLive) and runs_again(fuser, x)]
    first = order.index(again[0]) if again else len(order)
    last = order.index(again[-1]) if again else len(order)
    _each(fuser, order[:first], fed, code)
    if again:
        _until_still(fuser, order[first : last + 1], fed, code)
        _each(fuser, order[last + 1 :], fed, code)


def _each(fuser: Fuser, nodes: list[Live], fed: list[Live], code: Code) -> None:
    for node in nodes:
        if isinstance(node, SliceLive):
            slice_ = fuser.slices[node.uid]
            late = frozenset(x.uid for x in node.inputs if only_late(fuser, x))
            waiting = slice_.waiting(fed, late)
            if waiting:
                _guarded(fuser, slice_, waiting, code)
        else:
            release(fuser, node, code)


def _until_still(fuser: Fuser, group: list[Live], fed: list[Live], code: Code) -> None:
    """Slices that feed one another: until none of them has anything."""
    slices = [fuser.slices[x.uid] for x in group if isinstance(x, SliceLive)]
    waiting = [name for s in slices for name in s.waiting(fed)]
    with code.block(f"while {' or '.join(waiting)}:", group[0].span):
        if len(group) == 1:
            _run(fuser, slices[0], code)
        else:
            _each(fuser, group, fed, code)
        fuser.send_all(code)
        code.line(f"await {fuser.net}.breathe()")


def _guarded(fuser: Fuser, slice_: SliceCode, waiting: list[str], code: Code) -> None:
    if (slice_.local and _gathered(slice_, code)) or _is_sure(waiting, fuser.begun, code):
        _run(fuser, slice_, code)
        return
    with code.block(f"if {' or '.join(waiting)}:", slice_.live.span):
        _run(fuser, slice_, code)


def _gathered(slice_: SliceCode, code: Code) -> bool:
    """Turn a loop that only collects its batch into the batch itself; whether the slice has something for certain."""
    found = code.lines[slice_.declared :]
    name = next(iter(slice_.pending.values()))
    if len(found) == 2 and found[1].text.startswith(f"{name}.extend("):
        items = found[1].text.removeprefix(f"{name}.extend(")[:-1]
        opening = code.lines[slice_.declared - 1]
        opened = re.match(rf"async for (\w+, )?{re.escape(items)} in ", opening.text)
        if opened is None:
            return False
        del code.lines[slice_.declared :]
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
    opening = code.lines[-1]
    if element == head and f"async for {items} in " in opening.text:
        opening.text = opening.text.replace(f"async for {items} in ", f"async for {name} in ", 1)
    else:
        code.line(f"{name} = [{element} for {head} in {items}]", found[2].span)
    return True


def _is_sure(waiting: list[str], start: int, code: Code) -> bool:
    """Whether the batch, which is never empty, has left something in one of the lists for certain."""
    opening, under = code.lines[start - 1].text if start else "", ""
    for line in code.lines[start:]:
        name, _, rest = line.text.partition(".")
        if line.depth == code.depth:
            under = line.text
        whole = under.startswith("for ") and f"{under.rpartition(' in ')[2][:-1]} in " in opening
        certain = line.depth == code.depth or (line.depth == code.depth + 1 and whole)
        if name not in waiting or not certain:
            continue
        items = rest.removeprefix("extend(")[:-1]
        if rest.startswith("append(") or f"{items} in " in opening:
            return True
    return False


def _run(fuser: Fuser, slice_: SliceCode, code: Code) -> None:
    """The body here, or a call of the function that holds it."""
    if slice_.inline:
        _body(fuser, slice_, code)
        return
    if not slice_.function:
        slice_.function = fuser.own_name(slice_.live.body.tick)
        made = Code(depth=1)
        _body(fuser, slice_, made)
        fuser.function(slice_.function, "", made, slice_.live.span)
    code.line(fuser.call(slice_.function, ""), slice_.live.span)
    code.unsent |= fuser.unsent[slice_.function]


def _body(fuser: Fuser, slice_: SliceCode, code: Code) -> None:
    """The statements of the source, then what leaves."""
    body = slice_.live.body
    for comment in body.comments:
        code.line(comment)
    for step in body.steps:
        _step(fuser, slice_, step, code)
    if not slice_.local:
        for name in dict.fromkeys(slice_.pending.values()):
            code.assign(name, "= []", slice_.live.span)
    for leaving in body.leaving:
        if leaving.live.shape == "stream":
            _push(fuser, slice_, leaving, code)
        else:
            fuser.changed(leaving.live, code)


def _step(fuser: Fuser, slice_: SliceCode, step: Step, code: Code) -> None:
    for comment in step.leading:
        code.line(comment)
    for leaving in step.leaving:
        _leave(fuser, slice_, leaving, code)
    if step.node is None:
        if step.comment:
            code.line(step.comment)
        return
    texts = dict(slice_.names)
    for reading in slice_.live.body.readings:
        texts[reading.placeholder] = reading.placeholder
        if reading.placeholder in names_of(step.node).reads:
            texts[reading.placeholder] = _read(fuser, slice_, reading, code)
    bound = names_of(step.node).binds
    states = {s.name for s in slice_.live.body.states}
    code.assigned |= {slice_.names[n] for n in bound & states}
    if not slice_.local:
        code.assigned |= {
            slice_.names[r.name] for r in slice_.live.body.readings if r.pends and r.name in bound
        }
    fuser.reads |= names_of(step.node).reads
    for text, span, raw in copied(fuser.localize_statement(step.node), texts, step.span):
        code.copy(text, span, raw)


def _read(fuser: Fuser, slice_: SliceCode, reading: Reading, code: Code) -> str:
    """What a reading comes to at this instant; a copy where the body could hand it on or change it."""
    if reading.pends:
        return slice_.pending[reading.placeholder]
    value = fuser.read(reading.live, code)
    found = fuser.type_of(reading.node)
    copy = found.name.removeprefix("builtins.") if found is not None else ""
    name = reading.name or reading.placeholder
    if copy in _COPIED and value.atomic and escapes([s.node for s in slice_.live.body.steps], name):
        return f"{copy}({value.text})"
    return value.maybe


def _leave(fuser: Fuser, slice_: SliceCode, leaving: Leaving, code: Code) -> None:
    """The value that leaves, under its name."""
    live = leaving.live
    if live.shape == "stream":
        text = copied_text(fuser, slice_, listed(leaving.value), code)
        code.line(f"{_name(fuser, live)} = {text}", live.span)
        return
    _, state = _state_of(fuser, live)
    if fuser.variables[live.uid] != slice_.names[state]:
        code.assign(fuser.variables[live.uid], f"= {slice_.names[state]}", live.span)


def copied_text(fuser: Fuser, slice_: SliceCode, expr: cst.BaseExpression, code: Code) -> str:
    """An expression of the body on one line."""
    line = cst.SimpleStatementLine([cst.Expr(expr)])
    texts = dict(slice_.names)
    for reading in slice_.live.body.readings:
        if reading.placeholder in names_of(expr).reads:
            texts[reading.placeholder] = _read(fuser, slice_, reading, code)
    fuser.reads |= names_of(expr).reads
    lines = copied(fuser.localize_statement(line), texts, slice_.live.span)
    return "\n".join(text for text, _, _ in lines)


def _push(fuser: Fuser, slice_: SliceCode, leaving: Leaving, code: Code) -> None:
    live = leaving.live
    name = _name(fuser, live)
    carrier = slice_.carried.get(live.uid)
    if isinstance(carrier, Hop):
        fuser.send(carrier, name, code)
        return
    if carrier is not None:
        fuser.answer(carrier, name, code)
        return
    if not fuser.leads(live):
        return
    each_of(fuser, live, name, None, code)


# Preparing


def _prepared(fuser: Fuser, live: SliceLive) -> SliceCode:
    body = live.body
    names: dict[str, str] = {}
    for state in body.states:
        names[state.name] = fuser.own_name(state.name)
    pending: dict[str, str] = {}
    for reading in body.readings:
        if reading.pends:
            hint = reading.name or reading.live.name or "waiting"
            pending[reading.placeholder] = (
                fuser.own_name(hint) if reading.name else fuser.fresh(hint)
            )
            if reading.name:
                names[reading.name] = pending[reading.placeholder]
    for name in sorted(body.binds - set(names) - {body.tick}):
        if name in fuser.owned:
            names[name] = fuser.fresh(name)
    inline = _runs_from(fuser, live) <= 1
    timed, late = "seconds" in live.arguments, comes_late(fuser, live)
    local = inline and not (timed or late or runs_again(fuser, live))
    code = SliceCode(live, names, pending, {}, inline, local=local)
    for leaving in body.leaving:
        carrier = _carrier(fuser, leaving.live)
        if carrier is not None:
            code.carried[leaving.live.uid] = carrier
        if isinstance(carrier, Hop):
            fuser.variables[carrier.uid] = _name(fuser, leaving.live)
            fuser.inline_sends.add(carrier.uid)
            fuser.touches.append(Touch(carrier.uid, "send", ", ".join(carrier.receivers)))
    return code


def _name(fuser: Fuser, live: Live) -> str:
    """What a stream that leaves is called in the body: as the source calls it, or what becomes of it."""
    after = (c.name for c, _ in fuser.consumers(live))
    return fuser.variable(live, live.name or next(filter(None, after), "leaving"))


def _runs_from(fuser: Fuser, live: SliceLive) -> int:
    """From how many places the slice is run: after batches, by its timer, and after what comes at the end."""
    drivers = len(drivers_into(fuser, live))
    at_end = bool(live.inputs) and all(only_late(fuser, x) for x in live.inputs)
    batches = 0 if at_end and drivers == 1 else drivers
    return batches + ("seconds" in live.arguments) + comes_late(fuser, live)


_AS_IT_IS = frozenset(
    {
        "assume_ordering",
        "assume_retries",
        "entries",
        "into_keyed",
        "weaken_ordering",
        "weaken_retries",
    }
)


def _carrier(fuser: Fuser, live: Live) -> Hop | Live | None:
    """The stream between locations, or the reply to clients, that takes what leaves as it stands, if that is all that
    is done with it."""
    if live.shape not in ("stream", "keyed_stream"):
        return None
    consumers, hops = list(fuser.consumers(live)), fuser.hops_of(live)
    if len(consumers) + len(hops) + len(fuser.collects_of(live)) != 1:
        return None
    if hops:
        return None if hops[0].kind == "demux" and hops[0].keyed else hops[0]
    if consumers and consumers[0][0].op == "reply":
        return consumers[0][0]
    if consumers and consumers[0][0].op in _AS_IT_IS:
        return _carrier(fuser, consumers[0][0])
    return None


def _state_of(fuser: Fuser, live: Live) -> tuple[SliceCode, str]:
    owner = live.inputs[0]
    assert isinstance(owner, SliceLive)
    value = next(x.value for x in owner.body.leaving if x.live is live)
    assert isinstance(value, cst.Name)
    return fuser.slices[owner.uid], value.value


def _follows(live: Live, state: str) -> bool:
    """Whether nothing changes the state after it has left, so that they are the same variable."""
    owner = live.inputs[0]
    assert isinstance(owner, SliceLive)
    steps = owner.body.steps
    at = next(i for i, s in enumerate(steps) if any(x.live is live for x in s.leaving))
    return not any(s.node is not None and state in names_of(s.node).binds for s in steps[at + 1 :])


def _declaration(
    fuser: Fuser, name: str, init: cst.BaseExpression, target: cst.BaseExpression
) -> str:
    found: Type | None = fuser.type_of(target)
    hint = "" if _says_its_type(init, found) else f": {fuser.annotation(found)}"
    first = initial(fuser, init)
    made = re.fullmatch(r"(dict|list)(\[.*\])?\(\)", first)
    return f"{name}{hint} = {_EMPTY[made.group(1)] if made and hint else first}"


def _says_its_type(init: cst.BaseExpression, found: Type | None) -> bool:
    """Whether a first value shows of which type the state is: a literal, or an object made by its class."""
    if found is None or found.kind == "union":
        return False
    if isinstance(init, cst.Name):
        return init.value in ("True", "False")
    made = init.func if isinstance(init, cst.Call) else None
    if isinstance(made, cst.Name):
        return not found.args and found.name.rpartition(".")[2] == made.value
    return isinstance(init, (cst.Integer, cst.Float, cst.SimpleString))


def _empty(fuser: Fuser, code: SliceCode, reading: Reading) -> str:
    found = fuser.type_of(reading.node)
    item = fuser.annotation(found.args[0] if found is not None and found.args else None)
    return f"{code.pending[reading.placeholder]}: list[{item}] = []"
