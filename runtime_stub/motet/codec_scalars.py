"""Codecs of the types that MessagePack knows, and of Decimal, UUID and member ids."""

# ruff: noqa: D103 (pairs of one pattern, which the docstring above describes)
from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import Flag
from typing import TypeVar
from uuid import UUID

from motet.codec_errors import (
    INTEGERS,
    NUMBERS,
    DecodeError,
    EncodeError,
    either,
    shown,
    wrong_data,
    wrong_value,
)
from motet.members import MemberId

T = TypeVar("T")
L = TypeVar("L")
FlagT = TypeVar("FlagT", bound=Flag)


def encode_none(value: None) -> object:
    if value is None:
        return None
    raise wrong_value("None", value)


def decode_none(data: object) -> None:
    if data is not None:
        raise wrong_data("None", data)


def encode_bool(value: bool) -> object:
    if type(value) is bool:
        return value
    raise wrong_value("bool", value)


def decode_bool(data: object) -> bool:
    if type(data) is bool:
        return data
    raise wrong_data("bool", data)


def encode_int(value: int) -> object:
    if type(value) in INTEGERS:
        return value
    raise wrong_value("int", value)


def decode_int(data: object) -> int:
    if isinstance(data, int):
        return data
    raise wrong_data("int", data)


def encode_float(value: float) -> object:
    if type(value) in NUMBERS:
        return value
    raise wrong_value("float", value)


def decode_float(data: object) -> float:
    if type(data) is float or isinstance(data, int):
        return data
    raise wrong_data("float", data)


def encode_str(value: str) -> object:
    if type(value) is str:
        return value
    raise wrong_value("str", value)


def decode_str(data: object) -> str:
    if type(data) is str:
        return data
    raise wrong_data("str", data)


def encode_bytes(value: bytes) -> object:
    if type(value) is bytes:
        return value
    raise wrong_value("bytes", value)


def decode_bytes(data: object) -> bytes:
    if type(data) is bytes:
        return data
    raise wrong_data("bytes", data)


def encode_decimal(value: Decimal) -> object:
    if type(value) is Decimal:
        return str(value)
    raise wrong_value("Decimal", value)


def decode_decimal(data: object) -> Decimal:
    if type(data) is str:
        try:
            return Decimal(data)
        except (InvalidOperation, ValueError):
            pass
    raise wrong_data("Decimal", data)


def encode_uuid(value: UUID) -> object:
    if type(value) is UUID:
        return value.bytes
    raise wrong_value("UUID", value)


def decode_uuid(data: object) -> UUID:
    if type(data) is bytes and len(data) == 16:
        return UUID(bytes=data)
    raise wrong_data("UUID", data)


def encode_member_id(value: MemberId[L]) -> object:
    if type(value) is MemberId and type(value.index) is int:
        return value.index
    raise wrong_value("MemberId", value)


def decode_member_id(data: object) -> MemberId[L]:
    if type(data) is int and data >= 0:
        return MemberId(data)
    raise wrong_data("MemberId", data)


def encode_flag(value: FlagT, flag: type[FlagT]) -> object:
    """Flags combine, and a combination has no name: they travel by value."""
    if type(value) is flag:
        return value.value
    raise wrong_value(flag.__name__, value)


def decode_flag(data: object, flag: type[FlagT]) -> FlagT:
    if type(data) is int:
        try:
            value = flag(data)
        except ValueError:
            raise wrong_data(flag.__name__, data) from None
        if type(value) is flag:
            return value
    raise wrong_data(flag.__name__, data)


def encode_literal(value: T, allowed: tuple[T, ...]) -> T:
    if _among(value, allowed):
        return value
    raise EncodeError(f"expected {_choice(allowed)}, got {shown(value)}")


def decode_literal(data: object, allowed: tuple[T, ...]) -> T:
    for value in allowed:
        if _among(data, (value,)):
            return value
    raise DecodeError(f"expected {_choice(allowed)}, got {shown(data)}")


def _among(value: object, allowed: tuple[object, ...]) -> bool:
    return any(type(value) is type(one) and value == one for one in allowed)


def _choice(allowed: tuple[object, ...]) -> str:
    return either(repr(value) for value in allowed)
