"""Operators on the keys of a keyed stream."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class Values(Op):
    """The elements without their keys."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        fuser.push(live, Element(element.value, sole=element.sole), code)
