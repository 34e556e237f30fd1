"""Corners: flags, classes that check themselves, names that clash, text that is no text."""

from __future__ import annotations

from typing import Any

import pytest
from codec_module import INT, STR, CodecModule, cls, collection, dict_of, list_of, tuple_of
from motet.codec import CodecError, DecodeError, EncodeError
from motetc.backend.codecs_names import snake
from motetc.ir.types import ClassDecl, Field, Type

SOURCE = """
class Access(Flag):
    READ = 1
    WRITE = 2




class Level(IntEnum):
    LOW = 1
    SMALL = 1
    HIGH = 2


@dataclass(frozen=True)
class Even:
    number: int
    half: int = field(init=False)

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")
        object.__setattr__(self, "half", self.number // 2)


@dataclass
class Base:
    x: int


@dataclass
class Derived(Base):
    y: int


@dataclass(frozen=True)
class Time:
    hour: int


class Outer:
    @dataclass
    class Inner:
        n: int
"""
DECLS = [
    ClassDecl("shop.Access", "shop", "enum", members=("READ", "WRITE"), bases=("enum.Flag",)),
    ClassDecl("shop.Level", "shop", "enum", members=("LOW", "HIGH"), bases=("enum.IntEnum",)),
    ClassDecl(
        "shop.Even",
        "shop",
        "dataclass",
        (Field("number", INT), Field("half", INT, init=False)),
        frozen=True,
        post_init=True,
    ),
    ClassDecl("shop.Base", "shop", "dataclass", (Field("x", INT),)),
    ClassDecl("shop.Derived", "shop", "dataclass", (Field("x", INT), Field("y", INT))),
    ClassDecl("shop.Time", "shop", "dataclass", (Field("hour", INT),), frozen=True),
    ClassDecl("shop.Outer.Inner", "shop", "dataclass", (Field("n", INT),)),
]
TYPES = {
    "access": Type("enum", "shop.Access"),
    "level": Type("enum", "shop.Level"),
    "evens": list_of(cls("Even")),
    "base": cls("Base"),
    "times": dict_of(cls("Time"), INT),
    "inner": cls("Outer.Inner"),
    "text": STR,
    "pairs": collection("set", tuple_of(INT, STR)),
}
HEAD = "from dataclasses import dataclass, field\nfrom enum import Flag, IntEnum\n"
MODULE = CodecModule(DECLS, TYPES, HEAD + SOURCE)
M: Any = MODULE.module


def test_flags_travel_by_value() -> None:
    both = M.Access.READ | M.Access.WRITE
    assert MODULE.encode("access", both) == 3
    assert MODULE.travel("access", both) is both
    assert MODULE.travel("access", M.Access(0)) == M.Access(0)
    with pytest.raises(DecodeError, match="expected Access, got int 64"):
        MODULE.decode("access", 64)


def test_an_enum_of_numbers_travels_by_name() -> None:
    assert MODULE.encode("level", M.Level.SMALL) == "LOW"
    assert MODULE.decode("level", "SMALL") is M.Level.LOW


def test_a_class_that_refuses_its_fields() -> None:
    assert MODULE.travel("evens", [M.Even(4)]) == [M.Even(4)]
    with pytest.raises(DecodeError) as caught:
        MODULE.decode("evens", [4, 2, 3, 1])
    assert str(caught.value) == "[1]: Even refuses it: ValueError: 3 is odd"


def test_a_subclass_is_not_cut_down_to_its_base() -> None:
    assert MODULE.travel("base", M.Base(1)) == M.Base(1)
    with pytest.raises(EncodeError, match=r"got its subclass Derived: say `Base \| Derived`"):
        MODULE.encode("base", M.Derived(1, 2))


def test_a_class_called_like_a_codec_of_the_runtime() -> None:
    assert "def encode_shop_time(value: Time)" in MODULE.text
    assert MODULE.travel("times", {M.Time(1): 2}) == {M.Time(1): 2}


def test_a_class_in_a_class() -> None:
    assert "def encode_outer_inner(value: Outer.Inner)" in MODULE.text
    assert MODULE.travel("inner", M.Outer.Inner(3)) == M.Outer.Inner(3)


def test_half_a_surrogate_pair_does_not_travel() -> None:
    with pytest.raises(UnicodeEncodeError):  # of the packer, which `send` reports
        MODULE.encode("text", "\ud800")


def test_items_that_are_one_item() -> None:
    with pytest.raises(DecodeError, match="the same key or item twice"):
        MODULE.decode("pairs", [[1, "a"], [1, "a"]])


def test_a_long_path_is_shortened() -> None:
    error = CodecError("wrong", *(f"[{i}]" for i in range(100)))
    assert str(error) == "[0][1][2][3][4][5].…[94][95][96][97][98][99]: wrong"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Quote", "quote"),
        ("HTTPQuote", "http_quote"),
        ("Outer.Inner", "outer_inner"),
        ("_Hidden", "hidden"),
        ("V2Order", "v2_order"),
    ],
)
def test_names_of_classes_in_names_of_functions(name: str, text: str) -> None:
    assert snake(name) == text
