from collections.abc import Callable
from types import GenericAlias
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]

class Live:
    def __class_getitem__(cls, parameters: object) -> GenericAlias: ...
