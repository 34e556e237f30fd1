from types import TracebackType

from motet.ports import Fabric

class Turns:
    __slots__ = ("_fabric", "_queue", "_taken", "busy")
    busy: bool

    def __init__(self, fabric: Fabric) -> None: ...
    async def __aenter__(self) -> None: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
