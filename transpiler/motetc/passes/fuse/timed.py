"""Operators that a clock drives."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class SampleEvery(Op):
    """The present value of a singleton, every so often: a driver of its own."""

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """One sample each turn."""
        seconds = fuser.text(live.arguments["seconds"].expr)
        with code.block(f"async for _ in {fuser.net}.every({seconds}):", live.span):
            value = fuser.read(live.inputs[0], code)
            fuser.push(live, Element(value), code)
            fuser.flush(live, code)
