from collections.abc import Callable, Mapping
from typing import Any

class Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any: ...

def read_arguments(
    function: Callable[..., object], given: Mapping[str, object]
) -> dict[str, object]: ...
