"""Many to many, run over processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_everyone_hears_everyone_in_order(run_example: RunExample, size: int) -> None:
    answer = run_example("gossip:many_to_many", "--size", f"nodes={size}")
    heard = {str(sender): [0, 1] for sender in range(size)}
    assert answer["results"] == {"Node": [heard] * size}
    assert ("Node->Node" in answer["messages"]) == (size > 1)
