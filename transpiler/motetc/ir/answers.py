"""How the passes ask what mypy knows: of which type a piece of syntax is, and whether values of a type can travel."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from motetc.ir.types import Type

TypeOf = Callable[[cst.CSTNode], Type | None]
"""Of an expression of the module that is looked at."""
TypeIn = Callable[[str, cst.CSTNode], Type | None]
"""The same of an expression of the module with this name."""
Check = Callable[[Type, tuple[str, ...]], str | None]
"""Why values of a type cannot travel, if so; the names are of type variables that stand for data."""
