"""The loop of an `async for` as a consumer of its stream."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class AsyncFor(Op):
    """The body at once, where nothing else is to be done first; else the element waits for its turn."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        turn = fuser.turn
        assert turn is not None
        if turn.idle or turn.is_direct(fuser):
            return
        if turn.is_inline(fuser):
            if element.value.text != turn.said and turn.said != "_":
                code.line(f"{turn.said} = {element.value.text}", live.span)
            turn.write_body(code)
            code.assigned |= turn.rebinds
            return
        if turn.kept(fuser) is None:
            code.line(f"{turn.waiting(fuser)}.append({element.value.text})", live.span)
        code.unsent.add(live.uid)
