"""Reasons that a program gives: why what is left open does no harm, and why a function has a property."""

from __future__ import annotations


class Reason(str):
    """The text of a `nondet`. With `parameter`, the caller of the choreography says it through that parameter."""

    parameter: str

    def __new__(cls, text: str, parameter: str = "") -> Reason:
        """The text, and who says it."""
        made = super().__new__(cls, text)
        made.parameter = parameter
        return made
