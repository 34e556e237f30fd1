"""JSON forms: there and back by the declared type, and what is said of a misfit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    TypedDict,
    TypeVar,
)
from uuid import UUID

import pytest
from motet.members import MemberId
from motet.values import Misfit, from_json, hints, to_json

if TYPE_CHECKING:
    from nowhere import Worker

T = TypeVar("T")
UserId = NewType("UserId", int)
Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


class Colour(Enum):
    RED = "red"
    BLUE = 2
    ODD = (1, 2)


class Level(IntEnum):
    LOW = 1


class Access(Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: int = 0


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


@dataclass(frozen=True)
class Line:
    cents: int
    note: str | None = None


@dataclass
class Order:
    lines: list[Line]
    by: dict[MemberId[Worker], int] = field(default_factory=dict)
    total: int = field(default=0, init=False)


@dataclass
class Box(Generic[T]):
    item: T
    rest: list[T]


@dataclass
class DateBox(Box[date]):
    pass


@dataclass
class Tree:
    value: int
    children: tuple[Tree, ...] = ()


@dataclass
class Picky:
    age: int

    def __post_init__(self) -> None:
        if self.age < 0:
            raise ValueError("an age below zero")


class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.cents == self.cents

    def __motet_encode__(self) -> int:
        return self.cents

    @classmethod
    def __motet_decode__(cls, data: int) -> Money:
        return cls(data)


EXAMPLES = [
    (int, 10**30, 10**30),
    (bool, True, True),
    (float, 1.5, 1.5),
    (float, 3.0, 3),
    (float, float("inf"), "Infinity"),
    (float, float("-inf"), "-Infinity"),
    (str, "ü", "ü"),
    (None, None, None),
    (bytes, b"\x00\xff", "AP8="),
    (date, date(2024, 2, 29), "2024-02-29"),
    (time, time(1, 2, 3), "01:02:03"),
    (datetime, datetime(2024, 2, 29, 1, tzinfo=UTC), "2024-02-29T01:00:00+00:00"),
    (timedelta, timedelta(days=1), 86400),
    (timedelta, timedelta(milliseconds=1), 0.001),
    (Decimal, Decimal("1.10"), "1.10"),
    (UUID, UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (Colour, Colour.RED, "red"),
    (Colour, Colour.BLUE, 2),
    (Colour, Colour.ODD, "ODD"),
    (Level, Level.LOW, 1),
    (Access, Access.READ | Access.WRITE, 3),
    (Literal["a", 1], 1, 1),
    (Literal[Colour.RED], Colour.RED, "red"),
    (UserId, UserId(3), 3),
    (int | None, None, None),
    (int | str, "3", "3"),
    (float | int | str, 3, 3),
    (str | date, date(2024, 1, 1), "2024-01-01"),
    (datetime | date, date(2024, 1, 1), "2024-01-01"),
    (datetime | date | str, datetime(2024, 1, 1), "2024-01-01T00:00:00"),
    (Decimal | float, 1.5, 1.5),
    (Decimal | int, 3, 3),
    (Decimal | float, Decimal("1.5"), "1.5"),
    (Annotated[int, "meta"], 3, 3),
    (list[int | None], [1, None], [1, None]),
    (tuple[int, str], (1, "a"), [1, "a"]),
    (tuple[int, ...], (1, 2), [1, 2]),
    (set[int], {10, 9}, [9, 10]),
    (frozenset[str], frozenset({"b", "a"}), ["a", "b"]),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (dict[int, str], {1: "a"}, {"1": "a"}),
    (dict[bool, int], {True: 1}, {"true": 1}),
    (dict[int | None, int], {None: 1}, {"null": 1}),
    (dict[date, int], {date(2024, 1, 1): 1}, {"2024-01-01": 1}),
    (dict[tuple[int, int], int], {(1, 2): 3}, {"[1,2]": 3}),
    (dict[Colour, int], {Colour.BLUE: 1}, {"2": 1}),
    (dict[MemberId[Any], int], {MemberId(1): 2}, {"1": 2}),
    (MemberId[Any], MemberId(4), 4),
    (Point, Point(1, 2), [1, 2]),
    (Movie, {"title": "M"}, {"title": "M"}),
    (Movie, {"title": "M", "year": 1931}, {"title": "M", "year": 1931}),
    (Line, Line(3), {"cents": 3, "note": None}),
    (Box[int], Box(1, [2]), {"item": 1, "rest": [2]}),
    (DateBox, DateBox(date(2024, 1, 1), []), {"item": "2024-01-01", "rest": []}),
    (Tree, Tree(1, (Tree(2),)), {"value": 1, "children": [{"value": 2, "children": []}]}),
    (Money, Money(5), 5),
]


@pytest.mark.parametrize(
    ("tp", "value", "form"), EXAMPLES, ids=[json.dumps(form) for _, _, form in EXAMPLES]
)
def test_a_value_has_one_form_and_comes_back(tp: Any, value: Any, form: Any) -> None:
    assert to_json(value) == form
    back = from_json(tp, json.loads(json.dumps(form, allow_nan=False)), "x")
    assert back == value
    assert type(back) is type(value)


def test_not_a_number() -> None:
    assert to_json(float("nan")) == "NaN"
    assert str(from_json(float, "NaN", "x")) == "nan"


def test_a_field_that_the_constructor_does_not_take() -> None:
    order = Order([Line(1)], {MemberId(0): 1})
    order.total = 7
    form = to_json(order)
    assert form == {"lines": [{"cents": 1, "note": None}], "by": {"0": 1}, "total": 7}
    assert from_json(Order, form, "order") == order


def test_defaults_fill_what_is_missing() -> None:
    assert from_json(Order, {"lines": [{"cents": 1}]}, "x") == Order([Line(1)])
    assert from_json(Point, {"x": 1}, "x") == Point(1, 0)
    assert from_json(Point, [1], "x") == Point(1, 0)


def test_an_enum_by_name() -> None:
    assert from_json(Colour, "BLUE", "x") is Colour.BLUE


MISFITS = [
    (str, 3, "title: expected a string, got 3"),
    (int, True, "title: expected an integer, got true"),
    (bool, 1, "title: expected true or false, got 1"),
    (date, "soon", 'title: expected an ISO date, got "soon"'),
    (bytes, "ü", 'title: expected a base64 string, got "ü"'),
    (list[int], [1, "a"], 'title[1]: expected an integer, got "a"'),
    (dict[str, int], {"a": "b"}, 'title["a"]: expected an integer, got "b"'),
    (dict[int, int], {"a": 1}, 'title["a"]: expected an integer, got "a"'),
    (Order, {"lines": [{"cents": "x"}]}, 'title.lines[0].cents: expected an integer, got "x"'),
    (Order, {}, "title.lines: missing"),
    (Order, {"lines": [], "x": 1}, "title: there is no field 'x', only lines, by, total"),
    (Line | None, {"cents": None}, "title.cents: expected an integer, got null"),
    (int | date, "x", 'title: expected an integer or an ISO date, got "x"'),
    (Literal["a", "b"], "c", "title: expected 'a' or 'b', got \"c\""),
    (Colour, "green", 'title: expected "red", 2 or "ODD", got "green"'),
    (tuple[int, int], [1], "title: expected a list of 2, got [1]"),
    (set[Tree], [{"value": 1}], "title: unhashable type: 'Tree'"),
    (Picky, {"age": -1}, "title: ValueError: an age below zero"),
    (MemberId[Any], -1, "title: expected the index of a member, got -1"),
    (Movie, {"year": 1}, "title.title: missing"),
    (complex, 1, "title: a complex cannot be given as JSON"),
]


@pytest.mark.parametrize(
    ("tp", "form", "message"), MISFITS, ids=[message for _, _, message in MISFITS]
)
def test_a_misfit_says_where_and_what(tp: Any, form: Any, message: str) -> None:
    with pytest.raises(Misfit) as caught:
        from_json(tp, form, "title")
    assert str(caught.value) == message


def call(worker: Worker, ids: list[MemberId[Worker]], json: Json, at: date | None) -> None: ...


def test_hints_of_names_that_only_type_checkers_see() -> None:
    found = hints(call)
    assert from_json(found["ids"], [1, 2], "ids") == [MemberId(1), MemberId(2)]
    assert from_json(found["at"], "2024-01-01", "at") == date(2024, 1, 1)
    with pytest.raises(Misfit, match="the type Worker is not known at run time"):
        from_json(found["worker"], 1, "worker")


def test_a_recursive_alias() -> None:
    form = {"a": [1, {"b": [None, True, 1.5, "x"]}]}
    assert from_json(hints(call)["json"], form, "json") == form
    with pytest.raises(Misfit, match="json"):
        from_json(hints(call)["json"], {"a": [object()]}, "json")


def test_what_has_no_form_is_shown() -> None:
    assert to_json(complex(1, 2)) == "(1+2j)"


def test_endless_nesting_is_an_error() -> None:
    form: Any = []
    for _ in range(5000):
        form = [form]
    with pytest.raises(Misfit, match="nested too deeply"):
        from_json(hints(call)["json"], form, "json")


def test_keys_that_look_alike_are_told_apart() -> None:
    assert to_json({1: "a", "1": "b"}) == {"1": "a", '"1"': "b"}
    assert to_json({1: "a", "x": "b"}) == {"1": "a", "x": "b"}


@dataclass(frozen=True)
class Book:
    title: str
    pages: int = 0


@dataclass(frozen=True)
class Film:
    title: str


class Song(NamedTuple):
    title: str


class Play(TypedDict):
    title: str


class Size(Enum):
    RED = "red"
    SMALL = "s"


def test_of_classes_with_the_same_form_an_object_says_which() -> None:
    form = {"title": "x"}
    assert from_json(Book | Film, {"__class__": "Film", **form}) == Film("x")
    assert from_json(Film | Book | None, {"__class__": f"{__name__}.Book", **form}) == Book("x")
    assert from_json(Book | Film, {"title": "x", "pages": 3}) == Book("x", 3)
    assert from_json(list[Song | Play], [{"__class__": "Play", **form}]) == [{"title": "x"}]
    assert from_json(list[Song | Play], [["x"]]) == [Song("x")]
    assert from_json(Song, {"__class__": "Song", **form}) == Song("x")
    assert from_json(dict[str, str] | int, {"__class__": "x"}) == {"__class__": "x"}
    assert from_json(Colour | Size, "Size.RED") is Size.RED
    assert from_json(Colour | Size, "s") is Size.SMALL


@pytest.mark.parametrize(
    ("tp", "form", "message"),
    [
        (
            Book | Film,
            {"title": "x"},
            'Book and Film have this form: say which, {"__class__": "Book", …}',
        ),
        (Song | Play, {"title": "x"}, "Song and Play have this form"),
        (Book | Film, {"__class__": "Song", "title": "x"}, "no 'Song' here, only Book or Film"),
        (Book, {"__class__": "Film", "title": "x"}, "a Book is wanted, not a 'Film'"),
        (Colour | Size, "red", 'Colour and Size have this form: say which, "Colour.RED"'),
    ],
)
def test_of_classes_with_the_same_form_none_is_taken_silently(
    tp: Any, form: Any, message: str
) -> None:
    with pytest.raises(Misfit) as caught:
        from_json(tp, form)
    assert message in str(caught.value)
