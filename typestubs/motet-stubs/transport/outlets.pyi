from typing import Final

from motet.ports import Outlet
from motet.transport.fans import LinkFan
from motet.transport.link import Link
from motet.transport.waits import Wait

BURST: Final[int]
LARGE_BURST: Final = 1024
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
        "_path",
        "_pending",
        "_reserve",
        "_returned",
        "_traced",
        "fan",
        "number",
        "wait",
    )
    fan: LinkFan | None
    number: int
    wait: Wait

    def __init__(self, link: Link, path: str, name: str) -> None: ...
    @property
    def sent(self) -> int: ...
    def put(self, data: object) -> None: ...
    def put_packed(self, frame: bytes) -> None: ...
    def put_run(self, chunk: bytes, count: int, extra: int) -> None: ...
    def charge(self, size: int) -> None: ...
    async def room(self) -> None: ...
    def granted(self, count: int) -> None: ...
    def refuse_stream(self, number: int) -> None: ...
    def stop(self) -> None: ...
