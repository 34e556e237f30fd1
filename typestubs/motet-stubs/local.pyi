from collections.abc import Mapping, Sequence

from motet.entries import Part
from motet.hosting.session import Ending
from motet.ports import NodeId
from motet.transport.settings import Settings
from motet.transport.tcp_doors import DoorPlan

async def run_parts(
    parts: Sequence[Part],
    sizes: Mapping[str, int] | None = None,
    arguments: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    doors: DoorPlan | None = None,
) -> dict[NodeId, Ending]: ...
def main(arguments: Sequence[str] | None = None) -> int: ...
