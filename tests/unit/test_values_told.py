"""Results say of which class they are where the declared type leaves that open, and are read back by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypedDict

import pytest
from motet.values import from_json, to_json
from motet.values_told import result_form, told


@dataclass(frozen=True)
class Found:
    value: int


@dataclass(frozen=True)
class Missing:
    pass


@dataclass(frozen=True)
class Stopped:
    pass


class Pair(NamedTuple):
    left: int
    right: int


class Couple(NamedTuple):
    one: int
    other: int


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Size(Enum):
    SMALL = "s"
    RED = "r"


@dataclass(frozen=True)
class Box:
    answer: Found | Missing | Stopped
    next: Box | None = None


class Page(TypedDict):
    first: Missing | Stopped


Answer = Found | Missing | Stopped


@pytest.mark.parametrize(
    ("tp", "value", "form"),
    [
        (Answer, Found(1), {"value": 1}),
        (Answer, Stopped(), {"__class__": "Stopped"}),
        (Answer | None, None, None),
        (list[Answer], [Missing(), Found(2)], [{"__class__": "Missing"}, {"value": 2}]),
        (dict[int, Answer], {1: Missing()}, {"1": {"__class__": "Missing"}}),
        (tuple[int, Answer], (1, Missing()), [1, {"__class__": "Missing"}]),
        (tuple[Answer, ...], (Missing(),), [{"__class__": "Missing"}]),
        (
            Box,
            Box(Missing(), Box(Found(1))),
            {"answer": {"__class__": "Missing"}, "next": {"answer": {"value": 1}, "next": None}},
        ),
        (Page, {"first": Stopped()}, {"first": {"__class__": "Stopped"}}),
        (Pair | Couple, Couple(1, 2), {"__class__": "Couple", "one": 1, "other": 2}),
        (Colour | Size, Colour.RED, "Colour.RED"),
        (Colour | Size, Colour.BLUE, "b"),
        (Missing, Missing(), {}),
        (int | str, "1", "1"),
    ],
)
def test_the_class_is_told_where_it_is_open_and_read_back(tp: Any, value: Any, form: Any) -> None:
    found = told(tp, value, to_json(value))
    assert found == form
    assert from_json(tp, found) == value
    assert type(from_json(tp, found)) is type(value)


def test_the_type_is_the_one_that_the_function_declares() -> None:
    def answer() -> list[Missing | Stopped]:
        return [Missing()]

    def unknown() -> Nowhere.At[0]:  # type: ignore[name-defined]  # noqa: F821
        return None

    assert result_form(answer, answer()) == [{"__class__": "Missing"}]
    assert result_form(unknown, Missing()) == {}
