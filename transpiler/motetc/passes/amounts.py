"""Amounts that are written out, and of which nothing could come: a timer without time, less than no elements."""

from __future__ import annotations

from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.source import SourceModule
from motetc.ir.live import Live

_AMOUNTS: Final = {"seconds": "a time", "n": "how many elements"}


def check_amounts(module: SourceModule, live: Live, findings: Findings) -> None:
    """Report the seconds and counts of an operator that no run could do anything with."""
    for name in _AMOUNTS.keys() & live.arguments.keys():
        given = live.arguments[name].expr
        number = number_in(given)
        from_zero = name == "n" or live.op == "timeout"
        if number is None or number > 0 or (number == 0 and from_zero):
            continue
        wanted = "is zero or more" if from_zero else "is more than zero"
        findings.error(
            "unsupported-syntax",
            module.span(given),
            f"`{_called(live)}` is given `{module.code(given)}`, and {_AMOUNTS[name]} {wanted}",
            f"write {'a number of elements, such as `1`' if name == 'n' else 'a number of seconds, such as `0.1`'}",
        )


def number_in(expr: cst.BaseExpression) -> float | None:
    """The number that is written there, if it is one."""
    match expr:
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            number = number_in(inner)
            return None if number is None else -number
        case cst.Integer() | cst.Float():
            return float(expr.evaluated_value)
    return None


def _called(live: Live) -> str:
    return "sliced" if live.shape == "slice" else live.op
