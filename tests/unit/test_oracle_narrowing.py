"""What mypy does not learn from a condition that is shared is told, with the `assert` that tells it."""

from __future__ import annotations

import pytest
from motetc.frontend.oracle_narrowing import narrowing_help

PROGRAM = """\
async def f(a: A, b: B, x: At[int | None, A]) -> At[int, B]:
    if await a.share(x is None, to=b):
        return 0
    y = x + 1
    if await a.share(isinstance(r, Put), to=b):
        z = r.value
    else:
        z = r.key
    for _ in range(3):
        if await a.share(w.first is not None, to=b):
            print(w.first.name)
        print(w.first.name)
    print(w.first.name)


async def g(a: A, x: At[int | None, A]) -> None:
    print(x + 1)
""".splitlines()


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (4, "x is not None"),
        (6, "isinstance(r, Put)"),
        (8, ""),
        (11, "w.first is not None"),
        (12, ""),
        (13, ""),
        (17, ""),
    ],
)
def test_a_condition_above_in_the_function_is_repeated(line: int, asked: str) -> None:
    help = narrowing_help('Item "None" of "int | None" has no attribute "y"', PROGRAM, line)
    assert (f"write `assert {asked}`" in help) if asked else not help


def test_other_errors_are_none_of_it() -> None:
    assert not narrowing_help('Name "r" is not defined', PROGRAM, 6)
