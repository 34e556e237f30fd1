"""Joins: each side is kept in a table, and meets what the other side has so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from motetc.ir.live import Live
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.gates import PAIR
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.wording import one_of


class Pairing(Op):
    """Every element of one side meets those of the other. What ended before the other begins need not be kept."""

    def keeps(self, fuser: Fuser, live: Live, index: int) -> bool:
        """Whether the elements of a side may meet later ones."""
        return fuser.state_of(live, 1 - index) != "open"

    def meets(self, fuser: Fuser, live: Live, index: int) -> bool:
        """Whether the elements of a side may meet earlier ones."""
        return fuser.state_of(live, index) != "open"

    def sites(self, fuser: Fuser, live: Live) -> int:
        return sum(self.meets(fuser, live, i) for i in (0, 1))

    def declare(self, fuser: Fuser, live: Live) -> None:
        for index in (0, 1):
            if self.keeps(fuser, live, index):
                self.side(fuser, live, index)

    def side(self, fuser: Fuser, live: Live, index: int) -> str:
        """What keeps a side."""
        raise NotImplementedError

    def keep(self, fuser: Fuser, live: Live, index: int, text: str, code: Code) -> None:
        """Keep an element, unless another one has done so in the same table."""
        if self.keeps(fuser, live, index) and self.keeper(fuser, live, index) == (live, index):
            code.line(text, live.span)

    def keeper(self, fuser: Fuser, live: Live, index: int) -> tuple[Live, int]:
        """Whose table keeps a side: streams that meet several others are kept once."""
        alike = [
            (other, at)
            for other, at in fuser.consumers(live.inputs[index])
            if type(fuser.emitter(other)) is type(self) and self.keeps(fuser, other, at)
        ]
        source = live.inputs[index]
        if (
            len(alike) < 2
            or fuser.waits_between(source)
            or any(_returns(fuser, source, *x) for x in alike)
        ):
            return live, index
        return alike[0]

    def table(self, fuser: Fuser, live: Live, index: int, type_: str, empty: str) -> str:
        """The variable that keeps a side."""
        live, index = self.keeper(fuser, live, index)
        uid = live.uid if index == 0 else -live.uid
        if uid not in fuser.variables:
            hint = live.inputs[index].name or ("lefts", "rights")[index]
            name = fuser.variables[uid] = fuser.fresh(hint)
            fuser.state.line(f"{name}: {type_} = {empty}", live.span)
        return fuser.variables[uid]


def _returns(fuser: Fuser, source: Live, live: Live, index: int) -> bool:
    """Whether what an element meets may come of that very element."""
    return source in fuser.upstream(live.inputs[1 - index])


@contextmanager
def each_met(name: str, items: str, copy: str, live: Live, code: Code) -> Iterator[None]:
    """A loop over what is kept; over a copy if more may come while its body waits."""
    at = len(code.lines)
    with code.loop((name,), items, live.span):
        yield
    if any("await " in line.text for line in code.lines[at:]):
        head = code.lines[at]
        head.text = head.text.replace(f" in {items}:", f" in {copy}:")


def item_name(live: Live, index: int) -> str:
    """What to call an item of one side."""
    name = live.inputs[index].name
    return one_of(name) or ("left", "right")[index]


class Join(Pairing):
    """`(key, (x, y))` for every `(key, x)` and `(key, y)`."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        hints = ("key", item_name(live, index))
        key, value = fuser.split(element.value, hints, code, element.sole)
        self.join(fuser, live, index, Element(value, key, element.sole), code)

    def join(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """Keep one side's value, and let it meet the other side's."""
        key = element.key
        assert key is not None
        value = fuser.bind(element.value, item_name(live, index), code, element.sole)
        if self.keeps(fuser, live, index):
            mine = self.side(fuser, live, index)
            text = f"{mine}.setdefault({key.text}, []).append({value.text})"
            self.keep(fuser, live, index, text, code)
        if not self.meets(fuser, live, index):
            return
        theirs = self.side(fuser, live, 1 - index)
        other = fuser.local(item_name(live, 1 - index), code, self.types(fuser, live, 1 - index)[1])
        found = f"{theirs}.get({key.text}, ())"
        with each_met(other, found, f"list({found})", live, code):
            pair = (value, Value(other, True, self.types(fuser, live, 1 - index)[1]))
            self.joined(fuser, live, key, pair if index == 0 else pair[::-1], code)
            fuser.endings.leave(live, code)

    def joined(
        self, fuser: Fuser, live: Live, key: Value, pair: tuple[Value, ...], code: Code
    ) -> None:
        """Push one match."""
        inner = Value(f"({pair[0].text}, {pair[1].text})", parts=pair)
        value = Value(
            f"({key.text}, {inner.text})", type=fuser.element_type(live), parts=(key, inner)
        )
        fuser.push(live, Element(value, sole=False), code)

    def types(self, fuser: Fuser, live: Live, index: int) -> tuple[Type | None, Type | None]:
        """The types of a side's keys and values."""
        kind = fuser.element_type(live.inputs[index])
        return (kind.args[0], kind.args[1]) if kind and len(kind.args) == 2 else (None, None)

    def side(self, fuser: Fuser, live: Live, index: int) -> str:
        """The table of a side."""
        key, value = map(fuser.annotation, self.types(fuser, live, index))
        return self.table(fuser, live, index, f"dict[{key}, list[{value}]]", "{}")

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        return (PAIR[0], item_name(live, index))


class JoinKeyed(Join):
    """`(x, y)` under every key, for every x and y under it."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        self.join(fuser, live, index, element, code)

    def joined(
        self, fuser: Fuser, live: Live, key: Value, pair: tuple[Value, ...], code: Code
    ) -> None:
        value = Value(
            f"({pair[0].text}, {pair[1].text})", type=fuser.element_type(live), parts=pair
        )
        fuser.push(live, Element(value, key, sole=False), code)

    def types(self, fuser: Fuser, live: Live, index: int) -> tuple[Type | None, Type | None]:
        source = live.inputs[index]
        return fuser.key_type(source), fuser.element_type(source)

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        return ()


class CrossProduct(Pairing):
    """`(x, y)` for every x and every y, in whichever order they meet."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        value = fuser.bind(element.value, item_name(live, index), code, element.sole)
        if self.keeps(fuser, live, index):
            text = f"{self.side(fuser, live, index)}.append({value.text})"
            self.keep(fuser, live, index, text, code)
        if not self.meets(fuser, live, index):
            return
        kind = fuser.element_type(live.inputs[1 - index])
        other = fuser.local(item_name(live, 1 - index), code, kind)
        theirs = self.side(fuser, live, 1 - index)
        with each_met(other, theirs, f"{theirs}.copy()", live, code):
            pair = (value, Value(other, True, kind))
            self.met(fuser, live, pair if index == 0 else pair[::-1], code)
            fuser.endings.leave(live, code)

    def met(self, fuser: Fuser, live: Live, pair: tuple[Value, ...], code: Code) -> None:
        """Push one pair."""
        text = f"({pair[0].text}, {pair[1].text})"
        value = Value(text, type=fuser.element_type(live), parts=pair)
        fuser.push(live, Element(value, sole=False), code)

    def side(self, fuser: Fuser, live: Live, index: int) -> str:
        """The elements of a side."""
        item = fuser.annotation(fuser.element_type(live.inputs[index]))
        return self.table(fuser, live, index, f"list[{item}]", "[]")


class NestedLoop(CrossProduct):
    """`(x, y)` for every x in turn, and for it every y in turn."""

    late = finishes = True

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if index == 0 and fuser.state_of(live, 1) == "open":
            super().element(fuser, live, index, element, code)
            return
        text = f"{self.side(fuser, live, index)}.append({element.value.text})"
        self.keep(fuser, live, index, text, code)

    def keeps(self, fuser: Fuser, live: Live, index: int) -> bool:
        return index == 1 or fuser.state_of(live, 1) != "open"

    def meets(self, fuser: Fuser, live: Live, index: int) -> bool:
        return index == 0

    def sites(self, fuser: Fuser, live: Live) -> int:
        return 1

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        if fuser.state_of(live, 1) != "open":
            kinds = [fuser.element_type(x) for x in live.inputs]
            left = fuser.local(item_name(live, 0), code, kinds[0])
            with code.loop((left,), self.side(fuser, live, 0), live.span):
                right = fuser.local(item_name(live, 1), code, kinds[1])
                with code.loop((right,), self.side(fuser, live, 1), live.span):
                    pair = (Value(left, True, kinds[0]), Value(right, True, kinds[1]))
                    self.met(fuser, live, pair, code)
                    fuser.endings.leave(live, code)
                fuser.endings.leave(live, code)
        fuser.end(live, code)
