"""Operators that look at one element at a time: map, filter and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.conditions import perhaps
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.inline import is_still, parameters
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.picking import reads_items_alone


@dataclass(frozen=True)
class Elementwise(Op):
    """`with_key`: the function takes the key as well."""

    with_key: bool = False

    def result(self, fuser: Fuser, live: Live, element: Element, code: Code) -> str:
        """The text of `f(x)`."""
        f = live.arguments["f"].expr
        return fuser.apply(f, given(element, self.with_key), code, element.sole)

    def test(self, fuser: Fuser, live: Live, element: Element, code: Code) -> str:
        """The condition that `f(x)` is; `bool` is what a condition means anyway."""
        text = fuser.text(live.arguments["f"].expr)
        if text == "bool" and not self.with_key and "bool" not in fuser.taken:
            return element.value.text
        return self.result(fuser, live, element, code)

    def bound(self, fuser: Fuser, live: Live, element: Element, code: Code) -> Element:
        """The element under a name."""
        if fuser.picks(live.arguments["f"].expr, element.value):
            return element
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        return Element(value, element.key, element.sole)

    def picks(self, fuser: Fuser, live: Live, names: tuple[str, ...]) -> bool:
        """Whether its function reads nothing but items, and the element goes no further."""
        f = live.arguments["f"].expr if "f" in live.arguments else None
        given = parameters(f) if isinstance(f, cst.Lambda) else None
        if not given or self.with_key or live.op in _PASSING:
            return False
        assert isinstance(f, cst.Lambda)
        return reads_items_alone(f.body, given[-1], len(names))


_PASSING = ("filter", "inspect", "partition")


def given(element: Element, with_key: bool) -> Sequence[Value]:
    """The arguments of a function of elements."""
    return [element.key, element.value] if with_key and element.key else [element.value]


class Map(Elementwise):
    """`f(x)` for every x."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        text = self.result(fuser, live, element, code)
        value = Value(text, text in code.names, fuser.element_type(live))
        fuser.push(live, Element(value, element.key, element.sole), code)


class Filter(Elementwise):
    """Every x of which `f(x)` holds."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        bound = self.bound(fuser, live, element, code)
        test = self.test(fuser, live, Element(bound.value, bound.key, sole=False), code)
        with code.block(f"if {test}:", live.span):
            fuser.push(live, bound, code)


class FilterMap(Elementwise):
    """`f(x)` for every x, where that is not None."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        text = self.result(fuser, live, element, code)
        test, made = perhaps(text)
        if made and self._is_there(fuser, live):
            with code.block(f"if {test}:", live.span):
                value = Value(made, made in code.names, fuser.element_type(live))
                fuser.push(live, Element(value, element.key, element.sole), code)
            return
        name = text if text.isidentifier() else fuser.perhaps_name(live, code)
        code.busy.add(name)
        if name != text:
            code.line(f"{name} = {text}", live.span)
        with code.block(f"if {name} is not None:", live.span):
            value = Value(name, True, fuser.element_type(live))
            fuser.push(live, Element(value, element.key, element.sole), code)
        if name != text:
            code.busy.discard(name)

    def _is_there(self, fuser: Fuser, live: Live) -> bool:
        """Whether what its lambda gives under a condition is certainly not None."""
        f = live.arguments["f"].expr
        body = f.body if isinstance(f, cst.Lambda) else None
        if not isinstance(body, cst.IfExp):
            return False
        arms = [
            a
            for a in (body.body, body.orelse)
            if not (isinstance(a, cst.Name) and a.value == "None")
        ]
        return len(arms) == 1 and not may_be_none(fuser.type_of(arms[0]))


class FlatMap(Elementwise):
    """Everything in `f(x)`, for every x."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        flatten(fuser, live, self.result(fuser, live, element, code), element, code)


class Flatten(Op):
    """Everything in every x."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        flatten(fuser, live, element.value.text, element, code)


def flatten(fuser: Fuser, live: Live, items: str, element: Element, code: Code) -> None:
    """Push everything in an iterable."""
    if element.key is not None:
        code.busy.add(element.key.text)
    each_of(fuser, live, items, element.key, code)


class Inspect(Elementwise):
    """`f(x)` for its effect, and x itself."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        bound = self.bound(fuser, live, element, code)
        one = Element(bound.value, bound.key, sole=False)
        _call(self.result(fuser, live, one, code), live, code)
        fuser.push(live, bound, code)


def _call(text: str, live: Live, code: Code) -> None:
    """Call a function for its effect; a lambda may have none, `lambda _: None`."""
    if text.startswith("await ") or not is_still(text):
        code.call(text, live.span)
    else:
        code.line("pass", live.span)


class Partition(Elementwise):
    """The elements of which `f(x)` holds, and the others: the first of both writes the choice."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        yes, no = sorted(_parts(fuser, live), key=lambda x: x.part)
        if live is not yes:
            return
        bound = self.bound(fuser, live, element, code)
        one = Element(bound.value, bound.key, sole=False)
        test = self.test(fuser, live, one, code)
        if not fuser.uses(yes):
            with code.block(f"if not {_negatable(test)}:", live.span):
                fuser.push(no, one, code)
            return
        with code.block(f"if {test}:", live.span), fuser.wishes.arm(yes, code):
            fuser.push(yes, one, code)
        if fuser.uses(no):
            with code.block("else:", live.span), fuser.wishes.arm(no, code):
                fuser.push(no, one, code)


def _parts(fuser: Fuser, live: Live) -> list[Live]:
    """Both results of one operator."""
    return [x for x in fuser.flow.lives if x.node is live.node and x.op == live.op]


def _negatable(test: str) -> str:
    plain = isinstance(cst.parse_expression(test), (cst.Name, cst.Call, cst.Attribute))
    return test if plain else f"({test})"


class ForEach(Elementwise):
    """`f(x)` for every x, for its effect."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        awaited = "await " if fuser.is_awaited(live) else ""
        _call(awaited + self.result(fuser, live, element, code), live, code)
