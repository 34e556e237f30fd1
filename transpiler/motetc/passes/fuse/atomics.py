"""Atomic sections: what leaves one is let go when every computation of the section has run.

A batch goes through a section in one piece, and sends follow it, so that there is nothing to hold back for them. Where
the source's own functions would see what leaves, it waits in a list.
"""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.instants import comes_late
from motetc.passes.fuse.operator import Op

_SEEN = frozenset({"for_each", "dest_sink", "inspect", "inspect_with_key"})


class Atomic(Op):
    """The beginning of a section; of a value, the value."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return fuser.read(live.inputs[0], code)


class EndAtomic(Atomic):
    """The end of a section."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        if holds(fuser, live):
            fuser.variables[live.uid] = fuser.fresh("released")
            item = fuser.annotation(fuser.item_type(live))
            fuser.state.line(f"{fuser.variables[live.uid]}: list[{item}] = []", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if not holds(fuser, live):
            fuser.push(live, element, code)
            return
        text = element.value.text
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        code.line(f"{fuser.variables[live.uid]}.append({text})", live.span)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if comes_late(fuser, live):
            release(fuser, live, code)
        fuser.end(live, code)


def holds(fuser: Fuser, live: Live) -> bool:
    """Whether what leaves here has to wait."""
    stream = live.shape in ("stream", "keyed_stream")
    return stream and any(x.op in _SEEN for x in fuser.reachable(live))


def release(fuser: Fuser, live: Live, code: Code) -> None:
    """Let go what waits."""
    if not holds(fuser, live):
        return
    waiting = fuser.variables[live.uid]
    name = fuser.element_name(live, code)
    value = Value(name, True, fuser.element_type(live))
    key = None
    head = name
    if live.shape == "keyed_stream":
        key = Value(fuser.local("key", code), True, fuser.key_type(live))
        head = f"{key.text}, {name}"
    with code.block(f"for {head} in {waiting}:", live.span):
        fuser.push(live, Element(value, key, sole=True), code)
    code.line(f"{waiting}.clear()", live.span)
