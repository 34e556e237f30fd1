"""Operators of keyed streams that keep something for each key."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value, chosen
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.elementwise import flatten
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import accumulator_type, initial, is_constant, made, step
from motetc.passes.fuse.inline import items_of
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.ordered import (
    Generator,
    both,
    in_order,
    numbered,
    object_hint,
    state_hint,
    stopped,
)

_INT = Type("scalar", "int")


class PerKey(Op):
    """A dict by key: of what becomes the result, or of what is remembered."""

    def table(self, fuser: Fuser, live: Live, kind: Type | None, hint: str = "") -> str:
        """The dict, declared when it is first named."""
        if live.uid not in fuser.variables:
            name = fuser.variable(live, hint)
            key = fuser.annotation(fuser.key_type(live.inputs[0]))
            said = f"dict[{key}, {fuser.annotation(kind)}]"
            fuser.state.line(f"{name}: {said} = {{}}", live.span)
        return fuser.variables[live.uid]


class KeyedSum(PerKey):
    """Operators whose result is a keyed singleton."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        self.table(fuser, live, fuser.element_type(live))

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        return Value(fuser.variables[live.uid], True)


class KeyedFold(KeyedSum):
    """`acc = f(acc, x)` for every x, for each key on its own."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, key = fuser.variables[live.uid], element.key.text
        acc = current(fuser, live, table, key, code)
        text = step(fuser, live, acc, element, code)
        code.line(f"{table}[{key}] = {text}", live.span)
        fuser.changed(live, code, element.key)


def current(fuser: Fuser, live: Live, table: str, key: str, code: Code) -> Value:
    """What a key has so far: the first value where it has none."""
    init = live.arguments["init"].expr
    text = initial(fuser, init)
    if is_constant(fuser, init):
        return Value(f"{table}.get({key}, {fuser.once(text, 'initial', live)})", idle=True)
    with code.block(f"if {key} not in {table}:", live.span):
        code.line(f"{table}[{key}] = {text}", live.span)
    return Value(f"{table}[{key}]", idle=True)


class KeyedReduce(KeyedSum):
    """`acc = f(acc, x)` for every x, for each key on its own, the first of them being the first `acc`."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, key = fuser.variables[live.uid], element.key.text
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        acc = Value(f"{table}[{key}]", True)
        text = step(fuser, live, acc, Element(value, sole=False), code)
        code.line(f"{table}[{key}] = {reduced(text, f'{key} in {table}', value.text)}", live.span)
        fuser.changed(live, code, element.key)


def reduced(text: str, present: str, first: str) -> str:
    """What `reduce` makes of what there is, if there is anything."""
    return first if text == first else f"{chosen(text)} if {present} else {first}"


class ValueCounts(KeyedSum):
    """How many elements each key has."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        fuser.discard(element.value, code)
        table, key = fuser.variables[live.uid], element.key.text
        code.line(f"{table}[{key}] = {table}.get({key}, 0) + 1", live.span)
        fuser.changed(live, code, element.key)


class KeyedFirst(KeyedSum):
    """The first element of each key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, key = fuser.variables[live.uid], element.key.text
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        with code.block(f"if {key} not in {table}:", live.span):
            code.line(f"{table}[{key}] = {value.text}", live.span)
            fuser.newest[live.uid] = value
            fuser.changed(live, code, element.key)
            del fuser.newest[live.uid]


class FoldEarlyStop(KeyedSum):
    """`acc, done = f(acc, x)`: what each key has when it is done, and nothing before."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        super().declare(fuser, live)
        name = fuser.variables[-live.uid] = fuser.made("partial")
        key = fuser.annotation(fuser.key_type(live))
        item = fuser.annotation(fuser.element_type(live))
        fuser.state.line(f"{name}: dict[{key}, {item}] = {{}}", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, partial, key = (
            fuser.variables[live.uid], fuser.variables[-live.uid], element.key.text,
        )  # fmt: skip
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        with code.block(f"if {key} not in {table}:", live.span):
            acc = current(fuser, live, partial, key, code)
            text = step(fuser, live, acc, Element(value, sole=False), code)
            done = fuser.local("done", code)
            items = items_of(text)
            text = ", ".join(items) if items else text
            code.line(f"{partial}[{key}], {done} = {text}", live.span)
            with code.block(f"if {done}:", live.span):
                code.line(f"{table}[{key}] = {partial}.pop({key})", live.span)
                fuser.changed(live, code, element.key)


class KeyedEnumerate(PerKey):
    """`(0, x)`, `(1, x)`, … for each key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table, key = self.table(fuser, live, _INT, "indexes"), element.key.text
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        number = fuser.bind(Value(f"{table}.get({key}, 0)", type=_INT), "index", code, False)
        code.line(f"{table}[{key}] = {number.text} + 1", live.span)
        fuser.push(
            live, Element(numbered(fuser, live, number, value), element.key, element.sole), code
        )


class KeyedStepping(PerKey):
    """A state for each key; keys may end by themselves, one by one."""

    def over(self, fuser: Fuser, live: Live) -> str:
        """The set of the keys that have ended."""
        name = fuser.variables.get(-live.uid)
        if name is None:
            name = fuser.variables[-live.uid] = fuser.made("ended")
            said = fuser.annotation(fuser.key_type(live))
            fuser.state.line(f"{name}: set[{said}] = set()", live.span)
        return name

    def states(self, fuser: Fuser, live: Live) -> str:
        """The dict of the states."""
        return self.table(fuser, live, accumulator_type(fuser, live), f"{state_hint(live)}s")


class KeyedScan(KeyedStepping):
    """`acc, out = f(acc, x)` for each key; None ends the key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        if not fuser.may_stop(live):
            self._turn(fuser, live, element, code)
            return
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        over = self.over(fuser, live)
        with code.block(f"if {element.key.text} not in {over}:", live.span):
            self._turn(fuser, live, Element(value, element.key, sole=False), code)

    def _turn(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        assert element.key is not None
        states, key = self.states(fuser, live), element.key.text
        acc = current(fuser, live, states, key, code)
        text = step(fuser, live, acc, element, code)
        if not fuser.may_stop(live):
            items = items_of(text)
            self._go_on(fuser, live, ", ".join(items) if items else text, element.key, code)
            return
        over, made = stopped(fuser, live, acc.text, text, code)
        with code.block(f"if {over}:", live.span):
            code.line(f"{self.over(fuser, live)}.add({key})", live.span)
        with code.block("else:", live.span):
            self._go_on(fuser, live, made, element.key, code)

    def _go_on(self, fuser: Fuser, live: Live, text: str, key: Value, code: Code) -> None:
        name = fuser.element_name(live, code)
        code.busy.add(name)
        state = f"{fuser.variables[live.uid]}[{key.text}]"
        code.line(both(fuser, live, state, name, text), live.span)
        fuser.push(live, Element(Value(name, True, fuser.element_type(live)), key, True), code)
        code.busy.discard(name)


class KeyedGenerator(KeyedStepping, Generator):
    """As `generator`, for each key on its own."""

    late = finishes = False

    def declare(self, fuser: Fuser, live: Live) -> None:
        self.over(fuser, live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        key = element.key.text
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        with code.block(f"if {key} not in {self.over(fuser, live)}:", live.span):
            states = self.states(fuser, live)
            acc = current(fuser, live, states, key, code)
            text = step(fuser, live, acc, Element(value, sole=False), code)
            made = fuser.local("made", code)
            items = items_of(text)
            text = ", ".join(items) if items else text
            code.line(f"{states}[{key}], {made} = {text}", live.span)
            self.choose(fuser, live, made, element.key, code)

    def stop_key(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """A key has ended."""
        assert key is not None
        code.line(f"{self.over(fuser, live)}.add({key.text})", live.span)

    def full(self, fuser: Fuser, live: Live) -> str:
        return ""

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        fuser.end(live, code)


class KeyedTransform(PerKey):
    """Everything that an object of the user's gives for each x: one object for each key."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        key, new = element.key.text, made(fuser, live.arguments["make"].expr)
        table = self._objects(fuser, live)
        with code.block(f"if {key} not in {table}:", live.span):
            code.line(f"{table}[{key}] = {new}", live.span)
        flatten(fuser, live, f"{table}[{key}]({value.text})", element, code)

    def _objects(self, fuser: Fuser, live: Live) -> str:
        if live.uid not in fuser.variables:
            key = fuser.annotation(fuser.key_type(live))
            hint = object_hint(made(fuser, live.arguments["make"].expr))
            name = fuser.variables[live.uid] = fuser.made(f"{hint}s")
            fuser.state.line(f"{name}: dict[{key}, {self._made(fuser, live)}] = {{}}", live.span)
        return fuser.variables[live.uid]

    def _made(self, fuser: Fuser, live: Live) -> str:
        """The type of what is made: a class of the program's, or what it is for."""
        maker = fuser.type_of(live.arguments["make"].expr)
        one = maker.args[0] if maker is not None and maker.kind == "other" and maker.args else None
        if (
            one is not None
            and one.kind == "class"
            and not one.name.startswith(("typing.", "collections."))
        ):
            return fuser.annotation(one)
        function = fuser.imported("collections.abc.Callable")
        items = fuser.imported("collections.abc.Iterable")
        taken = fuser.annotation(fuser.element_type(live.inputs[0]))
        given = f"{items}[{fuser.annotation(fuser.element_type(live))}]"
        return f"{function}[[{taken}], {given}]"


class KeyedSort(PerKey):
    """The elements of each key in order, once the last has come."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        item = fuser.annotation(fuser.element_type(live))
        key = fuser.annotation(fuser.key_type(live))
        name = fuser.variables[live.uid] = fuser.fresh(fuser.buffer_name(live))
        fuser.state.line(f"{name}: dict[{key}, list[{item}]] = {{}}", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        assert element.key is not None
        table = fuser.variables[live.uid]
        code.line(
            f"{table}.setdefault({element.key.text}, []).append({element.value.text})", live.span
        )

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        table, kind = fuser.variables[live.uid], fuser.key_type(live)
        key = fuser.local(fuser.key_hint(live), code, kind)
        items = fuser.local(f"{key}_items", code)
        with code.loop((key, items), f"{table}.items()", live.span):
            each_of(fuser, live, in_order(fuser, live, items), Value(key, True, kind), code)
            fuser.endings.leave(live, code)
        fuser.end(live, code)

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 1
