"""Operators that keep one value, which any element may change."""

from __future__ import annotations

import libcst as cst

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class Fold(Op):
    """`acc = f(acc, x)` for every x."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        name = fuser.variable(live)
        init = live.arguments["init"].expr
        text = initial(fuser, init)
        plain = isinstance(init, (cst.Integer, cst.Float, cst.SimpleString))
        hint = "" if plain else f": {fuser.annotation(fuser.element_type(live))}"
        fuser.state.line(f"{name}{hint} = {text}", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        name = fuser.variable(live)
        value = Value(name, True, fuser.element_type(live))
        text = fuser.apply(live.arguments["f"].expr, [value, element.value], code, element.sole)
        code.assign(name, f"= {text}", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


class Count(Op):
    """How many elements there were."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        fuser.state.line(f"{fuser.variable(live)} = 0", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        code.assign(fuser.variable(live), "+= 1", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


def initial(fuser: Fuser, expr: cst.BaseExpression) -> str:
    """The first value: `init` itself, or what calling it gives."""
    if isinstance(expr, cst.Lambda):
        return fuser.text(expr.body)
    text = fuser.text(expr)
    found = fuser.type_of(expr)
    callable_ = found is not None and found.kind == "other" and ("def" in found.name)
    return f"{text}()" if callable_ else text
