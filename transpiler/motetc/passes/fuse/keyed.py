"""Operators on the keys of keyed streams."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op, Passing


class Values(Passing):
    """The elements without their keys."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        fuser.push(live, Element(element.value, sole=element.sole), code)


class Entries(Op):
    """`(key, x)` for every x."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        parts = (element.key, element.value)
        text = f"({element.key.text}, {element.value.text})"
        value = Value(text, type=fuser.element_type(live), parts=parts)
        fuser.push(live, Element(value, sole=element.sole), code)


class IntoKeyed(Op):
    """Every `(key, x)` as x under its key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        hints = self.takes_apart(fuser, live, index)
        key, value = fuser.split(element.value, hints, code, element.sole)
        value = Value(value.text, value.atomic, fuser.element_type(live), value.parts)
        fuser.push(live, Element(value, key, element.sole), code)

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        hint = fuser.hint(live)
        return (fuser.key_hint(live), hint if hint != "item" else "value")


class Keys(Op):
    """Every key, once. `index`: where the key is in a pair; None: it is the key of a keyed stream."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        if not self.remembers(fuser, live):
            return
        name = fuser.variables[live.uid] = fuser.made("seen", fuser.becomes(live))
        said = fuser.annotation(fuser.element_type(live))
        fuser.state.line(f"{name}: set[{said}] = set()", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        key = element.key
        if key is None:
            key, value = fuser.split(element.value, ("key", "value"), code, element.sole)
            fuser.discard(value, code)
        else:
            fuser.discard(element.value, code)
        if not self.remembers(fuser, live):
            fuser.push(live, Element(key, sole=element.sole), code)
            return
        seen = fuser.variables[live.uid]
        with code.block(f"if {key.text} not in {seen}:", live.span):
            code.line(f"{seen}.add({key.text})", live.span)
            fuser.push(live, Element(key, sole=element.sole), code)

    def remembers(self, fuser: Fuser, live: Live) -> bool:
        """Whether a key may come twice, and that matters."""
        return not (fuser.comes_once(live.inputs[0]) or fuser.is_looked_up(live))

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        return ("key", "value") if live.inputs[0].shape == "stream" else ()


class PrefixKey(Op):
    """Every x under `(f(key, x), key)`."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        f = live.arguments["f"].expr
        prefix = fuser.apply(f, [element.key, value], code, sole=False)
        first = fuser.bind(Value(prefix, is_name(prefix)), "prefix", code, False)
        kind, parts = fuser.key_type(live), (first, element.key)
        key = Value(f"({first.text}, {element.key.text})", type=kind, parts=parts)
        fuser.push(live, Element(value, key, element.sole), code)


class DropKeyPrefix(Op):
    """Every x of `(prefix, key)` under the key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        key = Value(f"{element.key.text}[1]", type=fuser.key_type(live))
        if element.key.parts:
            key = element.key.parts[1]
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        fuser.push(live, Element(value, fuser.bind(key, "key", code, False), element.sole), code)


def wanted_key(fuser: Fuser, live: Live) -> str:
    """The key that is asked for, computed once."""
    if live.uid not in fuser.variables:
        text = fuser.text(live.arguments["key"].expr)
        value = fuser.once(text, "wanted", live)
        fuser.variables[live.uid] = value
    return fuser.variables[live.uid]
