"""The state machines of `motet.std`, by themselves."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motet import MembershipEvent
from motet.std import Answered, Asked, Exchange, Quorum, QuorumWithResponse, is_present


def test_a_quorum_is_reported_once_and_forgotten_after_the_last_answer() -> None:
    quorum = Quorum[str](2, of=3)
    assert quorum(("a", True)) == []
    assert quorum(("b", True)) == []
    assert quorum(("a", False)) == []
    assert quorum(("a", True)) == ["a"]
    assert quorum(("b", True)) == ["b"]
    assert quorum(("b", True)) == []
    assert quorum(("b", True)) == []  # a new round of the same key


def test_a_no_never_completes_a_quorum() -> None:
    quorum = Quorum[int](1, of=3)
    assert [quorum((1, yes)) for yes in (False, False, True)] == [[], [], [1]]


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.data())
def test_the_order_of_answers_does_not_decide(sizes: tuple[int, int], data: st.DataObject) -> None:
    enough, of = sizes
    votes = data.draw(st.lists(st.booleans(), min_size=of, max_size=of))
    for order in set(permutations(votes)):
        quorum = Quorum[str](enough, of=of)
        reported = [key for yes in order for key in quorum(("k", yes))]
        assert reported == ["k"] * (sum(votes) >= enough)


@pytest.mark.parametrize(("enough", "of"), [(0, 3), (4, 3), (-1, 0)])
def test_a_quorum_that_cannot_be_is_refused(enough: int, of: int) -> None:
    with pytest.raises(ValueError, match=f"a quorum of {enough} out of {of}"):
        Quorum[int](enough, of=of)
    with pytest.raises(ValueError, match="must be between"):
        QuorumWithResponse[int, str](enough, of=of)


def test_responses_go_on_with_the_quorum_and_after_it() -> None:
    quorum = QuorumWithResponse[int, str](2, of=4)
    assert list(quorum((7, "x"))) == []
    assert list(quorum((7, None))) == []
    assert list(quorum((7, "y"))) == [(7, "x"), (7, "y")]
    assert list(quorum((7, "z"))) == [(7, "z")]
    assert list(quorum((7, "new round"))) == []


def test_an_exchange_joins_in_either_order_and_forgets() -> None:
    exchange = Exchange[int, str, float]()
    assert exchange(Asked(1, "a")) == []
    assert exchange.open == 1
    assert exchange(Answered(1, 0.5)) == [(1, "a", 0.5)]
    assert exchange(Answered(2, 1.5)) == []
    assert exchange(Asked(2, "b")) == [(2, "b", 1.5)]
    assert exchange.open == 0


def test_presence_follows_the_last_event() -> None:
    assert is_present(False, MembershipEvent.JOINED)
    assert not is_present(True, MembershipEvent.LEFT)
