from collections import deque
from collections.abc import Callable

from motet.ports import Inlet
from motet.transport.link import Link
from motet.transport.waits import Wait

class LinkInlet(Wait, Inlet):
    __slots__ = (
        "_asked",
        "_discards",
        "_grant",
        "_link",
        "_owing",
        "_reported",
        "_sent",
        "items",
        "waiter",
    )
    items: deque[object]
    waiter: Wait | None

    def __init__(self, link: Link) -> None: ...
    def wait(self) -> Wait: ...
    def wake_first(self, waiter: Wait) -> None: ...
    def discard_next(self) -> None: ...
    def drop_late(self) -> None: ...
    def report_consumed(self, sent: int, asked: int, grant: Callable[[int], None]) -> None: ...
    def settle(self) -> None: ...
    def tolerate(self) -> None: ...
