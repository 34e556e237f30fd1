import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

def any_digits() -> AbstractContextManager[None]: ...

@dataclass(frozen=True, slots=True)
class Problem:
    kind: str
    message: str
    location: str
    line: str | None
    primary: bool
    time: float = field(default_factory=time.time)

@dataclass(frozen=True, slots=True)
class Report:
    has_result: bool
    result: object
    messages: Mapping[str, int]
    error: Problem | None = ...

    def document(self) -> dict[str, object]: ...

def write_report(document: object, path: Path) -> bool: ...
def describe(error: BaseException, me: str, line: str | None) -> Problem: ...
