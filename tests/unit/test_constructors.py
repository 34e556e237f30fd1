"""Constructors of frozen dataclasses and NamedTuples, as functions: the same instances, no code of a user skipped."""

from __future__ import annotations

import copy
import functools
import pickle
import weakref
from abc import ABC
from collections.abc import Callable
from dataclasses import FrozenInstanceError, InitVar, dataclass, field
from typing import Any, NamedTuple

import pytest
from motet.codec import constructor


@dataclass(frozen=True, slots=True)
class Slots:
    new: int
    cls: list[str]
    self: int = 3


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Watchable:
    new: int


@dataclass(frozen=True)
class Plain(ABC):
    new: int
    cls: list[str] = field(default_factory=list)
    self: int = 3


@dataclass(frozen=True, slots=True)
class Slots2(Slots):
    more: int = 0


@dataclass(frozen=True)
class Mixed(Slots):
    more: int = 0


class Point(NamedTuple):
    x: int
    y: int = 0


class Empty(NamedTuple):
    pass


@pytest.mark.parametrize(
    ("cls", "fields"),
    [
        (Slots, (1, ["a"], 2)),
        (Watchable, (1,)),
        (Plain, (1, ["a"], 2)),
        (Slots2, (1, ["a"], 2, 4)),
        (Mixed, (1, ["a"], 2, 4)),
        (Point, (1, 2)),
        (Empty, ()),
    ],
)
def test_it_makes_what_the_class_makes(cls: Callable[..., Any], fields: tuple[Any, ...]) -> None:
    make = constructor(cls)
    assert make is not cls
    made = make(*fields)
    assert type(made) is cls
    assert made == cls(*fields)
    assert repr(made) == repr(cls(*fields))
    with pytest.raises((FrozenInstanceError, AttributeError)):
        made.new = 5


def test_it_can_be_copied_pickled_and_watched() -> None:
    made = constructor(Watchable)(1)
    assert copy.copy(made) == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert weakref.ref(made)() is made
    assert hash(made) == hash(Watchable(1))


def test_every_field_is_needed() -> None:
    with pytest.raises(TypeError):
        constructor(Plain)(1)


@dataclass(frozen=True)
class Checks:
    x: int

    def __post_init__(self) -> None:
        raise ValueError


@dataclass(frozen=True)
class Inherits(Checks):
    y: int


@dataclass(frozen=True)
class OwnInit:
    x: int

    def __init__(self, x: int) -> None:
        object.__setattr__(self, "x", x + 1)


@dataclass(frozen=True)
class OwnNew:
    x: int

    def __new__(cls, x: int) -> OwnNew:
        return object.__new__(cls)


@dataclass(frozen=True)
class ByKeyword:
    x: int
    y: int = field(kw_only=True)


@dataclass(frozen=True)
class Later:
    x: int
    y: int = field(init=False, default=1)


@dataclass(frozen=True)
class Takes:
    x: int
    y: InitVar[int]


@dataclass
class Mutable:
    x: int


class Undecorated(Plain):
    def __init__(self) -> None:
        super().__init__(1)


class Upper(Point):
    def __new__(cls, x: int, y: int = 0) -> Upper:
        return super().__new__(cls, x + 1, y)


class Descriptor:
    def __set__(self, instance: object, value: int) -> None:
        raise AttributeError

    def __get__(self, instance: object, owner: object) -> int:
        return 1


@dataclass(frozen=True)
class Described:
    x: Descriptor = Descriptor()


class Counting(type):
    def __call__(cls, *args: Any) -> Any:
        return super().__call__(*args)


@dataclass(frozen=True)
class Counted(metaclass=Counting):
    x: int


def watched(cls: type[Any]) -> type[Any]:
    kept = cls.__init__

    @functools.wraps(kept)
    def init(self: Any, *args: Any) -> None:
        kept(self, *args)

    cls.__init__ = init  # type: ignore[misc]
    return cls


@watched
@dataclass(frozen=True)
class Watched:
    x: int


def function(x: int) -> int:
    return x


@pytest.mark.parametrize(
    "cls",
    [
        *(Checks, Inherits, OwnInit, OwnNew, ByKeyword, Later, Takes),
        *(Mutable, Undecorated, Upper, Described, Counted, Watched, tuple, function),
    ],
)
def test_what_does_more_than_keep_fields_is_called_itself(cls: Callable[..., Any]) -> None:
    assert constructor(cls) is cls
