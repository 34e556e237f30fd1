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
            fuser.variables[live.uid] = fuser.made("released")
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
        code.unsent.add(live.uid)

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
    code.unsent.discard(live.uid)
    waiting = fuser.variables[live.uid]
    names, element = _released(fuser, live, code)
    with code.loop(names, waiting, live.span):
        fuser.push(live, element, code)
    code.line(f"{waiting}.clear()", live.span)


def _released(fuser: Fuser, live: Live, code: Code) -> tuple[tuple[str, ...], Element]:
    """Names for what waits, and the element that they are."""
    kind = fuser.element_type(live)
    if live.shape != "keyed_stream":
        name = fuser.element_name(live, code)
        return (name,), Element(Value(name, True, kind), sole=True)
    names = fuser.entry_names(live, code)
    key = Value(names[0], True, fuser.key_type(live))
    return names, Element(Value(names[1], True, kind), key, sole=True)
