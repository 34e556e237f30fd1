from collections.abc import Sequence

from motet.ports import Inlet
from motet.transport.waits import Wait

async def any_arrival(wait: Wait, inlets: Sequence[Inlet], needed: int) -> None: ...
