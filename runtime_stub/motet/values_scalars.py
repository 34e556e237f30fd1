"""Reading scalars from their JSON forms, and the error for what does not fit."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, Literal, cast, get_args, get_origin
from uuid import UUID

from motet.codec_errors import either

INFINITIES: Final = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}


class Misfit(ValueError):
    """A JSON value is not of the declared type; `path` says where."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def enum_form(member: Enum) -> object:
    """A member's value if that is a JSON scalar, else its name."""
    value = member.value
    return value if isinstance(value, str | int | float) or value is None else member.name


def unfit(expected: str, data: Any, path: str) -> Misfit:
    """The error for data that should have been `expected`."""
    try:
        text = json.dumps(data, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(data)
    return Misfit(path, f"expected {expected}, got {text if len(text) < 60 else text[:60] + '…'}")


def spell(tp: Any) -> str:
    """A type, for people."""
    if get_origin(tp) is Literal:
        return either(repr(value) for value in get_args(tp))
    return WORDS.get(tp) or getattr(tp, "__name__", None) or repr(tp)


def _exactly(cls: type, words: str) -> Callable[[Any, str], Any]:
    def scalar(data: Any, path: str) -> Any:
        if type(data) is cls:
            return data
        raise unfit(words, data, path)

    return scalar


def _parsed(parse: Callable[[str], Any], words: str) -> Callable[[Any, str], Any]:
    def scalar(data: Any, path: str) -> Any:
        if isinstance(data, str):
            try:
                return parse(data)
            except (ValueError, InvalidOperation):
                pass
        raise unfit(words, data, path)

    return scalar


def _float(data: Any, path: str) -> float:
    if type(data) is float:
        return data
    if type(data) is int:
        try:
            return float(data) if float(data) == data else data  # an int that no float is
        except OverflowError:
            return cast(float, data)
    elif isinstance(data, str) and data in INFINITIES:
        return INFINITIES[data]
    raise unfit("a number", data, path)


def _timedelta(data: Any, path: str) -> timedelta:
    if type(data) in (int, float):
        try:
            return timedelta(seconds=data)
        except (OverflowError, ValueError):
            pass
    raise unfit("a number of seconds", data, path)


def _decimal(data: Any, path: str) -> Decimal:
    if type(data) in (int, float, str):
        try:
            return Decimal(repr(data) if isinstance(data, float) else data)
        except (InvalidOperation, ValueError):
            pass
    raise unfit("a decimal number", data, path)


def decoded(data: str) -> bytes:
    """What a base64 text stands for."""
    return b64decode(data.encode("ascii"), validate=True)


WORDS: Final[dict[Any, str]] = {
    type(None): "null",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "a string",
    bytes: "a base64 string",
    datetime: "an ISO date and time",
    date: "an ISO date",
    time: "an ISO time",
    UUID: "a UUID",
}
SCALARS: Final[dict[Any, Callable[[Any, str], Any]]] = {
    **{cls: _exactly(cls, WORDS[cls]) for cls in (type(None), bool, int, str)},
    float: _float,
    bytes: _parsed(decoded, WORDS[bytes]),
    datetime: _parsed(datetime.fromisoformat, WORDS[datetime]),
    date: _parsed(date.fromisoformat, WORDS[date]),
    time: _parsed(time.fromisoformat, WORDS[time]),
    timedelta: _timedelta,
    Decimal: _decimal,
    UUID: _parsed(UUID, WORDS[UUID]),
}
