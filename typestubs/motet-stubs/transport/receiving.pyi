import asyncio
from abc import ABCMeta
from typing import Any, Final

from motet.ports import NodeId
from motet.transport.inlets import LinkInlet
from motet.transport.sending import Sending
from motet.transport.settings import Settings

GULP: Final[int]
MOST: Final = 128
ACK_SOON: Final[int]
ACK_NOW: Final[int]

class Receiving(Sending, metaclass=ABCMeta):
    __slots__ = (
        "_acknowledged",
        "_announced",
        "_apart",
        "_fed",
        "_left",
        "_position",
        "_run",
        "_unpacker",
        "_whole",
    )

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        owing: dict[LinkInlet, None],
    ) -> None: ...
    @property
    def received(self) -> int: ...
    def read(self, data: Any) -> None: ...
    def inside_frame(self) -> bool: ...
