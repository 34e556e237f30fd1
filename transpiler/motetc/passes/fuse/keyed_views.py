"""Keyed singletons read in other shapes: as streams, under one key, counted; the keys that reach a threshold."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.conditions import both
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.graph import settles
from motetc.passes.fuse.keyed import wanted_key
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.singletons import Outgoing, is_monotone, limit_known, wrapped


@dataclass(frozen=True)
class FromEntries(Outgoing):
    """The keys, values or entries as a stream: once they are final, or one by one where they change no more."""

    part: str  # key, value, entry or keyed

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """A key is new."""
        base = live.inputs[0]
        if key is None or (base.bounded and not settles(base)):
            return

        def then(entry: Element, code: Code) -> None:
            fuser.push(live, self._element(fuser, live, entry), code)

        if self.part == "key" and not settles(base):
            seen = once_per_key(fuser, live)
            with code.block(f"if {key.text} not in {seen}:", live.span):
                code.line(f"{seen}.add({key.text})", live.span)
                fuser.entry(live.inputs[0], key, code, then)
            return
        fuser.entry(live.inputs[0], key, code, then)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        def then(entry: Element, code: Code) -> None:
            fuser.push(live, self._element(fuser, live, entry), code)
            fuser.endings.leave(live, code)

        if live.inputs[0].bounded and not settles(live.inputs[0]):
            fuser.entries(live.inputs[0], code, then)
        fuser.end(live, code)

    def _element(self, fuser: Fuser, live: Live, entry: Element) -> Element:
        assert entry.key is not None
        match self.part:
            case "key":
                return Element(entry.key, sole=False)
            case "value":
                return Element(entry.value, sole=entry.sole)
            case "keyed":
                return entry
        text = f"({entry.key.text}, {entry.value.text})"
        kind = fuser.element_type(live)
        value = Value(text, type=kind, parts=(entry.key, entry.value))
        return Element(value, sole=entry.sole)


def once_per_key(fuser: Fuser, live: Live) -> str:
    """The set of the keys that have been pushed."""
    if live.uid not in fuser.variables:
        name = fuser.variables[live.uid] = fuser.made("seen", fuser.becomes(live))
        key = fuser.annotation(fuser.key_type(live.inputs[0]))
        fuser.state.line(f"{name}: set[{key}] = set()", live.span)
    return fuser.variables[live.uid]


class KeyCount(Op):
    """How many keys there are."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = live.inputs[0]
        while base.op in ("map", "map_with_key") and base.inputs[0].shape == "keyed_singleton":
            base = base.inputs[0]
        table = fuser.read(base, code)
        return Value(f"len({table.text})", type=fuser.element_type(live), idle=table.atomic)


class IntoDict(Op):
    """All entries as one dict."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        value = fuser.read(live.inputs[0], code)
        final = live.bounded or not value.atomic
        text = value.text if final else f"dict({value.text})"
        return Value(text, value.atomic and final, idle=not final)


class GetEntry(Op):
    """The value under one key, if there is one."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        if len(live.inputs) == 1:
            wanted_key(fuser, live)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        table = named_dict(fuser, live.inputs[0], code)
        key = (
            fuser.read(live.inputs[1], code) if live.inputs[1:] else Value(wanted_key(fuser, live))
        )
        present = both(key.present, f"{key.text} in {table}")
        return Value(f"{table}[{key.text}]", type=fuser.element_type(live), present=present)


def named_dict(fuser: Fuser, live: Live, code: Code) -> str:
    """The dict of a keyed singleton, under a name."""
    value = fuser.read(live, code)
    if value.atomic:
        return value.text
    name = fuser.local(live.name or "entries", code)
    code.busy.add(name)
    code.line(f"{name} = {value.text}", live.span)
    return name


class GetMaxKey(Op):
    """The entry with the greatest key, if there is any."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        table = named_dict(fuser, live.inputs[0], code)
        kind = fuser.element_type(live)
        text = f"(max({table}), {table}[max({table})])"
        return Value(text, type=kind, present=table)


class KeyThreshold(Outgoing):
    """Its threshold under every key whose value has reached it, once."""

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """A value has risen, or a threshold has come."""
        base = live.inputs[0]
        if key is None or waits(live):
            return
        reached, known = once_per_key(fuser, live), limit_known(fuser, live)
        test = (
            f"{known} and {key.text} not in {reached}" if known else f"{key.text} not in {reached}"
        )
        if len(live.inputs) > 1 and live.inputs[1].shape == "keyed_singleton":
            test += f" and {key.text} in {named_dict(fuser, base, code)}"

        def then(entry: Element, code: Code) -> None:
            self._check(fuser, live, entry, code, reached)

        with code.block(f"if {test}:", live.span):
            fuser.entry(base, key, code, then)

    def declare(self, fuser: Fuser, live: Live) -> None:
        if not waits(live):
            limit_known(fuser, live)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        known = limit_known(fuser, live)
        if index != 1 or not known or waits(live):
            return

        def then(entry: Element, code: Code) -> None:
            self._check(fuser, live, entry, code, once_per_key(fuser, live))

        fuser.final(live.inputs[1], code)
        code.assign(known, "= True", live.span)
        fuser.entries(live.inputs[0], code, then)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 2 if not waits(live) and limit_known(fuser, live) else 1

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        def then(entry: Element, code: Code) -> None:
            self._check(fuser, live, entry, code)

        if waits(live):
            fuser.entries(live.inputs[0], code, then)
        fuser.end(live, code)

    def _check(
        self, fuser: Fuser, live: Live, entry: Element, code: Code, reached: str = ""
    ) -> None:
        assert entry.key is not None
        key = entry.key.text
        limit, test = self._limit(fuser, live, key, code)
        with code.block(f"if {test}{wrapped(entry.value.text)} >= {limit}:", live.span):
            if reached:
                code.line(f"{reached}.add({key})", live.span)
            value = Value(limit, is_name(limit), fuser.element_type(live))
            fuser.push(live, Element(value, entry.key, sole=False), code)

    def _limit(self, fuser: Fuser, live: Live, key: str, code: Code) -> tuple[str, str]:
        """A key's threshold, and a test whether there is one."""
        if len(live.inputs) == 1:
            return limit_of(fuser, live), ""
        other = live.inputs[1]
        if other.shape != "keyed_singleton":
            return fuser.read(other, code, final=True).text, ""
        table = named_dict(fuser, other, code)
        return f"{table}[{key}]", f"{key} in {table} and "


def waits(live: Live) -> bool:
    """Whether a threshold can only be told of values that are final."""
    base = live.inputs[0]
    return base.bounded and not (is_monotone(base) and len(live.inputs) == 1)


def limit_of(fuser: Fuser, live: Live) -> str:
    """The threshold that was given as a value."""
    return fuser.once(fuser.text(live.arguments["threshold"].expr), "threshold", live)
