from collections import deque
from collections.abc import Callable

from motet.ports import Inlet, Streams
from motet.transport.link import Link
from motet.transport.waits import Notice, Wait

class LinkInlet(Wait, Inlet):
    __slots__ = (
        "_asked",
        "_closed",
        "_discards",
        "_grant",
        "_keeps",
        "_link",
        "_number",
        "_owing",
        "_reported",
        "_sent",
        "gulp",
        "items",
        "streams",
        "waiter",
    )
    gulp: int
    items: deque[object]
    streams: Streams
    waiter: Wait | None

    def __init__(self, link: Link) -> None: ...
    @property
    def gone(self) -> bool: ...
    def wait(self) -> Wait: ...
    def wake_first(self, waiter: Wait) -> None: ...
    def watch(self, arrived: Callable[[], None]) -> None: ...
    def opened(self, number: int) -> None: ...
    def close(self) -> None: ...
    def keep_all(self) -> None: ...
    def discard_next(self) -> None: ...
    def drop_late(self) -> None: ...
    def report_consumed(self, sent: int, asked: int, grant: Callable[[int], None]) -> None: ...
    def settle(self) -> None: ...
    def tolerate(self) -> None: ...

class Dropper(Notice):
    __slots__ = ()
