"""What the back end hands to the writer: modules as text, and where each statement came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Origin = Literal["copied", "send", "receive", "glue"]


@dataclass(frozen=True, slots=True)
class StatementOrigin:
    """One generated statement's source line. `path` is relative to the project root."""

    path: str
    line: int
    end_line: int
    origin: Origin


Origins: TypeAlias = tuple[StatementOrigin | None, ...]


@dataclass(frozen=True, slots=True)
class OutputModule:
    """One file below the output folder, not yet formatted.

    `origins` gives one entry per statement of `text`, in the order of a pre-order walk over `ast.stmt` nodes;
    formatting keeps that order, so entry *i* belongs to statement *i* of the formatted module too. None: glue of ours.
    """

    path: str
    text: str
    origins: Callable[[], Origins] = tuple
