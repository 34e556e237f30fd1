"""Dates and times on the wire: ISO 8601 text that brings back exactly the value that was sent.

Two things are not in ISO text. A time zone that has a name follows in brackets, as RFC 9557 does it
(`2024-10-27T02:30:00+01:00[Europe/Paris]`), and so does a set `fold` (`[fold=1]`). Time zones of other
classes arrive as the fixed offset they had.
"""

# ruff: noqa: D103 (pairs of one pattern, which the docstring above describes)
from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from motet.codec_errors import EncodeError, wrong_data, wrong_value

FOLD: Final = "[fold=1]"
MICROSECOND: Final = timedelta(microseconds=1)

Clock = TypeVar("Clock", datetime, time)


def encode_date(value: date) -> object:
    if type(value) is date:
        return value.isoformat()
    raise wrong_value("date", value)


def decode_date(data: object) -> date:
    if type(data) is str:
        try:
            return date.fromisoformat(data)
        except ValueError:
            pass
    raise wrong_data("date", data)


def encode_datetime(value: datetime) -> object:
    if type(value) is datetime:
        return value.isoformat() if value.tzinfo is None and not value.fold else _marked(value)
    raise wrong_value("datetime", value)


def decode_datetime(data: object) -> datetime:
    if type(data) is str:
        try:
            if data[-1:] != "]":
                return datetime.fromisoformat(data)
            text, zone, fold = _unmarked(data)
            return _placed(datetime.fromisoformat(text), zone, fold)
        except (ValueError, LookupError, OSError):
            pass
    raise wrong_data("datetime", data)


def encode_time(value: time) -> object:
    if type(value) is time:
        return value.isoformat() if value.tzinfo is None and not value.fold else _marked(value)
    raise wrong_value("time", value)


def decode_time(data: object) -> time:
    if type(data) is str:
        try:
            if data[-1:] != "]":
                return time.fromisoformat(data)
            text, zone, fold = _unmarked(data)
            return _placed(time.fromisoformat(text), zone, fold)
        except (ValueError, LookupError, OSError):
            pass
    raise wrong_data("time", data)


def encode_timedelta(value: timedelta) -> object:
    if type(value) is timedelta:
        return value // MICROSECOND
    raise wrong_value("timedelta", value)


def decode_timedelta(data: object) -> timedelta:
    if type(data) is int:
        try:
            return timedelta(microseconds=data)
        except OverflowError:
            pass
    raise wrong_data("timedelta", data)


def _marked(value: datetime | time) -> str:
    """The ISO text and, in brackets, what it does not say."""
    zone = value.tzinfo
    named = isinstance(zone, ZoneInfo) and zone.key is not None
    if zone is not None and not named and value.utcoffset() is None:
        raise EncodeError(f"its time zone {zone!r} has no offset")
    place = f"[{zone.key}]" if isinstance(zone, ZoneInfo) and named else ""
    return f"{value.isoformat()}{place}{FOLD if value.fold else ''}"


def _unmarked(data: str) -> tuple[str, str, int]:
    """The ISO text, the name of the time zone or nothing, and the fold."""
    fold = data.endswith(FOLD)
    text = data.removesuffix(FOLD)
    if not text.endswith("]"):
        return text, "", int(fold)
    text, _, zone = text[:-1].partition("[")
    return text, zone, int(fold)


def _placed(value: Clock, zone: str, fold: int) -> Clock:
    return value.replace(tzinfo=ZoneInfo(zone) if zone else value.tzinfo, fold=fold)
