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
    found = [c for c in dict.fromkeys(conditions) if c not in ("", "True")]
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
    name = fuser.perhaps_name(live, code) if value.present else fuser.element_name(live, code)
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
        name = fuser.perhaps_name(live, code)
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
        one, other = (wrapped(named(fuser, x, code).text) for x in live.inputs)
        if one == other and self.sign != "==":
            return Value(one, type=fuser.element_type(live))
        return Value(f"{one} {self.sign} {other}", type=fuser.element_type(live))


class Negated(Op):
    """`not value`."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(f"not {wrapped(named(fuser, live.inputs[0], code).text)}")


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
        text = f"{one.text} if {one.present} else {other.maybe}"
        kind = fuser.element_type(live)
        if not other.present:
            return Value(text, type=kind)
        if may_be_none(kind):
            present = f"{one.present} or {other.present}"
            return Value(text, type=kind, present=present, whole=True)
        name = fuser.perhaps_name(live, code)
        code.busy.add(name)
        code.line(f"{name} = {text}", live.span)
        return Value(name, True, kind, present=f"{name} is not None")


class Outgoing(Op):
    """Streams that a value goes into, once it is final."""

    late = finishes = True

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
        when_present(
            fuser, live, just_changed(live.inputs[0], fuser.read(live.inputs[0], code)), code
        )

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """It goes on for ever in its type, and ends where its value does."""
        fuser.end(live, code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 2


def just_changed(live: Live, value: Value) -> Value:
    """The value where it has just changed: it is there then."""
    return Value(value.text, value.atomic, value.type) if live.op in _KEEPING else value


def absent_at_first(live: Live) -> bool:
    """Whether an optional has no value before the first element comes."""
    if live.op in _KEEPING:
        return True
    if live.op == "or_" and live.shape == "optional":
        return all(map(absent_at_first, live.inputs))
    return live.shape == "optional" and any(map(absent_at_first, live.inputs))


_KEEPING = ("reduce", "max", "min", "first", "last")


class Threshold(Op):
    """The threshold, once the value has reached it; of a value that may fall again, once it is final."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        if is_monotone(live.inputs[0]):
            hint = f"{live.name or 'threshold'}_reached"
            name = fuser.variables[live.uid] = fuser.fresh(hint)
            fuser.state.line(f"{name} = False", live.span)

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        if is_monotone(live.inputs[0]) and not self._is_far(fuser, live):
            self._check(fuser, live, "", code)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        if is_monotone(live.inputs[0]):
            self._check(fuser, live, f"not {fuser.variables[live.uid]} and ", code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if not is_monotone(live.inputs[0]):
            self._check(fuser, live, "", code)
        fuser.end(live, code)

    def _check(self, fuser: Fuser, live: Live, test: str, code: Code) -> None:
        value = wrapped(fuser.read(live.inputs[0], code).text)
        limit = threshold_of(fuser, live, code)
        with code.block(f"if {test}{value} >= {limit.text}:", live.span):
            if is_monotone(live.inputs[0]):
                code.assign(fuser.variables[live.uid], "= True", live.span)
            fuser.push(live, Element(limit, sole=False), code)

    def _is_far(self, fuser: Fuser, live: Live) -> bool:
        """Whether the first value is below the threshold for certain."""
        base, given = live.inputs[0], live.arguments.get("threshold")
        init = base.arguments.get("init")
        first = "0" if init is None else fuser.text(init.expr)
        limit = fuser.text(given.expr) if given is not None else ""
        return first.isdigit() and limit.isdigit() and int(first) < int(limit)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 1 if not is_monotone(live.inputs[0]) or self._is_far(fuser, live) else 2


def is_monotone(live: Live) -> bool:
    """Whether a value only ever grows."""
    if live.op == "map" and "order_preserving" in live.proofs:
        return is_monotone(live.inputs[0])
    return live.op in ("count", "key_count") or "monotone" in live.proofs


def threshold_of(fuser: Fuser, live: Live, code: Code) -> Value:
    """The threshold: a value, or that of a singleton."""
    kind = fuser.element_type(live)
    if len(live.inputs) > 1:
        return fuser.read(live.inputs[1], code)
    text = fuser.text(live.arguments["threshold"].expr)
    return Value(fuser.once(text, "threshold", live), True, kind)
