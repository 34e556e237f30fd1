from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Any, Final

from motet.transport.protocol import Fingerprint

NAME: Final[str]
PARTS_SENT: Final[int]
ENTRY: Final[Pattern[str]]

@dataclass(frozen=True, slots=True)
class Manifest:
    folder: Path | None
    document: Mapping[str, Any]
    _found: dict[tuple[str, int], tuple[str, int] | None] = field(
        init=False, repr=False, compare=False
    )

    def fingerprint(self) -> Fingerprint: ...
    def source_of(self, file: str, line: int, said: str = "") -> tuple[str, int] | None: ...
    def covers(self, file: str) -> bool: ...

NO_MANIFEST: Final[Manifest]

def manifest_of(function: Callable[..., object]) -> Manifest: ...
def manifest_above(file: Path) -> Manifest: ...
