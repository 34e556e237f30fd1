from abc import ABCMeta
from typing import Any, Final

LISTS: Final[frozenset[str]]
SETS: Final[dict[str, ABCMeta]]
DICTS: Final[frozenset[str]]

def from_json(tp: Any, data: Any, path: str = "") -> Any: ...
def read(tp: Any, data: Any, path: str) -> Any: ...
def bare(tp: Any) -> Any: ...
