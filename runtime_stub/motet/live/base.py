"""What all live collections share at run time: that they are not there."""

from __future__ import annotations

from collections.abc import Callable
from types import GenericAlias
from typing import Any, NoReturn, TypeAlias

from motet.errors import NotProjectedError

Function: TypeAlias = Callable[..., Any]


class Live:
    """Something that only has a meaning in a choreography."""

    def __class_getitem__(cls, parameters: object) -> GenericAlias:
        """`Stream[int, Leader]`, with any number of parameters: the rest have defaults."""
        return GenericAlias(cls, parameters)

    def _refuse(self, operation: str) -> NoReturn:
        raise NotProjectedError(f"{type(self).__name__}.{operation}")
