"""Classes with a codec of their own."""

from __future__ import annotations

from typing import Any

import pytest
from codec_module import INT, STR, CodecModule, cls, list_of, optional, union
from motet.codec import DecodeError, EncodeError, encode_registered, register_codec
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl

SOURCE = """
class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __motet_encode__(self) -> tuple[int, str]:
        return (self.cents, "EUR")

    @classmethod
    def __motet_decode__(cls, data: list[int]) -> "Money":
        cents, _ = data
        if cents < 0:
            raise ValueError("no debts")
        return cls(cents)


class Debt(Money):
    pass


class Temperature:
    def __init__(self, kelvin: float) -> None:
        self.kelvin = kelvin
"""
MODULE = CodecModule(
    [
        ClassDecl("shop.Money", "shop", "codec"),
        ClassDecl("shop.Temperature", "shop", "codec"),
    ],
    {
        "money": cls("Money"),
        "moneys": list_of(optional(cls("Money"))),
        "mixed": union(cls("Money"), INT, STR),
        "temperature": cls("Temperature"),
    },
    SOURCE,
)
M: Any = MODULE.module


def test_the_text_delegates() -> None:
    assert "return encode_registered(value, Money)" in MODULE.text
    assert "return decode_registered(data, Money)" in MODULE.text


def test_a_codec_that_the_class_brings() -> None:
    assert MODULE.encode("money", M.Money(5)) == [5, "EUR"]
    assert MODULE.travel("money", M.Money(5)).cents == 5
    found = MODULE.travel("moneys", [M.Money(5), None])
    assert [one and one.cents for one in found] == [5, None]
    assert MODULE.travel("mixed", M.Money(5)).cents == 5
    assert MODULE.travel("mixed", "x") == "x"


def test_a_codec_that_is_registered() -> None:
    with pytest.raises(EncodeError, match=r"no codec is registered for Temperature: call motet"):
        MODULE.encode("temperature", M.Temperature(3))
    register_codec(M.Temperature, lambda t: t.kelvin, M.Temperature)
    assert MODULE.travel("temperature", M.Temperature(2.5)).kelvin == 2.5


def test_an_instance_of_a_subclass_is_not_sent() -> None:
    with pytest.raises(EncodeError, match="expected Money, got Debt"):
        MODULE.encode("money", M.Debt(5))


def test_whatever_the_decoder_raises_is_a_bad_message() -> None:
    with pytest.raises(DecodeError, match=r"the codec of Money: no debts"):
        MODULE.decode("money", [-1, "EUR"])
    with pytest.raises(DecodeError, match=r"\[1\]: the codec of Money: "):
        MODULE.decode("moneys", [None, 7])


class Odd:
    pass


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "answered None, which already means that there is no value"),
        ({1: 2}, "answered with int inside, which cannot travel"),
        ([(1, {"a": object()})], "answered with object inside, which cannot travel"),
    ],
    ids=["None", "keys", "inside"],
)
def test_what_a_codec_answers_must_be_able_to_travel(answer: object, reason: str) -> None:
    register_codec(Odd, lambda _: answer, lambda _: Odd())
    with pytest.raises(EncodeError, match=reason):
        encode_registered(Odd(), Odd)


def test_registered_classes_need_not_be_declared_so() -> None:
    decl = ClassDecl("shop.Money", "shop", "plain")
    assert Codecs({"shop.Money": decl}.get, {"shop.Money"}).check(cls("Money")) is None
    assert Codecs({"shop.Money": decl}.get).check(cls("Money")) is not None
