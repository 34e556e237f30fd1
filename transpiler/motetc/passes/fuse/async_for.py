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
            _bind(turn, element.value, live, code)
            turn.write_body(code)
            code.assigned |= turn.rebinds
            return
        if turn.kept(fuser) is None:
            code.line(f"{turn.waiting(fuser)}.append({element.value.text})", live.span)
        code.unsent.add(live.uid)


def _bind(turn: Turn, value: Value, live: Live, code: Code) -> None:
    """The element under what the source calls it; the items of a pair that is none yet each by itself."""
    items = [item.strip() for item in turn.said.strip("()").split(",")]
    texts = [part.text for part in value.parts]
    if len(items) == len(texts) > 1 and all(item.isidentifier() for item in items):
        pairs = [(i, t) for i, t in zip(items, texts, strict=True) if i not in (t, "_")]
        if pairs:
            named, given = (", ".join(part) for part in zip(*pairs, strict=True))
            code.line(f"{named} = {given}", live.span)
    elif value.text != turn.said and turn.said != "_":
        code.line(f"{turn.said} = {value.text}", live.span)
