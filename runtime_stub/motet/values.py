"""JSON forms of values: what `motet run` takes as arguments and prints as results.

This is for people and scripts, not for the wire: objects and lists, ISO dates, seconds, texts of decimals
and UUIDs, base64, enum values, indices of members. `from_json` reads by a declared type what `to_json`
writes, and says where a value does not fit.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias, cast
from uuid import UUID

from motet.codec_registry import encode_registered, registered
from motet.members import MemberId
from motet.values_hints import hints
from motet.values_read import from_json
from motet.values_scalars import Misfit, enum_form

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def to_json(value: Any) -> Json:
    """The JSON form of a value; of what has none, its `repr`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return cast(Json, enum_form(value))
    if isinstance(value, str | int | float):
        return _plain(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode("ascii")
    if isinstance(value, MemberId):
        return value.index
    return _compound(value)


def key_text(key: Any) -> str:
    """A dict key, as `json.dumps` would write it: `true`, `null`, `1`, else the text of its form."""
    form = to_json(key)
    return form if isinstance(form, str) else json.dumps(form, separators=(",", ":"))


def _plain(value: str | int | float) -> Json:
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return int(value) if isinstance(value, int) else str(value)


def _compound(value: Any) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Set):
        return sorted((to_json(item) for item in value), key=_order)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    try:
        registered(type(value))
    except TypeError:
        return repr(value)
    return to_json(encode_registered(value, type(value)))


def _object(value: Mapping[Any, Any]) -> dict[str, Json]:
    """By the text of each key; where two have the same (`1` and `"1"`), text is in quotes."""
    made = {key_text(key): to_json(item) for key, item in value.items()}
    if len(made) < len(value):
        made = {json.dumps(to_json(key)): to_json(item) for key, item in value.items()}
    return made


def _order(form: Json) -> tuple[str, float, str]:
    """Numbers by size, all else by its text: a set looks the same every time."""
    if isinstance(form, int | float):
        return ("", form, "")
    return (type(form).__name__, 0.0, json.dumps(form, sort_keys=True))


__all__ = ["Json", "Misfit", "from_json", "hints", "key_text", "to_json"]
