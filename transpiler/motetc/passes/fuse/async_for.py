"""The loop of an `async for` as a consumer of its stream."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.turns import Turn


class AsyncFor(Op):
    """The body at once, where nothing else is to be done first; else the element waits for its turn."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        turn = fuser.turn
        assert turn is not None
        if turn.idle or turn.is_direct(fuser):
            return
        if turn.is_inline(fuser):
            _bind(fuser, turn, element.value, live, code)
            turn.write_body(code)
            code.assigned |= turn.rebinds
            return
        if turn.kept(fuser) is None:
            code.line(f"{turn.waiting(fuser)}.append({element.value.text})", live.span)
        code.unsent.add(live.uid)


def _bind(fuser: Fuser, turn: Turn, value: Value, live: Live, code: Code) -> None:
    """The element under what the source calls it; the items of a pair that is none yet each by itself."""
    items = [item.strip() for item in turn.said.strip("()").split(",")]
    if len(items) == len(value.parts) > 1 and all(item.isidentifier() for item in items):
        given = [
            (n, part.text) for n, part in zip(items, value.parts, strict=True) if n != part.text
        ]
        if all(n == "_" for n, _ in given):
            for _, text in given:
                fuser.discard(Value(text), code)
            return
        named, texts = (", ".join(part) for part in zip(*given, strict=True))
        code.line(f"{named} = {texts}", live.span)
    elif turn.said == "_":
        fuser.discard(value, code)
    elif value.text != turn.said:
        code.line(f"{turn.said} = {value.text}", live.span)
