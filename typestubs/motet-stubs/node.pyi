from collections.abc import Mapping, Sequence

from motet.entries import Entry, Role

__all__ = ["Entry", "Role", "main", "run_node"]

def main(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> None: ...
def run_node(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> int: ...
