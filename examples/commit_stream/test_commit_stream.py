"""Two-phase commit for a stream, run over processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("size", [1, 3])
def test_what_everybody_can_do_is_committed(run_example: RunExample, size: int) -> None:
    amounts = json.dumps([5000, 4000, 3000, 1000])
    sizes = ["--size", f"participants={size}"]
    answer = run_example("commit:transfer", "--arg", f"amounts={amounts}", *sizes)
    assert answer["results"] == {"Coordinator": [0, 1, 3], "Participant": [3] * size}


def test_many_transfers(run_example: RunExample) -> None:
    amounts = json.dumps([10] * 1200)
    answer = run_example(
        "commit:transfer", "--arg", f"amounts={amounts}", "--size", "participants=2"
    )
    assert answer["results"] == {"Coordinator": list(range(1000)), "Participant": [1000, 1000]}


def test_nothing_to_do(run_example: RunExample) -> None:
    answer = run_example("commit:transfer", "--arg", "amounts=[]", "--size", "participants=2")
    assert answer["results"] == {"Coordinator": [], "Participant": [0, 0]}
