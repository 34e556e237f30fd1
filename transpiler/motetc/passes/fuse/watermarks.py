"""`reduce_watermark`: keys below a watermark are forgotten.

A watermark is taken to rise. Where that is known of it, keys go as soon as it has passed them. Where it is not, and
both inputs end, its final value decides. Else the highest value that it has had does: what is forgotten stays so.
"""

from __future__ import annotations

from typing import Literal

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.emitter import Then
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import step
from motetc.passes.fuse.keyed_singletons import Derived
from motetc.passes.fuse.per_key import KeyedSum, reduced
from motetc.passes.fuse.singletons import is_monotone, just_changed, named

Deciding = Literal["present", "final", "highest"]  # which value of the watermark does


class ReduceWatermark(KeyedSum, Derived):
    """As `reduce`; what comes for keys below the watermark is dropped."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        super().declare(fuser, live)
        if deciding(live) == "highest":
            name = fuser.variables[-live.uid] = fuser.made("highest")
            said = fuser.annotation(fuser.element_type(live.inputs[1]))
            fuser.state.line(f"{name}: {said} | None = None", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, key = fuser.variables[live.uid], element.key.text
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        acc = Value(f"{table}[{key}]", True)

        def reduce() -> None:
            text = step(fuser, live, acc, Element(value, sole=False), code)
            text = reduced(text, f"{key} in {table}", value.text)
            code.line(f"{table}[{key}] = {text}", live.span)
            fuser.changed(live, code, element.key)

        if deciding(live) == "final":
            reduce()
            return
        with code.block(f"if {is_above(key, self._mark(fuser, live, code))}:", live.span):
            reduce()

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """The watermark has another value."""
        if deciding(live) == "final":
            return
        mark = just_changed(live.inputs[1], named(fuser, live.inputs[1], code))
        if deciding(live) == "present":
            self._forget(fuser, live, mark, code)
            return
        highest = fuser.variables[-live.uid]
        test = f"{highest} is None or {mark.text} > {highest}"
        with code.block(
            f"if {f'{mark.present} and ({test})' if mark.present else test}:", live.span
        ):
            code.assign(highest, f"= {mark.text}", live.span)
            self._forget(fuser, live, Value(highest, True), code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        if deciding(live) == "final":
            return Derived.read(self, fuser, live, code)
        return super().read(fuser, live, code)

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        if deciding(live) != "final":
            super().entries(fuser, live, code, then)
            return
        mark, table = named(fuser, live.inputs[1], code), fuser.variables[live.uid]
        key, value = fuser.entry_names(live, code)
        entry = Element(
            Value(value, True, fuser.element_type(live)), Value(key, True, fuser.key_type(live))
        )
        items, test = f"{table}.items()", f"if {is_above(key, mark)}:"
        with code.loop((key, value), items, live.span), code.block(test, live.span):
            then(entry, code)

    def _mark(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """What counts when an element comes."""
        if deciding(live) == "highest":
            highest = fuser.variables[-live.uid]
            return Value(highest, True, present=f"{highest} is not None")
        return fuser.read(live.inputs[1], code)

    def _forget(self, fuser: Fuser, live: Live, mark: Value, code: Code) -> None:
        table = fuser.variables[live.uid]
        old = fuser.local("old", code)
        items = f"[key for key in {table} if key < {mark.text}]"
        if mark.present:
            items += f" if {mark.present} else []"
        with code.loop((old,), items, live.span):
            code.line(f"del {table}[{old}]", live.span)
        fuser.changed(live, code)


def deciding(live: Live) -> Deciding:
    """Which value of the watermark decides what is kept."""
    if rises(live.inputs[1]):
        return "present"
    return "final" if live.bounded else "highest"


def rises(live: Live) -> bool:
    """Whether a value is known never to fall."""
    if live.op in ("atomic", "end_atomic") or (
        live.op == "map" and "order_preserving" in live.proofs
    ):
        return rises(live.inputs[0])
    if live.op == "max":
        return "key" not in live.arguments
    return live.op in ("singleton", "first") or is_monotone(live)


def is_above(key: str, mark: Value) -> str:
    """The condition under which a key is not below the watermark."""
    test = f"{key} >= {mark.text}"
    if mark.present == f"{mark.text} is not None":
        return f"{mark.text} is None or {test}"
    return f"not ({mark.present}) or {test}" if mark.present else test
