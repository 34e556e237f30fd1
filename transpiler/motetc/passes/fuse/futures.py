"""Operators on elements that have to be awaited."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.drivers import each_of
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.operator import Op


class Await(Op):
    """What every element gives, one after the other: the loop waits for each."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        kind = fuser.element_type(live)
        if kind is not None and kind.name == "None":
            code.line(f"await {element.value.text}", live.span)
            fuser.push(live, Element(Value("None", True), element.key, element.sole), code)
            return
        awaited = Value(f"await {element.value.text}", type=fuser.element_type(live))
        value = fuser.bind(awaited, fuser.hint(live), code, element.sole)
        fuser.push(live, Element(value, element.key, element.sole), code)


class Resolve(Await):
    """What the elements give, many awaited at the same time: a driver of its own, which takes what is done."""

    late = finishes = True

    def declare(self, fuser: Fuser, live: Live) -> None:
        if self._is_apart(fuser, live):
            several = sum(fuser.is_driver(x) and fuser.resolves(x) for x in fuser.flow.lives) > 1
            label = fuser.label(live)
            hint = f"{label}_futures" if label and several else "futures"
            name = fuser.variables[live.uid] = fuser.fresh(hint)
            said = f"{fuser.imported(_CLASS)}[{fuser.annotation(fuser.element_type(live))}]"
            given = "ordered=True" if live.op == "resolve_futures_ordered" else ""
            fuser.state.line(f"{name}: {said} = {fuser.net}.futures({given})", live.span)

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        if self._is_apart(fuser, live):
            add = "put" if fuser.goes_round(live) else "add"
            wait = "" if fuser.goes_round(live) else "await "
            code.line(f"{wait}{fuser.variables[live.uid]}.{add}({element.value.text})", live.span)
        else:
            super().element(fuser, live, index, element, code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """What follows ends with the loop, when all are done."""
        if self._is_apart(fuser, live):
            code.line(f"{fuser.variables[live.uid]}.end()", live.span)
        elif not fuser.resolves(live):
            fuser.end(live, code)

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        futures, batch = fuser.variables[live.uid], fuser.local("batch", code, None, "done")
        with code.loop((batch,), futures, live.span, "async for"):
            fuser.begin(live, code)
            each_of(fuser, live, batch, None, code)
            fuser.flush(live, code, batch)
            fuser.endings.leave(live, code, hops=True)
        if fuser.may_close(live):
            code.line(f"{futures}.close()", live.span)

    def _is_apart(self, fuser: Fuser, live: Live) -> bool:
        """Whether anybody takes what they give, in a loop of its own."""
        return fuser.resolves(live) and fuser.leads(live)


def wait_for_room(fuser: Fuser, driver: Live, code: Code) -> None:
    """Before a batch that comes into a cycle of awaitables: if its elements waited there, others would pass them."""
    for live in fuser.reachable(driver):
        inside = driver in fuser.circle(live)
        if live.uid in fuser.variables and fuser.goes_round(live) and not inside:
            code.line(f"await {fuser.variables[live.uid]}.room()", live.span)


_CLASS = "motet.wire.futures.Futures"
