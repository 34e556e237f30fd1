"""The bookshop, run over processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


def test_a_book_in_stock_is_shipped_in_three_days(run_example: RunExample) -> None:
    earliest = date.today() + timedelta(days=3)
    answer = run_example("shop:buy", "--arg", 'title="TAPL"')
    shipped = date.fromisoformat(answer["results"]["Buyer"])
    assert earliest <= shipped <= date.today() + timedelta(days=3)
    assert answer["messages"] == {"Buyer->Seller": 2, "Seller->Buyer": 2}


def test_an_unknown_title_is_not_bought(run_example: RunExample) -> None:
    assert run_example("shop:buy", "--arg", 'title="SICP"') == {
        "results": {"Buyer": None},
        "messages": {"Buyer->Seller": 2, "Seller->Buyer": 1},
    }


def test_a_friend_helps_and_hears_nothing_of_the_decision(run_example: RunExample) -> None:
    answer = run_example("together:buy_together", "--arg", 'title="TAPL"')
    assert answer["results"]["Buyer"] is not None
    assert answer["messages"] == {
        "Buyer->Seller": 2,
        "Seller->Buyer": 2,
        "Seller->Friend": 1,
        "Friend->Buyer": 1,
    }


@pytest.mark.parametrize("title", ["SICP", ""])
def test_no_quote_ends_it_for_all_three(run_example: RunExample, title: str) -> None:
    assert run_example("together:buy_together", "--arg", f'title="{title}"') == {
        "results": {"Buyer": None},
        "messages": {"Buyer->Seller": 1, "Seller->Buyer": 1, "Seller->Friend": 1},
    }
