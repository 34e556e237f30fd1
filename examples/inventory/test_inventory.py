"""The shop's day, run over processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

RunExample = Callable[..., dict[str, Any]]

BASKETS = [
    {"chair": 4, "desk": 2},  # 577.60, less a tenth: 519.840
    {"desk": 1},  # sold out
    {"lamp": 30},  # 735.00, less a tenth: over the limit
    {"chair": 1, "lamp": 2},  # 98.90
]


def test_a_day(run_example: RunExample) -> None:
    answer = run_example("inventory.day:day", "--arg", f"baskets={json.dumps(BASKETS)}")
    assert answer == {
        "results": {
            "Till": [
                "order 1: 519.840 to pay",
                "order 2: refused, without desk",
                "order 3: refused, over the limit",
                "order 4: 618.740 to pay",
            ],
            "Warehouse": {"chair": 5, "desk": 0, "lamp": 38},
        },
        "messages": {
            "Till->Office": 5,
            "Till->Warehouse": 5,
            "Warehouse->Office": 4,
            "Office->Till": 8,
            "Office->Warehouse": 4,
        },
    }


def test_only_the_warehouse_has_a_database() -> None:
    generated = Path(__file__).parent / "generated"
    users = {
        path.relative_to(generated).parts[0]
        for path in generated.rglob("*.py")
        if "sqlite3" in path.read_text()
    }
    assert users == {"warehouse"}
