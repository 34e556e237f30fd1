"""Which element a comprehension was at, where its variables are gone: found by evaluating it again."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from motet.hosting.comprehensions import Comprehension, failing_element


def found(code: str, **names: object) -> dict[str, Any]:
    node = ast.parse(code, mode="eval").body
    assert isinstance(node, Comprehension)
    with pytest.raises(Exception) as raised:
        eval(code, dict(names))
    return failing_element(node, names, raised.value)


def test_the_element_that_raises() -> None:
    assert found("[1 / n for n in batch]", batch=[2, 1, 0, 5, 0]) == {"n": 0}


def test_the_same_exception_counts_not_just_any() -> None:
    numbers = ["1", "x", "y"]
    assert found("{int(n) for n in numbers}", numbers=numbers) == {"n": "x"}
    assert found("{n: table[n] for n in (1, 2)}", table={1: 0}) == {"n": 2}


def test_conditions_are_part_of_it() -> None:
    assert found("[n for n in batch if 6 // n]", batch=[3, 0]) == {"n": 0}
    assert found("[6 // n for n in batch if n != 1]", batch=[1, 0]) == {"n": 0}


def test_all_variables_are_told() -> None:
    pairs = [("a", (1, 2)), ("b", (3, 0))]
    assert found("[x // y for _, (x, y) in pairs]", pairs=pairs) == {"_": "b", "x": 3, "y": 0}


def test_nothing_is_called_a_second_time() -> None:
    calls: list[int] = []

    def halved(n: int) -> float:
        calls.append(n)
        return 1 / n

    assert found("[halved(n) for n in batch]", batch=[0], halved=halved) == {}
    assert found("[int(n) for n in batch]", batch=[0], int=halved) == {}
    assert calls == [0, 0]


def test_what_can_be_gone_through_once_is_let_be() -> None:
    assert found("[1 / n for n in batch]", batch=iter([0, 1])) == {}
    assert found("[1 / m for n in batch for m in n]", batch=[[0]]) == {}
