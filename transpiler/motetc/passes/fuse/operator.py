"""What the emitters of operators have in common."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.emitter import Then
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.graph import STREAMS


class Op:
    """An operator without state that ends when its input does."""

    late = False
    finishes = False

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Nothing to remember."""

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Nothing happens before the first element."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """Pass it on."""
        fuser.push(live, element, code)

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """What is computed from the value has changed as well."""
        if live.shape not in STREAMS:
            fuser.changed(live, code, key)

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        """Nothing happens before all have ended."""

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Pass it on."""
        fuser.end(live, code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """Streams have no present value."""
        raise NotImplementedError(f"{live.op} has no value to read")

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        """Go through the dict, or look at one key of it."""
        table = fuser.read(live, code).text
        if fuser.only is None:
            fuser.each_entry(live, table, code, then)
            return
        entry = Value(f"{table}[{fuser.only.text}]", type=fuser.element_type(live))
        value = fuser.newest.get(live.uid, entry)
        then(Element(value, fuser.only, sole=False), code)

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Few operators have a loop of their own."""
        raise NotImplementedError(f"{live.op} drives nothing")

    def full(self, fuser: Fuser, live: Live) -> str:
        """It wants more and more."""
        return ""

    def sites(self, fuser: Fuser, live: Live) -> int:
        """One for each input that pushes."""
        return sum(1 for s in live.sources if s.shape in STREAMS and s.role == fuser.role)

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        """It takes elements whole."""
        return ()

    def picks(self, fuser: Fuser, live: Live, names: tuple[str, ...]) -> bool:
        """It may do anything with them."""
        return False


class Passing(Op):
    """An operator that changes nothing of an element: what follows takes it apart or does not."""

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        return fuser.items_wanted(live) if live.shape in STREAMS else ()
