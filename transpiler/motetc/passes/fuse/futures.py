"""Operators on elements that have to be awaited."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class Resolve(Op):
    """What every element gives, one after the other: the loop waits for each."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        kind = fuser.element_type(live)
        if kind is not None and kind.name == "None":
            code.line(f"await {element.value.text}", live.span)
            fuser.push(live, Element(Value("None", True), element.key, element.sole), code)
            return
        awaited = Value(f"await {element.value.text}", type=fuser.element_type(live))
        value = fuser.bind(awaited, fuser.hint(live), code, element.sole)
        fuser.push(live, Element(value, element.key, element.sole), code)
