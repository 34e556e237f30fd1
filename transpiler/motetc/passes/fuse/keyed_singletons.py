"""Keyed singletons: dicts, and comprehensions over dicts, evaluated where they are read."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value, mentions
from motetc.passes.fuse.elementwise import Elementwise, given
from motetc.passes.fuse.emitter import Then
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.gates import JoinTable, excluded, look_up
from motetc.passes.fuse.graph import settles
from motetc.passes.fuse.singletons import Outgoing, limit_known


class Derived(Elementwise):
    """What is computed of another keyed singleton, entry by entry."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """A comprehension where the entries need no statement; else a dict that is filled."""
        inner = Code(depth=code.depth)
        inner.names, inner.busy = dict(code.names), set(code.busy)
        name, loops = fuser.result_name(live), set(fuser.loops)
        if name is None or name == fuser.variables.get(live.uid):  # the entries that it is made of
            name = fuser.local(live.name or "entries", inner)

        def then(entry: Element, inside: Code) -> None:
            assert entry.key is not None
            inside.line(f"{name}[{entry.key.text}] = {entry.value.text}", live.span)

        self.entries(fuser, live, inner, then)
        text = comprehension(name, [x.text for x in inner.lines])
        if text:
            fuser.loops &= loops | {name for name in inner.names if mentions(text, name)}
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
            f = live.arguments["f"].expr
            text = fuser.apply(f, given(entry, self.with_key), code, entry.sole)
            then(Element(Value(text, type=fuser.element_type(live)), entry.key, entry.sole), code)

        fuser.entries(live.inputs[0], code, mapped)


class FilterEntries(Derived):
    """The entries of which `f(value)` holds."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        def filtered(entry: Element, code: Code) -> None:
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code, entry.sole)
            bound = Element(value, entry.key, sole=False)
            f = live.arguments["f"].expr
            test = fuser.apply(f, given(bound, self.with_key), code, sole=False)
            with code.block(f"if {test}:", live.span):
                then(bound, code)

        fuser.entries(live.inputs[0], code, filtered)


class FilterMapEntries(Derived):
    """`f(value)` under every key, where that is not None."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        def mapped(entry: Element, code: Code) -> None:
            f = live.arguments["f"].expr
            text = fuser.apply(f, given(entry, self.with_key), code, entry.sole)
            name = fuser.perhaps_name(live, code)
            code.busy.add(name)
            code.line(f"{name} = {text}", live.span)
            with code.block(f"if {name} is not None:", live.span):
                then(Element(Value(name, True, fuser.element_type(live)), entry.key, True), code)

        fuser.entries(live.inputs[0], code, mapped)


class InspectEntries(Derived):
    """The entries; `f(value)` is called for its effect, once for each: when it comes, or when it is final."""

    late = finishes = True

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return fuser.read(live.inputs[0], code)

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        fuser.entries(live.inputs[0], code, then)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        if key is not None and not self._waits(live):
            fuser.entry(live.inputs[0], key, code, self._inspected(fuser, live))
        super().changed(fuser, live, key, code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        base = live.inputs[0]
        if self._waits(live):
            fuser.entries(base, code, self._inspected(fuser, live))
        fuser.end(live, code)

    def _waits(self, live: Live) -> bool:
        return live.bounded and not settles(live)

    def _inspected(self, fuser: Fuser, live: Live) -> Then:
        def inspected(entry: Element, code: Code) -> None:
            f = live.arguments["f"].expr
            code.call(fuser.apply(f, given(entry, self.with_key), code, sole=False), live.span)

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

        fuser.entries(live.inputs[0], code, kept)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        known, base = self._known(fuser, live), live.inputs[0]
        if index != 1 or not known:
            return
        code.assign(known, "= True", live.span)

        def came(entry: Element, code: Code) -> None:
            fuser.changed(live, code, entry.key)

        fuser.entries(base, code, came)


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

        fuser.entries(live.inputs[0], code, joined)


class LookUpEntries(Derived):
    """`(value, what the other has under value)` under every key."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        other = fuser.read(live.inputs[1], code).text

        def found(entry: Element, code: Code) -> None:
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code, entry.sole)
            match = Value(f"{other}.get({value.text})")
            pair = Value(f"({value.text}, {match.text})", parts=(value, match))
            then(Element(pair, entry.key, entry.sole), code)

        fuser.entries(live.inputs[0], code, found)


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
            value = fuser.bind(entry.value, fuser.hint(live.inputs[0]), code, entry.sole)
            look_up(fuser, live, Element(value, entry.key, sole=False), code)

        fuser.entries(live.inputs[0], code, then)
        fuser.end(live, code)


class JoinStream(JoinTable):
    """`(value, x)` for every x of a stream whose key there is."""
