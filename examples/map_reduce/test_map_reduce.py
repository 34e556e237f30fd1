"""Word count as a map-reduce, run over processes."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_counts_of_hydros_example(run_example: RunExample, size: int) -> None:
    text = json.dumps("abc abc\nxyz abc")
    answer = run_example("words:count", "--arg", f"text={text}", "--size", f"workers={size}")
    assert answer["results"] == {"Reducer": {"abc": 3, "xyz": 1}}


def test_a_long_text(run_example: RunExample) -> None:
    source = random.Random(7)
    words = [source.choice(["alpha", "beta", "gamma", "delta", "epsilon"]) for _ in range(20_000)]
    text = json.dumps("\n".join(" ".join(words[i : i + 11]) for i in range(0, len(words), 11)))
    answer = run_example("words:count", "--arg", f"text={text}", "--size", "workers=3")
    assert answer["results"] == {"Reducer": dict(Counter(words))}


def test_an_empty_text(run_example: RunExample) -> None:
    answer = run_example("words:count", "--arg", 'text=""', "--size", "workers=2")
    assert answer["results"] == {"Reducer": {}}
