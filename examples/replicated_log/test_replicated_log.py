"""A replicated log, run over processes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(("relays", "replicas"), [(1, 1), (2, 3), (3, 2)])
def test_all_replicas_end_with_the_same(
    run_example: RunExample, relays: int, replicas: int
) -> None:
    source = random.Random(relays)
    puts = [(source.choice("abcdefgh"), n) for n in range(3000)]
    sizes = ["--size", f"relays={relays}", "--size", f"replicas={replicas}"]
    answer = run_example("log:replicate", "--arg", f"puts={json.dumps(puts)}", *sizes)
    assert answer["results"] == {
        "Sequencer": {str(n): 3000 for n in range(replicas)},
        "Replica": [dict(puts)] * replicas,
    }
