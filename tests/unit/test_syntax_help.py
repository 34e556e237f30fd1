"""What is said of a line that this Python cannot read."""

from __future__ import annotations

import sys

import pytest
from motetc.frontend.syntax_help import syntax_help

OLDER = {
    "type Pair[T] = tuple[T, T]": '`T = TypeVar("T")` before it, and `Pair: TypeAlias = tuple[T, T]`',
    "type Tree = int | list[Tree]  # of numbers": "`Tree: TypeAlias = 'int | list[Tree]'`",
    "class Box[T]:": '`T = TypeVar("T")` before it, and `class Box(Generic[T]):`',
    "class Box[T](Base):": '`T = TypeVar("T")` before it, and `class Box(Base, Generic[T]):`',
    "async def go[P: Process, T](p: P, x: At[T, P]) -> None:": (
        '`P = TypeVar("P", bound=Process)` and `T = TypeVar("T")` before it, and leave out `[P, T]`'
    ),
    "def f[T: (int, str), *Ts](x: T) -> T:": "type variables before it, and leave out those in brackets",
    "class Box[": "type variables before it, and leave out those in brackets",
}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="it can be read")
@pytest.mark.parametrize("line", OLDER)
def test_type_parameters_have_an_older_form(line: str) -> None:
    said, _ = syntax_help("invalid syntax", line, 1, "shop.py")
    assert said == f"this needs Python 3.12, and is read by 3.11: write {OLDER[line]}"
