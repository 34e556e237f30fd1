"""What is said of a run of several nodes: who went wrong first, who is spared, what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from motetc.run.deploy import NodeName
from motetc.run.outcome import Ended, first_cause, is_spared, messages, misuse, results
from motetc.run.request import Played, Request

SELLER, BUYER = NodeName("Seller", "seller", None), NodeName("Buyer", "buyer", None)
WORKERS = [NodeName("Worker", "worker", 0), NodeName("Worker", "worker", 1)]


def failed(node: NodeName, primary: bool, time: float, message: str = "no") -> Ended:
    error = {"kind": "ValueError", "message": message, "primary": primary, "time": time}
    return Ended(node, 1, {"ok": False, "error": error})


def test_an_error_of_its_own_comes_before_one_that_others_caused() -> None:
    ended = [failed(SELLER, False, 1.0), failed(BUYER, True, 2.0)]
    assert first_cause(ended) == "buyer failed: ValueError: no"
    assert first_cause(ended[::-1]) == "buyer failed: ValueError: no"


def test_of_several_errors_the_earliest_is_told() -> None:
    ended = [failed(SELLER, True, 2.0, "late"), failed(BUYER, True, 1.0, "early")]
    assert first_cause(ended) == "buyer failed: ValueError: early"


def test_who_was_told_of_an_error_tells_it_if_nobody_else_does() -> None:
    told = {"kind": "PeerAborted", "message": "Buyer aborted at shop.py:9: ValueError: no"}
    ended = [Ended(SELLER, 1, {"ok": False, "error": told}), Ended(BUYER, -9, stopped=True)]
    assert first_cause(ended) == told["message"]


def test_who_dies_without_a_word_comes_first() -> None:
    ended = [failed(SELLER, True, 1.0), Ended(BUYER, -9)]
    assert first_cause(ended) == "buyer was killed by SIGKILL"


def test_nothing_went_wrong_at_nodes_that_were_stopped_or_spared() -> None:
    ended = [Ended(SELLER, -15, stopped=True), Ended(BUYER, -9, spared=True)]
    assert first_cause(ended) is None
    assert first_cause([Ended(BUYER, 0, {"ok": True})]) is None


def request(watched: frozenset[str] = frozenset()) -> Request:
    played = (Played("workers", "Worker", "worker", 2), Played("buyer", "Buyer", "buyer", None))
    return Request("shop:buy", played, {}, ("Worker", "Buyer"), watched)


@pytest.mark.parametrize(
    ("code", "report", "spared"),
    [
        (-9, {}, True),
        (1, {"error": {"kind": "Stopped"}}, True),
        (1, {"error": {"kind": "ValueError"}}, False),
        (0, {}, False),
    ],
)
def test_a_watched_member_is_spared_if_it_was_killed_or_stopped(
    code: int, report: dict[str, Any], spared: bool
) -> None:
    assert is_spared(request(frozenset({"Worker"})), WORKERS[0], code, report) is spared
    assert not is_spared(request(), WORKERS[0], code, report)


def test_messages_of_members_are_added_up_and_results_listed() -> None:
    ended = [
        Ended(WORKERS[0], 0, {"result": 1, "messages": {"Buyer": 2, "Seller": 0}}),
        Ended(WORKERS[1], 0, {"result": 2, "messages": {"Buyer": 3}}),
        Ended(BUYER, 0, {"result": 3, "messages": {"Worker": 4}}),
    ]
    assert messages(ended) == {"Buyer->Worker": 4, "Worker->Buyer": 5}
    assert results(request(), ended) == {"Worker": [1, 2], "Buyer": 3}


def test_what_a_node_cannot_use_is_the_message_of_the_run() -> None:
    usage = Ended(BUYER, 2, {"error": {"kind": "usage", "message": "--arg n: not an int"}})
    assert misuse([Ended(SELLER, -15, stopped=True), usage], ()) == "--arg n: not an int"
    assert misuse([failed(SELLER, True, 1.0)], ()) is None


def test_of_what_each_member_has_its_own_the_message_says_whose_it_is() -> None:
    message = "--arg yes: expected an integer"
    ended = [Ended(WORKERS[1], 2, {"error": {"kind": "usage", "message": message}})]
    assert misuse(ended, {"yes"}) == "--arg yes[1]: expected an integer"
    assert misuse(ended, ()) == message
