"""What every operator knows of itself: how it becomes code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value

if TYPE_CHECKING:
    from motetc.passes.fuse.fuser import Fuser

Then = Callable[[Element, Code], None]
"""What to do with an entry of a keyed singleton."""


class Emitter(Protocol):
    """How one operator becomes code."""

    @property
    def late(self) -> bool:
        """Whether it does anything when an input ends, other than to end itself."""

    @property
    def finishes(self) -> bool:
        """Whether it does anything when all its inputs have ended, other than to end itself."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Declare the operator's state."""

    def start(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Before the first element."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """An element has come on input `index`."""

    def changed(self, fuser: Fuser, live: Live, key: Value | None, code: Code) -> None:
        """The value of the singleton that is the input has changed; of a keyed one, that of `key`."""

    def input_ended(self, fuser: Fuser, live: Live, index: int, code: Code) -> None:
        """One of several inputs has ended."""

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """All inputs have ended."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """The present value of a singleton, an optional or (as a dict) a keyed singleton."""

    def entries(self, fuser: Fuser, live: Live, code: Code, then: Then) -> None:
        """Go through the present entries of a keyed singleton."""

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Write the loop of an operator that a clock drives."""

    def full(self, fuser: Fuser, live: Live) -> str:
        """The condition under which it wants no more elements; "" if it always does."""

    def sites(self, fuser: Fuser, live: Live) -> int:
        """From how many places it pushes."""

    def takes_apart(self, fuser: Fuser, live: Live, index: int) -> tuple[str, ...]:
        """The names of the items of its elements, if it takes tuples apart."""

    def picks(self, fuser: Fuser, live: Live, names: tuple[str, ...]) -> bool:
        """Whether it does nothing with an element but read some of its items, of which there are so many."""
