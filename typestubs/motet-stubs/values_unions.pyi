from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

CLASS: Final = "__class__"

def read_union(
    bare: Sequence[Any], data: Any, path: str, read: Callable[[Any, Any, str], Any]
) -> Any: ...
def without_class(
    cls: type, data: dict[str, Any], names: Iterable[str], path: str
) -> dict[str, Any]: ...
def is_named(member: Any) -> bool: ...
