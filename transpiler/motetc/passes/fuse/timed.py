"""Operators that a clock drives, and one that looks at it."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.singletons import when_present


class SampleEvery(Op):
    """The present value of a singleton, every so often: a driver of its own."""

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """One sample each turn."""
        with code.block(f"async for _ in {_every(fuser, live)}:", live.span):
            fuser.begin(live, code)
            with fuser.wishes.turn(live, code, last=False):
                when_present(fuser, live, fuser.read(live.inputs[0], code), code)
            fuser.flush(live, code)
            fuser.endings.leave(live, code, hops=True)


class SampleNewest(Op):
    """The newest element of a stream, every so often, if one has come since."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        name = fuser.variable(live, "newest")
        item = fuser.annotation(fuser.element_type(live))
        fuser.state.line(f"{name}: list[{item}] = []", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        code.assign(fuser.variable(live), f"= [{element.value.text}]", live.span)

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """One sample each turn."""
        newest = fuser.variable(live)
        with code.block(f"async for _ in {_every(fuser, live)}:", live.span):
            fuser.begin(live, code)
            each_of(fuser, live, newest, None, code)
            code.assign(newest, "= []", live.span)
            fuser.flush(live, code)
            fuser.endings.leave(live, code, hops=True)


class Timeout(Op):
    """There while nothing has come for so long."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        heard = fuser.variable(live, "heard")
        fuser.state.line(f"{heard} = {fuser.net}.now()", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        fuser.discard(element.value, code)
        code.assign(fuser.variable(live), f"= {fuser.net}.now()", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        patience = fuser.once(fuser.text(live.arguments["seconds"].expr), "patience", live)
        silent = f"{fuser.net}.now() - {fuser.variable(live)} >= {patience}"
        return Value("True", True, fuser.element_type(live), present=silent)


def _every(fuser: Fuser, live: Live) -> str:
    return f"{fuser.net}.every({fuser.text(live.arguments['seconds'].expr)})"
