"""The replicated store, run over processes.

`Request` is a union of dataclasses of which two look alike, so its JSON form names the class: `handle`
is reached through `session`, whose commands are plain text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

RunExample = Callable[..., dict[str, Any]]


def test_answers_and_copies(run_example: RunExample) -> None:
    lines = ["put a 1", "put b 2", "get a", "put a 3", "del b", "get b", "get a"]
    answer = run_example(
        "session:typed", "--arg", f"lines={json.dumps(lines)}", "--size", "backups=3"
    )
    assert answer["results"] == {
        "Client": [None, None, "1", "1", "2", None, "3"],
        "Primary": {"0": {"a": "3"}, "1": {"a": "3"}, "2": {"a": "3"}},
    }
    assert answer["messages"] == {
        "Client->Primary": 1 + 7,
        "Client->Backup": 3,
        "Primary->Backup": 7 * 3,
        "Backup->Primary": 4 * 3 + 3,  # four changes, and the copies at the end
        "Primary->Client": 7,
    }


def test_no_requests(run_example: RunExample) -> None:
    assert run_example("session:typed", "--arg", "lines=[]", "--size", "backups=2") == {
        "results": {"Client": [], "Primary": {"0": {}, "1": {}}},
        "messages": {"Client->Primary": 1, "Client->Backup": 2, "Backup->Primary": 2},
    }
