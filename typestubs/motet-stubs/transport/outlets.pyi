from typing import Final

from motet.ports import Outlet
from motet.transport.link import Link
from motet.transport.waits import Wait

BURST: Final[int]
UNIT: Final[int]
LARGE: Final[int]

class LinkOutlet(Outlet):
    __slots__ = (
        "_allotted",
        "_asked",
        "_consumed",
        "_extra",
        "_large",
        "_link",
        "_name",
        "_pack",
        "_path",
        "_pending",
        "_reserve",
        "number",
        "wait",
    )
    number: int
    wait: Wait

    def __init__(self, link: Link, path: str, name: str) -> None: ...
    @property
    def sent(self) -> int: ...
    def put(self, data: object) -> None: ...
    async def room(self) -> None: ...
    credit: int

    def granted(self, count: int) -> None: ...
    def stop(self) -> None: ...
