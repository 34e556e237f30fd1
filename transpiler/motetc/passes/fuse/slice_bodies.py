"""What a slice does when it runs: the statements of the source over what it reads and keeps, then what leaves."""

from __future__ import annotations

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.ir.live import Hop
from motetc.ir.slices import Leaving, Reading, Step
from motetc.passes.fuse.code import Code
from motetc.passes.fuse.copying import copied
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.looking import is_handed_on
from motetc.passes.fuse.owning import listed
from motetc.passes.fuse.slice_code import SliceCode, own_list, own_reading, state_of
from motetc.passes.fuse.turns import one_at_a_time

_COPIED = frozenset({"dict", "list", "set"})


def write_body(fuser: Fuser, slice_: SliceCode, code: Code) -> None:
    """The statements of the source, then what leaves."""
    body = slice_.live.body
    for comment in body.comments:
        code.line(comment)
    for step in body.steps:
        _step(fuser, slice_, step, code)
    if not slice_.local:
        for name in dict.fromkeys(slice_.pending.values()):
            code.assign(name, "= []", slice_.live.span)
    start, at_once = len(code.lines), fuser.runs_at_once(slice_.live)
    for leaving in sorted(body.leaving, key=slice_.is_awaited) if at_once else body.leaving:
        if leaving.live.shape == "stream":
            _push(fuser, slice_, leaving, code)
        else:
            fuser.changed(leaving.live, code)
    if not slice_.inline:
        one_at_a_time(fuser, slice_.live, start, code)


def _step(fuser: Fuser, slice_: SliceCode, step: Step, code: Code) -> None:
    start = len(code.lines)
    for comment in step.leading:
        code.line(comment)
    said = len(code.lines)
    for leaving in step.leaving:
        _leave(fuser, slice_, leaving, code)
    if step.node is None:
        if step.comment:
            code.line(step.comment)
        streams = [x for x in step.leaving if x.live.shape == "stream"]
        if len(code.lines) == said + bool(step.comment) and streams:  # it stands where it leaves
            slice_.said[streams[0].live.uid] = [x.text for x in code.lines[start:]]
            del code.lines[start:]
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
    if copy in _COPIED and value.atomic and is_handed_on(fuser, slice_.live, name):
        return f"{copy}({value.text})"
    return value.maybe


def _leave(fuser: Fuser, slice_: SliceCode, leaving: Leaving, code: Code) -> None:
    """The value that leaves, under its name."""
    live = leaving.live
    if live.shape == "stream":
        name, queues = slice_.leaving[live.uid], slice_.queues.get(live.uid, [])
        if queues == [name]:
            text = _copied_text(fuser, slice_, leaving.value, code)
            code.line(f"{name}.extend({text})", live.span)
            return
        if own_reading(slice_, leaving) == name:
            return
        value = leaving.value if _is_taken(fuser, slice_, leaving) else listed(leaving.value)
        text = _copied_text(fuser, slice_, value, code)
        if not own_list(slice_.live, leaving):
            code.line(f"{name} = {text}", live.span)
        for queue in queues:
            code.line(f"{queue}.extend({name})", live.span)
        return
    _, state = state_of(fuser, live)
    if fuser.variables[live.uid] != slice_.names[state]:
        code.assign(fuser.variables[live.uid], f"= {slice_.names[state]}", live.span)


def _is_taken(fuser: Fuser, slice_: SliceCode, leaving: Leaving) -> bool:
    """Whether a list that leaves need not be one of its own: nobody else has it from now on, or it is only put into
    the lists in which it waits."""
    if own_reading(slice_, leaving):
        return True
    found = fuser.type_of(leaving.value)
    again = found is not None and (found.name == "list" or found.kind in ("tuple", "vartuple"))
    return again and bool(slice_.queues.get(leaving.live.uid))


def _copied_text(fuser: Fuser, slice_: SliceCode, expr: cst.BaseExpression, code: Code) -> str:
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
    name, carriers = slice_.leaving[live.uid], slice_.carried[live.uid]
    for comment in slice_.said.pop(live.uid, ()):
        code.line(comment)
    batches = [*(f"{name}.copy()" for _ in carriers[1:]), name]  # sending empties it
    for carrier, batch in zip(carriers, slice_.queues.get(live.uid) or batches, strict=False):
        if isinstance(carrier, Hop):
            fuser.send(carrier, batch, code)
        else:
            fuser.answer(carrier, batch, code)
    if not carriers and fuser.leads(live):
        each_of(fuser, live, name, None, code)
