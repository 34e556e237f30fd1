"""What a finding is: a code in words, both sides of the disagreement, and the edit that mends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]
AS_CLUSTER = "or make it a cluster"
"""What else to do about a process that is used as a cluster."""
APART = "its operands are at different locations"
"""Said of an expression whose operands communicate."""
NEVER_REACHED = "mypy takes this for never reached"
"""Said of a message that is sent in a branch that cannot be."""
ONE_ACTS = "let that member act, without a condition"
"""What else to do about a condition that asks a member whether it is a certain one."""
CALLED = "called here"
"""Said of the call of a pipeline in which something is wrong."""
DEFINED = "defined here"
"""Said of a class that is no location's."""
READS = "Python reads"
"""Said of a name that is spelt otherwise than Python compares it."""
UNTYPED = "mypy cannot tell the type of "
"""Said of what is sent, where mypy has no answer."""
UNNAMED = "a slice is a `with` block of its own, and has a name"
"""Said of a slice without `as`."""
FOLLOWS = "what is called has a finding in its own signature"
"""Said of a call that is not looked at for that reason; nobody is told."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a source file. Lines and columns are 1-based code points; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


def line_span(path: str, line: int, text: str) -> Span:
    """The code of a line whose text is given, without what is blank around it."""
    code = text.rstrip()
    start = len(code) - len(code.lstrip()) + 1
    return Span(path, line, start, line, max(len(code), start) + 1)


@dataclass(frozen=True, slots=True)
class Related:
    """The other side of a disagreement: where a value was placed, a condition decided, …"""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One cause, reported once, at the source."""

    code: str
    message: str
    span: Span
    related: tuple[Related, ...] = field(default=())
    help: str = ""
    severity: Severity = "error"
