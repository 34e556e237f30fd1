"""Two-phase commit, run over processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(("seats", "booked"), [(4, True), (5, False)])
def test_all_agencies_or_none(run_example: RunExample, seats: int, booked: bool) -> None:
    journey = json.dumps({"name": "Oslo", "seats": seats})
    answer = run_example("travel:book", "--arg", f"wanted={journey}", "--size", "agencies=3")
    assert answer == {
        "results": {"Client": booked},
        "messages": {
            "Client->Coordinator": 1,
            "Coordinator->Agency": 6,  # the question, the decision
            "Agency->Coordinator": 6,  # the votes, the acknowledgements
            "Coordinator->Client": 1,
        },
    }


def test_seats_held_by_a_refused_journey_are_free_again(run_example: RunExample) -> None:
    wanted = [
        {"name": "Oslo", "seats": 3},
        {"name": "Rome", "seats": 2},  # the first agency has one seat left: rolled back everywhere
        {"name": "Bern", "seats": 1},
    ]
    answer = run_example(
        "travel:book_all", "--arg", f"wanted={json.dumps(wanted)}", "--size", "agencies=2"
    )
    assert answer["results"] == {
        "Client": [True, False, True],
        "Coordinator": [
            "Oslo booked, 2 agencies agree",
            "Rome refused, 2 agencies agree",
            "Bern booked, 2 agencies agree",
        ],
    }
    assert answer["messages"] == {
        "Client->Coordinator": 4,
        "Client->Agency": 2,
        "Coordinator->Agency": 12,
        "Agency->Coordinator": 12,
        "Coordinator->Client": 3,
    }
