"""Merge sort with rotated roles, run over processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


def expected_messages(length: int, roles: tuple[str, str, str]) -> Counter[str]:
    """What the source says, counted: two for the choice, two out, two back."""
    a, b, c = roles
    count = Counter({f"{a}->{b}": 1, f"{a}->{c}": 1})
    if length <= 1:
        return count
    middle = length // 2
    count.update([f"{a}->{b}", f"{a}->{c}", f"{b}->{a}", f"{c}->{a}"])
    count.update(expected_messages(middle, (b, c, a)))
    count.update(expected_messages(length - middle, (c, a, b)))
    return count


@pytest.mark.parametrize(
    "numbers", [[], [1], [2, 1], [5, 3, 5, 1, 9, 0, 2], list(range(20, 0, -1))]
)
def test_sorted_with_the_messages_of_the_source(
    run_example: RunExample, numbers: list[int]
) -> None:
    answer = run_example("sorting:sort_three", "--arg", f"numbers={json.dumps(numbers)}")
    assert answer["results"] == {"First": sorted(numbers)}
    assert answer["messages"] == expected_messages(len(numbers), ("First", "Second", "Third"))
