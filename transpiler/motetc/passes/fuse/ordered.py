"""Operators that remember something of the elements before: enumerate, scan, take, unique and their kin."""

from __future__ import annotations

import re
from contextlib import nullcontext

import libcst as cst

from motetc.frontend.naming import snake
from motetc.ir.live import Live
from motetc.ir.mutability import has_pure_methods
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.conditions import opposite, perhaps
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.elementwise import flatten
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import accumulator_type, augmented, declare, initial, made, step
from motetc.passes.fuse.inline import calls, items_of, parameters
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.wording import first_parameter


class Enumerate(Op):
    """`(0, x)`, `(1, x)`, …"""

    def declare(self, fuser: Fuser, live: Live) -> None:
        declare(fuser, live, fuser.variable(live, "index"), "0", Type("scalar", "int"))

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        name = fuser.variable(live)
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        pair = numbered(fuser, live, Value(name, True, Type("scalar", "int")), value)
        if fuser.awaits_below(live) and len(fuser.drivers_of(live)) > 1:
            pair = fuser.bind(pair, fuser.hint(live), code, element.sole)
            code.assign(name, "+= 1", live.span)
            fuser.push(live, Element(pair, sole=element.sole), code)
            return
        fuser.push(live, Element(pair, sole=element.sole), code)
        code.assign(name, "+= 1", live.span)


def numbered(fuser: Fuser, live: Live, index: Value, value: Value) -> Value:
    """`(index, x)`."""
    kind = fuser.element_type(live)
    return Value(f"({index.text}, {value.text})", type=kind, parts=(index, value))


class Stepping(Op):
    """Operators with a state and a function of it and the element. They may end by themselves."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        name = fuser.variables[live.uid] = _state_name(fuser, live)
        text = initial(fuser, live.arguments["init"].expr)
        declare(fuser, live, name, text, accumulator_type(fuser, live))

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        flag = self.full(fuser, live)
        if flag and not fuser.is_sole(live) and not fuser.wishes.holds(f"not {flag}"):
            with code.block(f"if not {flag}:", live.span):
                self.turn(fuser, live, element, code)
        else:
            self.turn(fuser, live, element, code)

    def turn(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        """One step."""
        raise NotImplementedError

    def stops(self, fuser: Fuser, live: Live) -> bool:
        """Whether it may end by itself."""
        return True

    def full(self, fuser: Fuser, live: Live) -> str:
        """The variable that says that it has ended; none where the loop is left at once."""
        if fuser.is_direct(live) or not self.stops(fuser, live):
            return ""
        name = fuser.variables.get(-live.uid)
        if name is None:
            name = fuser.variables[-live.uid] = fuser.fresh(f"{live.name or live.op}_ended")
            fuser.state.line(f"{name} = False", live.span)
        return name

    def stop(self, fuser: Fuser, live: Live, code: Code) -> None:
        """It ends here."""
        name = self.full(fuser, live)
        if name:
            code.assign(name, "= True", live.span)
            fuser.endings.end_early(live, code)
        else:
            code.line("break", live.span)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Unless it has ended before."""
        flag = self.full(fuser, live)
        if fuser.is_sole(live) or not flag:
            fuser.end(live, code)
            return
        fuser.endings.end_open(live, f"not {flag}", code)


def _state_name(fuser: Fuser, live: Live) -> str:
    """A name for the state: as the function calls it, if that is free."""
    f, name = live.arguments["f"].expr, state_hint(live)
    if not isinstance(f, cst.Lambda):
        found = fuser.type_of(f)
        told = first_parameter(found.name) if found is not None else ""
        name = told if told and not fuser.is_used(told) else name
    return fuser.fresh(name)


def state_hint(live: Live) -> str:
    """What a lambda calls its state."""
    f = live.arguments["f"].expr
    names = parameters(f) if isinstance(f, cst.Lambda) else None
    return names[0] if names and len(names) == 2 and names[0].strip("_") else "state"


class Scan(Stepping):
    """`acc, out = f(acc, x)`; None ends it."""

    def stops(self, fuser: Fuser, live: Live) -> bool:
        return fuser.may_stop(live)

    def turn(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        acc = Value(fuser.variables[live.uid], True, accumulator_type(fuser, live))
        text = step(fuser, live, acc, element, code)
        if not fuser.may_stop(live):
            items = items_of(text)
            if gives_state(fuser, live, items) and not fuser.waits_between(live):
                code.assign(acc.text, augmented(acc.text, items[0], acc.type), live.span)
                fuser.push(live, Element(acc, element.key, sole=False), code)
                return
            self._go_on(fuser, live, ", ".join(items) if items else text, element, code)
            return
        over, made = stopped(fuser, live, acc.text, text, code)
        with code.block(f"if {over}:", live.span):
            self.stop(fuser, live, code)
        if self.full(fuser, live):
            with code.block("else:", live.span):
                self._go_on(fuser, live, made, element, code)
        else:
            self._go_on(fuser, live, made, element, code)

    def _go_on(self, fuser: Fuser, live: Live, text: str, element: Element, code: Code) -> None:
        acc, name = fuser.variables[live.uid], fuser.element_name(live, code)
        code.busy.add(name)
        code.line(both(fuser, live, acc, name, text), live.span)
        code.assigned.add(acc)
        fuser.push(
            live, Element(Value(name, True, fuser.element_type(live)), element.key, True), code
        )
        code.busy.discard(name)


def stopped(fuser: Fuser, live: Live, state: str, text: str, code: Code) -> tuple[str, str]:
    """The condition under which a step has answered None, and what it has answered else; under a name, if the two are
    not apart in it."""
    test, made = perhaps(text)
    if items := items_of(made) if made else []:
        known = {state: accumulator_type(fuser, live)}
        return opposite(test, {**code.names, **known}), ", ".join(items)
    name = fuser.local("made", code)
    code.line(f"{name} = {text}", live.span)
    return f"{name} is None", name


def gives_state(fuser: Fuser, live: Live, items: list[str]) -> bool:
    """Whether the result of a step is the new state itself: one value, written twice, of what does nothing else."""
    kind = fuser.element_type(live)
    if len(items) != 2 or items[0] != items[1] or kind is None:
        return False
    return has_pure_methods(kind) and not calls(items[0])


def both(fuser: Fuser, live: Live, state: str, name: str, text: str) -> str:
    """The assignment of a step's two results."""
    items = items_of(text)
    if gives_state(fuser, live, items):
        return f"{state} = {name} = {items[0]}"
    return f"{state}, {name} = {text}"


class Generator(Stepping):
    """`acc, made = f(acc, x)`, where `made` is `Yield(out)`, `Return(out)`, `Break()` or `Continue()`."""

    def turn(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        acc = Value(fuser.variables[live.uid], True, accumulator_type(fuser, live))
        text = step(fuser, live, acc, element, code)
        made = fuser.local("made", code)
        code.line(f"{acc.text}, {made} = {text}", live.span)
        code.assigned.add(acc.text)
        self.choose(fuser, live, made, element.key, code)

    def choose(self, fuser: Fuser, live: Live, made: str, key: Value | None, code: Code) -> None:
        """What to do with what the function made."""
        name = fuser.element_name(live, code)
        code.busy.add(name)
        out = Element(Value(name, True, fuser.element_type(live)), key, sole=True)
        yielded, returned, broken = (
            fuser.imported(f"motet.{n}") for n in ("Yield", "Return", "Break")
        )
        with code.block(f"match {made}:", live.span):
            with code.block(f"case {yielded}({name}):", live.span):
                fuser.push(live, out, code)
            with code.block(f"case {returned}({name}):", live.span):
                fuser.push(live, out, code)
                self.stop_key(fuser, live, key, code)
            with code.block(f"case {broken}():", live.span):
                self.stop_key(fuser, live, key, code)
        code.busy.discard(name)

    def stop_key(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """It ends here; of a keyed stream the key does."""
        self.stop(fuser, live, code)


class Take(Op):
    """The first n elements: it ends with the last of them."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        if fuser.is_cut(live):
            return
        fuser.variables[live.uid] = fuser.made("taken")
        fuser.state.line(f"{fuser.variables[live.uid]} = 0", live.span)
        if not self._is_some(fuser, live) and fuser.endings.ends_apart(live):
            fuser.endings.is_told(live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if fuser.is_cut(live):
            fuser.push(live, element, code)
            return
        taken = fuser.variables[live.uid]
        if fuser.is_sole(live) and self._is_some(fuser, live):
            self._pass(fuser, live, element, code)
            return
        value = fuser.settle(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        test = f"{taken} < {bound(fuser, live)}"
        with nullcontext() if fuser.wishes.holds(test) else code.block(f"if {test}:", live.span):
            self._pass(fuser, live, Element(value, element.key, element.sole), code)
            inner = Code(depth=code.depth)
            fuser.endings.end_early(live, inner)
            if inner.lines:
                with code.block(f"if {self.full(fuser, live)}:", live.span):
                    fuser.endings.end_early(live, code)

    def _is_some(self, fuser: Fuser, live: Live) -> bool:
        """Whether it takes any for certain."""
        return bound(fuser, live).isdigit() and bound(fuser, live) != "0"

    def _pass(self, fuser: Fuser, live: Live, element: Element, code: Code) -> None:
        code.assign(fuser.variables[live.uid], "+= 1", live.span)
        fuser.push(live, element, code)

    def full(self, fuser: Fuser, live: Live) -> str:
        if fuser.is_cut(live):
            return ""
        number = bound(fuser, live)
        is_ = "==" if number.isdigit() else ">="  # it may be negative, and then none are taken
        return f"{fuser.variables[live.uid]} {is_} {number}"

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if fuser.is_sole(live) or fuser.is_cut(live):
            fuser.end(live, code)
            return
        fuser.endings.end_open(live, f"{fuser.variables[live.uid]} < {bound(fuser, live)}", code)


def bound(fuser: Fuser, live: Live) -> str:
    """The number that `take` and `skip` were given, computed once."""
    known = fuser.variables.get(-live.uid)
    if known is None:
        hint = "wanted" if live.op == "take" else "unwanted"
        known = fuser.once(fuser.text(live.arguments["n"].expr), hint, live)
        fuser.variables[-live.uid] = known
    return known


class Skip(Op):
    """All but the first n elements."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        fuser.variables[live.uid] = fuser.made("skipped")
        fuser.state.line(f"{fuser.variables[live.uid]} = 0", live.span)
        bound(fuser, live)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        skipped = fuser.variables[live.uid]
        value = fuser.settle(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        with code.block(f"if {skipped} < {bound(fuser, live)}:", live.span):
            code.assign(skipped, "+= 1", live.span)
        with code.block("else:", live.span):
            fuser.push(live, Element(value, element.key, element.sole), code)


class Transform(Op):
    """Everything that an object of the user's gives for each x."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        text = made(fuser, live.arguments["make"].expr)
        name = fuser.variables[live.uid] = fuser.fresh(object_hint(text))
        fuser.state.line(f"{name} = {text}", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        flatten(fuser, live, f"{fuser.variables[live.uid]}({element.value.text})", element, code)


def object_hint(text: str) -> str:
    """What to call an object that is made like this: as its class."""
    name = re.split(r"[\[(]", text, maxsplit=1)[0].rpartition(".")[2]
    return snake(name) if name.isidentifier() and name[:1].isupper() else "transform"


class Unique(Op):
    """Every x that has not been there before."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        if fuser.is_looked_up(live):
            return
        name = fuser.variables[live.uid] = fuser.made("seen", fuser.becomes(live))
        item, key = fuser.element_type(live), fuser.key_type(live)
        said = fuser.annotation(item)
        if key is not None:
            said = f"tuple[{fuser.annotation(key)}, {said}]"
        fuser.state.line(f"{name}: set[{said}] = set()", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if fuser.is_looked_up(live):
            fuser.push(live, element, code)
            return
        seen = fuser.variables[live.uid]
        value = fuser.bind(element.value, fuser.hint(live.inputs[0]), code, element.sole)
        what = value.text if element.key is None else f"({element.key.text}, {value.text})"
        with code.block(f"if {what} not in {seen}:", live.span):
            code.line(f"{seen}.add({what})", live.span)
            fuser.push(live, Element(value, element.key, element.sole), code)


def in_order(fuser: Fuser, live: Live, items: str) -> str:
    """The items as `sort` wants them."""
    return f"sorted({', '.join(filter(None, [items, by_what(fuser, live)]))})"


def by_what(fuser: Fuser, live: Live) -> str:
    """What `sorted` is told besides the items: `key` and `reverse`, where they are given."""
    given = [(name, live.arguments.get(name)) for name in ("key", "reverse")]
    return ", ".join(f"{name}={fuser.text(found.expr)}" for name, found in given if found)


class Sort(Op):
    """All elements, in order, once the last has come."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        if self._result(fuser, live):
            fuser.variables[live.uid] = self._result(fuser, live)
            return
        name = fuser.variables[live.uid] = fuser.fresh(fuser.buffer_name(live))
        fuser.state.line(
            f"{name}: list[{fuser.annotation(fuser.element_type(live))}] = []", live.span
        )

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        code.line(f"{fuser.variables[live.uid]}.append({element.value.text})", live.span)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if self._result(fuser, live):
            code.line(f"{fuser.variables[live.uid]}.sort({by_what(fuser, live)})", live.span)
        else:
            items = in_order(fuser, live, fuser.variables[live.uid])
            cut = [c for c, _ in fuser.consumers(live) if fuser.is_cut(c)]
            each_of(fuser, live, f"{items}[:{bound(fuser, cut[0])}]" if cut else items, None, code)
        fuser.end(live, code)

    def _result(self, fuser: Fuser, live: Live) -> str:
        """The list that is awaited, if that is all that is done with the elements."""
        collects = fuser.collects_of(live)
        return fuser.kept_as(collects[0]) if collects and fuser.uses(live) == 1 else ""

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 1
