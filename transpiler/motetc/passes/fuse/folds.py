"""Operators that keep one value, which any element may change."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from motetc.ir.live import Live
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import Kept, augmented, declare, initial, step
from motetc.passes.fuse.operator import Op


class Fold(Op):
    """`acc = f(acc, x)` for every x."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        text = initial(fuser, live.arguments["init"].expr)
        declare(fuser, live, fuser.variable(live), text, fuser.element_type(live))

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        acc = self.read(fuser, live, code)
        text = step(fuser, live, acc, element, code)
        code.assign(acc.text, augmented(acc.text, text, acc.type), live.span)
        fuser.changed(live, code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


class Count(Op):
    """How many elements there were."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        fuser.state.line(f"{fuser.variable(live)} = 0", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        fuser.discard(element.value, code)
        code.assign(fuser.variable(live), "+= 1", live.span)
        fuser.changed(live, code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))


class Keeping(Op):
    """Operators whose result is one of the elements, or what they were reduced to."""

    hint = ""

    def kept(self, fuser: Fuser, live: Live) -> Kept:
        """The variable."""
        name = fuser.state_name(live)
        return Kept(fuser, live, self.hint if name == live.op and self.hint else name)

    def declare(self, fuser: Fuser, live: Live) -> None:
        self.kept(fuser, live).declare(fuser, live)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return self.kept(fuser, live).value()


class Reduce(Keeping):
    """`acc = f(acc, x)` for every x but the first, which is the first value of `acc`."""

    hint = "total"

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        kept = self.kept(fuser, live)
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        acc = Value(kept.name, True, kept.type)
        text = step(fuser, live, acc, Element(value, sole=False), code)
        first = value.text
        kept.keep(first if text == first else f"{first} if {kept.absent} else {text}", live, code)
        fuser.changed(live, code)


@dataclass(frozen=True)
class Extreme(Keeping):
    """The greatest element, or the least; of equals the first. `key`: of what is compared."""

    sign: str

    def declare(self, fuser: Fuser, live: Live) -> None:
        key = live.arguments.get("key")
        kept = self.kept(fuser, live)
        kept.declare(fuser, live)
        if key is not None:
            found = fuser.type_of(key.expr)
            known = found is not None and found.kind == "other"  # else an object that is called
            said = Type("other", found.name.rpartition("-> ")[2]) if found and known else None
            name = fuser.fresh(f"{kept.name}_key")
            fuser.variables[-live.uid] = name
            fuser.state.line(f"{name}: {fuser.annotation(said)} | None = None", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        kept = self.kept(fuser, live)
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        if "key" in live.arguments:
            self._by_key(fuser, live, kept, value, code)
            return
        with code.block(f"if {kept.absent} or {value.text} {self.sign} {kept.name}:", live.span):
            kept.keep(value.text, live, code)
            fuser.changed(live, code)

    def _by_key(self, fuser: Fuser, live: Live, kept: Kept, value: Value, code: Code) -> None:
        best = fuser.variables[-live.uid]
        text = fuser.apply(live.arguments["key"].expr, [value], code, sole=False)
        key = fuser.bind(Value(text, is_name(text)), "key", code)
        with code.block(f"if {best} is None or {key.text} {self.sign} {best}:", live.span):
            kept.keep(value.text, live, code)
            code.assign(best, f"= {key.text}", live.span)
            fuser.changed(live, code)


class First(Keeping):
    """The first element."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        kept = self.kept(fuser, live)
        if fuser.is_sole(live):
            kept.keep(element.value.text, live, code)
            fuser.changed(live, code)
            return
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        test = kept.absent
        with nullcontext() if fuser.wishes.holds(test) else code.block(f"if {test}:", live.span):
            kept.keep(value.text, live, code)
            fuser.changed(live, code)

    def full(self, fuser: Fuser, live: Live) -> str:
        return self.kept(fuser, live).present


class Last(Keeping):
    """The latest element."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        self.kept(fuser, live).keep(element.value.text, live, code)
        fuser.changed(live, code)


class CollectList(Op):
    """All elements so far."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        declare(fuser, live, fuser.variable(live), "[]", fuser.element_type(live))

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        code.line(f"{fuser.variable(live)}.append({element.value.text})", live.span)
        fuser.changed(live, code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """A list of its own where more may come."""
        name = fuser.variable(live)
        kind = fuser.element_type(live)
        return Value(name, True, kind) if live.bounded else Value(f"{name}[:]", type=kind)


class IsEmpty(Op):
    """Whether there was no element."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        fuser.state.line(f"{fuser.variable(live)} = True", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        fuser.discard(element.value, code)
        code.assign(fuser.variable(live), "= False", live.span)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variable(live), True, fuser.element_type(live))

    def full(self, fuser: Fuser, live: Live) -> str:
        return f"not {fuser.variable(live)}"
