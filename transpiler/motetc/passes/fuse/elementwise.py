"""Operators that look at one element at a time: map, filter and their kin."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class Map(Op):
    """`f(x)` for every x."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        text = fuser.apply(live.arguments["f"].expr, [element.value], code, element.sole)
        value = Value(text, type=fuser.element_type(live))
        fuser.push(live, Element(value, element.key, element.sole), code)


class Filter(Op):
    """Every x of which `f(x)` holds."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        test = fuser.apply(live.arguments["f"].expr, [value], code, sole=False)
        with code.block(f"if {test}:", live.span):
            fuser.push(live, Element(value, element.key, element.sole), code)


class ForEach(Op):
    """`f(x)` for every x, for its effect."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        text = fuser.apply(live.arguments["f"].expr, [element.value], code, element.sole)
        code.line(text, live.span)
