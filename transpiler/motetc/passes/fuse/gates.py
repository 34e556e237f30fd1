"""Operators whose elements wait until another input has its final value: they are kept until then, and go on after."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value, is_apart
from motetc.passes.fuse.conditions import both
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.graph import STREAMS, waited
from motetc.passes.fuse.keyed import wanted_key
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.operator import Op


class Gate(Op):
    """Keeps elements until the input that is waited for has ended."""

    late = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        gate = waited(live)
        state = fuser.state_of(live, gate) if gate is not None else "open"
        if state != "open":
            self._waiting(fuser, live)
        if state == "unknown":
            self._flag(fuser, live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        gate = waited(live)
        assert gate is not None
        if index == gate:
            self.collected(fuser, live, element, code)
            return
        match fuser.state_of(live, gate):
            case "open":
                self.passed(fuser, live, element, code)
            case "closed":
                self._keep(fuser, live, element, code)
            case "unknown":
                element = bound(fuser, live.inputs[1 - gate], element, code)
                with code.block(f"if {self._flag(fuser, live)}:", live.span):
                    self.passed(fuser, live, element, code)
                with code.block("else:", live.span):
                    self._keep(fuser, live, element, code)

    def collected(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        """An element of the input that is waited for."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        """An element that need not wait any more."""
        fuser.push(live, element, code)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        gate = waited(live)
        if gate is None or index != gate:
            return
        if live.inputs[gate].shape not in (*STREAMS, "keyed_singleton"):
            fuser.final(live.inputs[gate], code)
        state = fuser.state_of(live, gate)
        if state != "open":
            self._release(fuser, live, live.inputs[1 - gate], code)
        if state == "unknown":
            code.assign(self._flag(fuser, live), "= True", live.span)

    def sites(self, fuser: Fuser, live: Live) -> int:
        gate = waited(live)
        return 2 if gate is not None and fuser.state_of(live, gate) == "unknown" else 1

    def _keep(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        text = element.value.text
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        code.line(f"{self._waiting(fuser, live)}.append({text})", live.span)

    def _waiting(self, fuser: Fuser, live: Live) -> str:
        name = fuser.variables.get(-live.uid)
        if name is None:
            gate = waited(live)
            source = live.inputs[1 - (gate or 0)]
            name = fuser.variables[-live.uid] = fuser.made("waiting")
            item, key = fuser.annotation(fuser.element_type(source)), fuser.key_type(source)
            if key is not None:
                item = f"tuple[{fuser.annotation(key)}, {item}]"
            fuser.state.line(f"{name}: list[{item}] = []", live.span)
        return name

    def _flag(self, fuser: Fuser, live: Live) -> str:
        name = fuser.endings.counters.get(-live.uid)
        if name is None:
            gate = live.inputs[waited(live) or 0]
            name = fuser.fresh(f"{gate.name or gate.op}_known")
            fuser.endings.counters[-live.uid] = name
            fuser.state.line(f"{name} = False", live.span)
        return name

    def _release(self, fuser: Fuser, live: Live, source: Live, code: Code) -> None:
        kind = fuser.element_type(source)
        if source.shape == "keyed_stream":
            names: tuple[str, ...] = fuser.entry_names(source, code)
            key = Value(names[0], True, fuser.key_type(source))
            element = Element(Value(names[1], True, kind), key, sole=True)
        else:
            names = (fuser.element_name(source, code),)
            element = Element(Value(names[0], True, kind), sole=True)
        items = self._waiting(fuser, live)
        with code.loop(names, items, live.span), fuser.wishes.turn(live, code):
            self.passed(fuser, live, element, code)


def bound(fuser: Fuser, source: Live, element: Element, code: Code) -> Element:
    """The element under a name, for use in several places."""
    value = fuser.settle(element.value, fuser.hint(source), code, element.sole)
    return Element(value, element.key, element.sole)


class Chain(Gate):
    """All of the one, then all of the other."""

    def collected(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        fuser.push(live, element, code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return super().sites(fuser, live) + 1


class CrossSingleton(Gate):
    """`(x, value)` for every x."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        other = fuser.read(live.inputs[1], code, final=True)
        if not other.present:
            fuser.push(live, paired(fuser, live, element, other), code)
            return
        element = bound(fuser, live.inputs[0], element, code)
        with code.block(f"if {other.present}:", live.span):
            fuser.push(live, paired(fuser, live, element, other), code)


def paired(fuser: Fuser, live: Live, element: Element, other: Value) -> Element:
    """`(x, y)`, under the key of x."""
    text = f"({element.value.text}, {other.text})"
    value = Value(text, type=fuser.element_type(live), parts=(element.value, other))
    return Element(value, element.key, element.sole)


class FilterIf(Gate):
    """Every x, if the value is true."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        element = bound(fuser, live.inputs[0], element, code)
        with code.block(f"if {fuser.read(live.inputs[1], code, final=True).text}:", live.span):
            fuser.push(live, element, code)


class Excluding(Gate):
    """Operators that leave out what is in another stream."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        super().declare(fuser, live)
        excluded(fuser, live)

    def collected(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        code.line(f"{fuser.variables[live.uid]}.add({element.value.text})", live.span)

    def unless(self, fuser: Fuser, live: Live, what: str, element: Element, code: Code) -> None:
        """Go on unless `what` is to be left out."""
        with code.block(f"if {what} not in {fuser.variables[live.uid]}:", live.span):
            fuser.push(live, element, code)


def excluded(fuser: Fuser, live: Live) -> None:
    """Declare the set of what is to be left out."""
    other = live.inputs[1]
    name = fuser.variables[live.uid] = fuser.fresh(other.name or "excluded")
    item = fuser.annotation(fuser.element_type(other))
    fuser.state.line(f"{name}: set[{item}] = set()", live.span)


class FilterNotIn(Excluding):
    """Every x that the other stream does not have."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        element = bound(fuser, live.inputs[0], element, code)
        self.unless(fuser, live, element.value.text, element, code)


class AntiJoin(Excluding):
    """Every `(key, x)` whose key the other stream does not have."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        key, value = fuser.split(element.value, PAIR, code, element.sole)
        value = fuser.bind(value, PAIR[1], code, element.sole and is_apart(key, value))
        text = f"({key.text}, {value.text})"
        pair = Value(text, type=fuser.element_type(live), parts=(key, value))
        self.unless(fuser, live, key.text, Element(pair, sole=element.sole), code)

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        return PAIR if index == 0 and fuser.state_of(live, 1) == "open" else ()


PAIR = ("key", "value")


class FilterKeyNotIn(Excluding):
    """Every x whose key the other stream does not have."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        assert element.key is not None
        element = bound(fuser, live.inputs[0], element, code)
        self.unless(fuser, live, element.key.text if element.key else "", element, code)


class Get(Gate):
    """Every x under one key: one that is written there, or a value that is waited for."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        if waited(live) is None:
            wanted_key(fuser, live)
        else:
            super().declare(fuser, live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if waited(live) is None:
            self.passed(fuser, live, element, code)
        else:
            super().element(fuser, live, index, element, code)

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        assert element.key is not None
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        with code.block(f"if {self._is_wanted(fuser, live, element.key, code)}:", live.span):
            fuser.push(live, Element(value, sole=element.sole), code)

    def _is_wanted(self, fuser: Fuser, live: Live, key: Value, code: Code) -> str:
        if waited(live) is None:
            return f"{key.text} == {wanted_key(fuser, live)}"
        wanted = fuser.read(live.inputs[1], code, final=True)
        test = f"{key.text} == {wanted.text}"
        never = wanted.maybe == wanted.text and not may_be_none(fuser.key_type(live.inputs[0]))
        return both("" if never else wanted.present, test)


class RepeatWithKeys(Gate):
    """Every x under every key."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        element = bound(fuser, live.inputs[0], element, code)
        other = live.inputs[1]

        def then(entry: Element, code: Code) -> None:
            fuser.push(live, Element(element.value, entry.key, sole=False), code)

        fuser.entries(other, code, then)


class JoinTable(Gate):
    """`(x, value)` for every x whose key the keyed singleton has."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        gate = waited(live) or 0
        table = fuser.read(live.inputs[gate], code, final=True)
        element = bound(fuser, live.inputs[1 - gate], element, code)
        key = element.key.text if element.key else ""
        with code.block(f"if {key} in {table.text}:", live.span):
            found = Value(f"{table.text}[{key}]")
            pair = (element.value, found) if gate else (found, element.value)
            text = f"({pair[0].text}, {pair[1].text})"
            value = Value(text, type=fuser.element_type(live), parts=pair)
            fuser.push(live, Element(value, element.key, sole=False), code)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        if index == waited(live):
            fuser.final(live.inputs[index], code)
        super().input_ended(fuser, live, index, code)


class LookUpTable(JoinTable):
    """`(x, what the keyed singleton has under x)` for every x."""

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        table = fuser.read(live.inputs[1], code, final=True)
        element = bound(fuser, live.inputs[0], element, code)
        found = Value(f"{table.text}.get({element.value.text})")
        fuser.push(live, paired(fuser, live, element, found), code)


class LookUpStream(Gate):
    """`(x, y)` for every y that the other stream has under the key x; `(x, None)` if it has none."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        super().declare(fuser, live)
        other = live.inputs[1]
        name = fuser.variables[live.uid] = fuser.fresh(other.name or "table")
        key = fuser.annotation(fuser.key_type(other))
        item = fuser.annotation(fuser.element_type(other))
        fuser.state.line(f"{name}: dict[{key}, list[{item}]] = {{}}", live.span)

    def collected(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        assert element.key is not None
        table = f"{fuser.variables[live.uid]}.setdefault({element.key.text}, [])"
        code.line(f"{table}.append({element.value.text})", live.span)

    def passed(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        element = bound(fuser, live.inputs[0], element, code)
        look_up(fuser, live, element, code)


def look_up(fuser: Fuser, live: Live, element: Element, code: Code) -> None:
    """Push what the table has under an element, or None."""
    table = fuser.variables[live.uid]
    kind = fuser.element_type(live.inputs[1])
    name = fuser.local("found", code)
    with code.loop((name,), f"{table}.get({element.value.text}, [None])", live.span):
        pair = paired(fuser, live, element, Value(name, True, kind))
        fuser.push(live, Element(pair.value, pair.key, sole=False), code)
        fuser.endings.leave(live, code)
