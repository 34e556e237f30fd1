"""Keyed singletons: dicts, and comprehensions over dicts, evaluated where they are read."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.elementwise import Elementwise, given
from motetc.passes.fuse.emitter import Then
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.gates import JoinTable, excluded, look_up
from motetc.passes.fuse.graph import settles
from motetc.passes.fuse.keyed import wanted_key
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.singletons import Outgoing, is_monotone, limit_known, wrapped


class Derived(Elementwise):
    """What is computed of another keyed singleton, entry by entry."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """A comprehension where the entries need no statement; else a dict that is filled."""
        inner = Code(depth=code.depth)
        inner.names, inner.busy = dict(code.names), set(code.busy)
        name = fuser.result_name(live) or fuser.local(live.name or "entries", inner)

        def then(entry: Element, inside: Code) -> None:
            assert entry.key is not None
            inside.line(f"{name}[{entry.key.text}] = {entry.value.text}", live.span)

        self.entries(fuser, live, inner, then)
        text = comprehension(name, [x.text for x in inner.lines])
        if text:
            return Value(text, type=None)
        key = fuser.annotation(fuser.key_type(live))
        code.line(f"{name}: dict[{key}, {fuser.annotation(fuser.element_type(live))}] = {{}}")
        code.lines += inner.lines
        code.names, code.busy = inner.names, inner.busy
        return Value(name, True)


def comprehension(name: str, lines: list[str]) -> str:
    """The comprehension that does what some lines do: loops, conditions and one assignment; "" if there is none."""
    *heads, last = lines
    if not last.startswith(f"{name}[") or not heads:
        return ""
    clauses = [x.removesuffix(":") for x in heads]
    if not all(c.startswith(("for ", "if ")) for c in clauses):
        return ""
    target, _, value = last.removeprefix(f"{name}[").partition("] = ")
    return f"{{{target}: {value} {' '.join(clauses)}}}"


class MapEntries(Derived):
    """`f(value)` under every key."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        def mapped(entry: Element, code: Code) -> None:
            text = fuser.apply(live.arguments["f"].expr, given(entry, self.with_key), code)
            then(Element(Value(text, type=fuser.element_type(live)), entry.key, entry.sole), code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, mapped)


class FilterEntries(Derived):
    """The entries of which `f(value)` holds."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        def filtered(entry: Element, code: Code) -> None:
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code)
            bound = Element(value, entry.key, sole=False)
            f = live.arguments["f"].expr
            test = fuser.apply(f, given(bound, self.with_key), code, sole=False)
            with code.block(f"if {test}:", live.span):
                then(bound, code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, filtered)


class FilterMapEntries(Derived):
    """`f(value)` under every key, where that is not None."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        def mapped(entry: Element, code: Code) -> None:
            text = fuser.apply(live.arguments["f"].expr, given(entry, self.with_key), code)
            name = fuser.perhaps_name(live, code)
            code.busy.add(name)
            code.line(f"{name} = {text}", live.span)
            with code.block(f"if {name} is not None:", live.span):
                then(Element(Value(name, True, fuser.element_type(live)), entry.key, True), code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, mapped)


class InspectEntries(Derived):
    """The entries; `f(value)` is called for its effect, once for each: when it comes, or when it is final."""

    late = finishes = True

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return fuser.read(live.inputs[0], code)

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, then)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        if key is not None and not self._waits(live):
            fuser.entry(live.inputs[0], key, code, self._inspected(fuser, live))
        super().changed(fuser, live, key, code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        base = live.inputs[0]
        if self._waits(live):
            fuser.emitter(base).entries(fuser, base, code, self._inspected(fuser, live))
        fuser.end(live, code)

    def _waits(self, live: Live) -> bool:
        return live.bounded and not settles(live)

    def _inspected(self, fuser: Fuser, live: Live) -> Then:
        def inspected(entry: Element, code: Code) -> None:
            f = live.arguments["f"].expr
            code.line(fuser.apply(f, given(entry, self.with_key), code, sole=False), live.span)

        return inspected


class WithoutKeys(Derived):
    """The entries whose key a stream does not have: none before the stream has ended."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        excluded(fuser, live)
        self._known(fuser, live)

    def _known(self, fuser: Fuser, live: Live) -> str:
        return "" if live.bounded else limit_known(fuser, live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        code.line(f"{fuser.variables[live.uid]}.add({element.value.text})", live.span)

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        known = self._known(fuser, live)

        def kept(entry: Element, code: Code) -> None:
            assert entry.key is not None
            test = f"{entry.key.text} not in {fuser.variables[live.uid]}"
            with code.block(f"if {f'{known} and ' if known else ''}{test}:", live.span):
                then(entry, code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, kept)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        known, base = self._known(fuser, live), live.inputs[0]
        if index != 1 or not known:
            return
        code.assign(known, "= True", live.span)

        def came(entry: Element, code: Code) -> None:
            fuser.changed(live, code, entry.key)

        fuser.emitter(base).entries(fuser, base, code, came)


class JoinEntries(Derived):
    """`(one, other)` under every key that both have."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        other = fuser.read(live.inputs[1], code).text

        def joined(entry: Element, code: Code) -> None:
            assert entry.key is not None
            found = Value(f"{other}[{entry.key.text}]")
            with code.block(f"if {entry.key.text} in {other}:", live.span):
                value = Value(f"({entry.value.text}, {found.text})", parts=(entry.value, found))
                then(Element(value, entry.key, entry.sole), code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, joined)


class LookUpEntries(Derived):
    """`(value, what the other has under value)` under every key."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        other = fuser.read(live.inputs[1], code).text

        def found(entry: Element, code: Code) -> None:
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code)
            match = Value(f"{other}.get({value.text})")
            pair = Value(f"({value.text}, {match.text})", parts=(value, match))
            then(Element(pair, entry.key, entry.sole), code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, found)


class LookUpEntriesInStream(Outgoing):
    """`(value, y)` for every y that a stream has under the key `value`; `(value, None)` if it has none."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        other = live.inputs[1]
        name = fuser.variables[live.uid] = fuser.fresh(other.name or "table")
        key = fuser.annotation(fuser.key_type(other))
        item = fuser.annotation(fuser.element_type(other))
        fuser.state.line(f"{name}: dict[{key}, list[{item}]] = {{}}", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table = f"{fuser.variables[live.uid]}.setdefault({element.key.text}, [])"
        code.line(f"{table}.append({element.value.text})", live.span)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        def then(entry: Element, code: Code) -> None:
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code)
            look_up(fuser, live, Element(value, entry.key, sole=False), code)

        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, then)
        fuser.end(live, code)


class JoinStream(JoinTable):
    """`(value, x)` for every x of a stream whose key there is."""


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
            fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, then)
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
        name = fuser.variables[live.uid] = fuser.fresh("seen")
        key = fuser.annotation(fuser.key_type(live.inputs[0]))
        fuser.state.line(f"{name}: set[{key}] = set()", live.span)
    return fuser.variables[live.uid]


class KeyCount(Op):
    """How many keys there are."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        base = live.inputs[0]
        while base.op in ("map", "map_with_key") and base.inputs[0].shape == "keyed_singleton":
            base = base.inputs[0]
        return Value(f"len({fuser.read(base, code).text})", type=fuser.element_type(live))


class IntoDict(Op):
    """All entries as one dict."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        value = fuser.read(live.inputs[0], code)
        final = live.bounded or not value.atomic
        return Value(value.text if final else f"dict({value.text})", value.atomic and final)


class GetEntry(Op):
    """The value under one key, if there is one."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        if len(live.inputs) == 1:
            wanted_key(fuser, live)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        table = named_dict(fuser, live.inputs[0], code)
        key = fuser.read(live.inputs[1], code).text if live.inputs[1:] else wanted_key(fuser, live)
        kind = fuser.element_type(live)
        return Value(f"{table}[{key}]", type=kind, present=f"{key} in {table}")


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
        test = f"{known} and {key.text} not in {reached}" if known else f"{key.text} not in {reached}"
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
        fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, then)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 2 if not waits(live) and limit_known(fuser, live) else 1

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        def then(entry: Element, code: Code) -> None:
            self._check(fuser, live, entry, code)

        if waits(live):
            fuser.emitter(live.inputs[0]).entries(fuser, live.inputs[0], code, then)
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
