"""Singletons and optionals: expressions over state, evaluated where they are read."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value, chosen
from motetc.passes.fuse.conditions import both
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.graph import waited
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.operator import Op


class Constant(Op):
    """A value that never changes: known before anything runs."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        text = fuser.text(live.arguments["value"].expr)
        if not is_name(text):
            fuser.comment(live, fuser.body)
            name = fuser.variable(live, live.name or "value")
            fuser.body.line(f"{name} = {text}", live.span)
            text = name
        fuser.finals[live.uid] = Value(text, True, fuser.element_type(live))


def wrapped(text: str) -> str:
    """An expression that may stand beside an operator."""
    plain = (cst.Name, cst.Call, cst.Attribute, cst.Subscript, cst.BaseNumber, cst.SimpleString)
    return text if isinstance(cst.parse_expression(text), plain) else f"({text})"


class Mapped(Op):
    """`f(value)`."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        value = fuser.read(live.inputs[0], code)
        f = live.arguments["f"].expr
        if fuser.takes_apart(f, value):
            text = fuser.apply(f, [value], code, sole=False)
            return Value(text, type=fuser.element_type(live), present=value.present)
        base = named(fuser, live.inputs[0], code, value)
        text = apply(fuser, live, base, code)
        return Value(text, type=fuser.element_type(live), present=base.present)


def named(fuser: Fuser, live: Live, code: Code, read: Value | None = None) -> Value:
    """The value of a singleton, under a name if it is computed. `read`: the value, if it has been read."""
    value = read or fuser.read(live, code)
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
        text = f"{chosen(text)} if {base.present} else None" if base.present else text
        kind = fuser.element_type(live)
        name = fuser.perhaps_name(live, code)
        code.busy.add(name)
        code.line(f"{name} = {text}", live.span)
        return Value(name, True, kind, present=f"{name} is not None")


class Inspected(Op):
    """The value, after `f(value)` was called for its effect: once if it is final, else whenever it is read."""

    late = finishes = True

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        if live.bounded:
            return fuser.read(live.inputs[0], code)
        return self._inspect(fuser, live, code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if live.bounded:
            fuser.final(live.inputs[0], code)
            self._inspect(fuser, live, code)
        fuser.end(live, code)

    def _inspect(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = named(fuser, live.inputs[0], code)
        text = apply(fuser, live, base, code)
        if base.present:
            with code.block(f"if {base.present}:", live.span):
                code.call(text, live.span)
        else:
            code.call(text, live.span)
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
        text = f"{chosen(one.text)} if {one.present} else {other.maybe}"
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
    plain = Value(value.text, value.atomic, value.type, value.parts, idle=value.idle)
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


def is_there_at_first(live: Live) -> bool:
    """Whether a node gives an element before the first one comes."""
    return live.op == "sample_eager" and not absent_at_first(live.inputs[0])


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
            limit_known(fuser, live)

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        given = len(live.inputs) == 1  # and not a value that is final later
        if is_monotone(live.inputs[0]) and given and not self._is_far(fuser, live):
            again = any(map(is_there_at_first, fuser.upstream(live)))
            test = f"not {fuser.variables[live.uid]} and " if again else ""
            self._check(fuser, live, test, code)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        if is_monotone(live.inputs[0]):
            known = limit_known(fuser, live)
            test = f"{known} and " if known else ""
            self._check(fuser, live, f"{test}not {fuser.variables[live.uid]} and ", code)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        known = limit_known(fuser, live)
        if index == 1 and is_monotone(live.inputs[0]):
            fuser.final(live.inputs[1], code)
            if known:
                code.assign(known, "= True", live.span)
            self._check(fuser, live, "", code)

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
        once = self._is_far(fuser, live) and not limit_known(fuser, live)
        return 1 if not is_monotone(live.inputs[0]) or once else 2


def limit_known(fuser: Fuser, live: Live) -> str:
    """The variable that says whether the threshold is final; "" if it is from the start."""
    if waited(live) is None or len(live.inputs) < 2 or fuser.state_of(live, 1) == "open":
        return ""
    name = fuser.endings.counters.get(-live.uid)
    if name is None:
        hint = live.inputs[1].name or "threshold"
        name = fuser.endings.counters[-live.uid] = fuser.fresh(f"{hint}_known")
        fuser.state.line(f"{name} = False", live.span)
    return name


def is_monotone(live: Live) -> bool:
    """Whether a value only ever grows."""
    if live.op == "map" and "order_preserving" in live.proofs:
        return is_monotone(live.inputs[0])
    return live.op in ("count", "key_count", "value_counts") or "monotone" in live.proofs


def threshold_of(fuser: Fuser, live: Live, code: Code) -> Value:
    """The threshold: a value, or that of a singleton."""
    kind = fuser.element_type(live)
    if len(live.inputs) > 1:
        return fuser.read(live.inputs[1], code, final=True)
    text = fuser.text(live.arguments["threshold"].expr)
    return Value(fuser.once(text, "threshold", live), True, kind)
