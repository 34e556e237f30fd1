"""Ports and membership: loops over what clients ask and over who comes and goes, and replies."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.pieces import Touch, partner_name
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.drivers import each_of, say_whence
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.wording import one_of


class Incoming(Op):
    """Batches from outside, or of those who come and go: a loop of its own."""

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        events = live.op == "membership"
        hint, others = ("events", ("moves",)) if events else ("batch", ("arrived",))
        batch = fuser.local(hint, code, None, *others)
        names: tuple[str, ...] = (batch,)
        key: Value | None = None
        if live.shape == "keyed_stream":
            hint, other = fuser.key_hint(live), one_of(live.cluster)
            key = Value(fuser.local(hint, code, None, other), True, fuser.key_type(live))
            names = (key.text, batch)
        with code.loop(names, _source(fuser, live), live.span, "async for"):
            fuser.begin(live, code)
            each_of(fuser, live, batch, key, code)
            fuser.flush(live, code)
            fuser.endings.leave(live, code, hops=True)
        if live.port is not None:
            where = f"# ← clients, {fuser.module.shown(live.span.line)}"
            say_whence(code, _source(fuser, live), where)


class Reply(Op):
    """Replies to clients: sent after the batch that they answer."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        text = fuser.given_away(element.value.text, live.inputs[index])
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        code.line(f"{fuser.replies(live)}.append({text})", live.span)
        code.unsent.add(live.uid)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Nobody has to be told: a client that has left is told nothing, the others may ask on."""


def _source(fuser: Fuser, live: Live) -> str:
    if live.port is None:
        own = live.cluster == fuser.role
        group = f"{fuser.net}.site.group" if own else f"{fuser.net}.{partner_name(live.cluster)}"
        return f"{fuser.net}.membership({group})"
    fuser.touches.append(Touch(live.port.uid, "both", "clients"))
    return f"{fuser.port(live.port)}.{live.op}"
