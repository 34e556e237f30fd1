from typing import Any, TypeAlias

from motet.values_hints import hints
from motet.values_read import from_json
from motet.values_scalars import Misfit

__all__ = ["Json", "Misfit", "from_json", "hints", "key_text", "to_json"]
Json: TypeAlias = bool | int | float | str | list[Json] | dict[str, Json] | None

def to_json(value: Any) -> Json: ...
def key_text(key: Any) -> str: ...
