from collections.abc import Callable
from enum import Enum
from typing import Any, Final

INFINITIES: Final[dict[str, float]]

class Misfit(ValueError):
    path: str
    reason: str

    def __init__(self, path: str, reason: str) -> None: ...

def enum_form(member: Enum) -> object: ...
def unfit(expected: str, data: Any, path: str) -> Misfit: ...
def spell(tp: Any) -> str: ...
def decoded(data: str) -> bytes: ...

WORDS: Final[dict[Any, str]]
SCALARS: Final[dict[Any, Callable[[Any, str], Any]]]
