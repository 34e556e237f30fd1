"""What the emitters of operators have in common."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser


class Op:
    """An operator without state that ends when its input does."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Nothing to remember."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """Pass it on."""
        fuser.push(live, element, code)

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Pass it on."""
        fuser.end(live, code)

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """Streams have no present value."""
        raise NotImplementedError(f"{live.op} has no value to read")

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Few operators have a loop of their own."""
        raise NotImplementedError(f"{live.op} drives nothing")
