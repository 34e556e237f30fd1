"""The signature of a choreography: its locations, its located parameters and its results."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.place import Place


@dataclass(frozen=True, slots=True)
class Role:
    """A location parameter. `location` is the class's full name; for a type variable, the variable's name.

    `inline`: the choreography declares the variable itself (PEP 695).
    """

    name: str
    location: str
    cluster: bool
    variable: bool = False
    span: Span | None = None
    inline: bool = False

    @property
    def class_name(self) -> str:
        return self.location.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A located parameter: its place, the annotation's inner type expression, and the whole `cst.Param`."""

    name: str
    place: Place
    inner: cst.BaseExpression
    node: cst.Param
    span: Span


@dataclass(frozen=True, slots=True)
class Result:
    """One located result: its place and type expression."""

    place: Place
    inner: cst.BaseExpression
