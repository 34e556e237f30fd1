"""Word count, run over processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]

TEXT = "The cat saw a dog.\nA dog saw the cat!\n\nThe end, my friend"


@pytest.mark.parametrize("size", [1, 3, 7])
def test_the_count_does_not_depend_on_the_number_of_workers(
    run_example: RunExample, size: int
) -> None:
    answer = run_example(
        "words:count", "--arg", f"text={json.dumps(TEXT)}", "--size", f"workers={size}"
    )
    assert answer == {
        "results": {
            "Leader": {
                "a": 2,
                "cat": 2,
                "dog": 2,
                "end": 1,
                "friend": 1,
                "my": 1,
                "saw": 2,
                "the": 3,
            }
        },
        "messages": {"Leader->Worker": size, "Worker->Leader": size},
    }


def test_the_longest_word(run_example: RunExample) -> None:
    answer = run_example(
        "words:longest", "--arg", f"text={json.dumps(TEXT)}", "--size", "workers=2"
    )
    assert answer == {
        "results": {"Leader": "friend"},
        "messages": {"Leader->Worker": 2, "Worker->Leader": 2},
    }
