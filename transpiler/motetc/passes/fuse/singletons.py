"""Singletons and optionals: expressions over state, evaluated where they are read."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.operator import Op


def both(*conditions: str) -> str:
    """A condition that holds where all do."""
    found = [c for c in dict.fromkeys(conditions) if c]
    several = len(found) > 1
    return " and ".join(f"({c})" if several and _is_loose(c) else c for c in found)


def _is_loose(text: str) -> bool:
    parsed = cst.parse_expression(text)
    return isinstance(parsed, (cst.IfExp, cst.Lambda, cst.NamedExpr)) or (
        isinstance(parsed, cst.BooleanOperation) and isinstance(parsed.operator, cst.Or)
    )


def wrapped(text: str) -> str:
    """An expression that may stand beside an operator."""
    plain = (cst.Name, cst.Call, cst.Attribute, cst.Subscript, cst.BaseNumber, cst.SimpleString)
    return text if isinstance(cst.parse_expression(text), plain) else f"({text})"


class Mapped(Op):
    """`f(value)`."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        text = apply(fuser, live, base, code)
        return Value(text, type=fuser.element_type(live), present=base.present)


def named(fuser: Fuser, live: Live, code: Code) -> Value:
    """The value of a singleton, under a name if it is computed."""
    value = fuser.read(live, code)
    if value.atomic:
        return value
    kind = fuser.element_type(live)
    if value.present and may_be_none(kind):
        return value
    name = fuser.local(fuser.hint(live), code, kind)
    code.busy.add(name)
    code.line(f"{name} = {value.maybe}", live.span)
    return Value(name, True, kind, present=f"{name} is not None" if value.present else "")


def apply(fuser: Fuser, live: Live, base: Value, code: Code) -> str:
    """The text of `f(value)`."""
    return fuser.apply(live.arguments["f"].expr, [Value(base.text, True, base.type)], code)


class Filtered(Op):
    """The value, if `f(value)` holds."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        present = both(base.present, apply(fuser, live, base, code))
        return Value(base.text, base.atomic, base.type, present=present)


class FilterMapped(Op):
    """`f(value)`, if that is not None."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        text = apply(fuser, live, base, code)
        text = f"{text} if {base.present} else None" if base.present else text
        kind = fuser.element_type(live)
        name = fuser.local(fuser.hint(live), code, kind)
        code.busy.add(name)
        code.line(f"{name} = {text}", live.span)
        return Value(name, True, kind, present=f"{name} is not None")


class Inspected(Op):
    """The value, after `f(value)` was called for its effect."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        text = apply(fuser, live, base, code)
        if base.present:
            with code.block(f"if {base.present}:", live.span):
                code.line(text, live.span)
        else:
            code.line(text, live.span)
        return base


class Zip(Op):
    """Both values as a pair."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        one, other = (fuser.read(x, code) for x in live.inputs)
        return Value(
            f"({one.text}, {other.text})",
            type=fuser.element_type(live),
            parts=(one, other),
            present=both(one.present, other.present),
        )


class FilterIfValue(Op):
    """The value, if the other one is true."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        value, gate = (fuser.read(x, code) for x in live.inputs)
        present = both(value.present, gate.text)
        return Value(value.text, value.atomic, value.type, value.parts, present)


@dataclass(frozen=True)
class Combined(Op):
    """`one sign other`."""

    sign: str

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        one, other = (wrapped(fuser.read(x, code).text) for x in live.inputs)
        return Value(f"{one} {self.sign} {other}", type=fuser.element_type(live))


class Negated(Op):
    """`not value`."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(f"not {wrapped(fuser.read(live.inputs[0], code).text)}")


class IntoOptional(Op):
    """The value, if it is not None."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        return Value(base.text, base.atomic, base.type, present=f"{base.text} is not None")


class IntoSingleton(Op):
    """The value, or None."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = fuser.read(live.inputs[0], code)
        return Value(base.maybe, base.atomic and base.maybe == base.text, fuser.element_type(live))


@dataclass(frozen=True)
class IsPresent(Op):
    """Whether there is a value."""

    wanted: bool

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        present = fuser.read(live.inputs[0], code).present or "True"
        if self.wanted:
            return Value(present)
        plain = present.removesuffix(" is not None")
        known = plain != present and plain.isidentifier()
        return Value(f"{plain} is None" if known else f"not {wrapped(present)}")


class Or(Op):
    """The value, or else the other's."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        one, other = (fuser.read(x, code) for x in live.inputs)
        if not one.present:
            return one
        text = f"{one.text} if {one.present} else {other.text}"
        present = f"{one.present} or {other.present}" if other.present else ""
        return Value(text, type=fuser.element_type(live), present=present)


class Outgoing(Op):
    """Streams that a value goes into, once it is final."""

    late = True

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        self.final(fuser, live, fuser.read(live.inputs[0], code), code)
        fuser.end(live, code)

    def final(self, fuser: Fuser, live: Live, value: Value, code: Code) -> None:
        """The value is final."""
        when_present(fuser, live, value, code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 1


def when_present(fuser: Fuser, live: Live, value: Value, code: Code) -> None:
    """Push a value, if there is one."""
    plain = Value(value.text, value.atomic, value.type, value.parts)
    if value.present:
        with code.block(f"if {value.present}:", live.span):
            fuser.push(live, Element(plain, sole=False), code)
    else:
        single, code.single = code.single, code.depth if code is fuser.body else code.single
        fuser.push(live, Element(plain, sole=False), code)
        code.single = single


class FlatMapped(Outgoing):
    """Everything in `f(value)`."""

    def final(self, fuser: Fuser, live: Live, value: Value, code: Code) -> None:
        base = named(fuser, live.inputs[0], code)
        text = apply(fuser, live, base, code) if "f" in live.arguments else base.text
        if base.present:
            with code.block(f"if {base.present}:", live.span):
                each_of(fuser, live, text, None, code)
        else:
            each_of(fuser, live, text, None, code)


class SampleEager(Op):
    """The value at the start, and after every change."""

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        if not absent_at_first(live.inputs[0]):
            when_present(fuser, live, fuser.read(live.inputs[0], code), code)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        when_present(fuser, live, fuser.read(live.inputs[0], code), code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """It goes on for ever in its type, and ends where its value does."""
        fuser.end(live, code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 2


def absent_at_first(live: Live) -> bool:
    """Whether an optional has no value before the first element comes."""
    if live.op in ("reduce", "max", "min", "first", "last"):
        return True
    if live.op == "or_" and live.shape == "optional":
        return all(map(absent_at_first, live.inputs))
    return live.shape == "optional" and any(map(absent_at_first, live.inputs))


class Threshold(Op):
    """The threshold, once the value has reached it."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        name = fuser.variables[live.uid] = fuser.fresh(f"{live.name or 'threshold'}_reached")
        fuser.state.line(f"{name} = False", live.span)

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        self.changed(fuser, live, None, code)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        reached = fuser.variables[live.uid]
        value = wrapped(fuser.read(live.inputs[0], code).text)
        limit = threshold_of(fuser, live, code)
        with code.block(f"if not {reached} and {value} >= {limit.text}:", live.span):
            code.assign(reached, "= True", live.span)
            fuser.push(live, Element(limit, sole=False), code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 2


def threshold_of(fuser: Fuser, live: Live, code: Code) -> Value:
    """The threshold: a value, or that of a singleton."""
    kind = fuser.element_type(live)
    if len(live.inputs) > 1:
        return fuser.read(live.inputs[1], code)
    text = fuser.text(live.arguments["threshold"].expr)
    return Value(fuser.once(text, "threshold", live), True, kind)
