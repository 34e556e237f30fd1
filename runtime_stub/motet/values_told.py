"""JSON forms of results: as `to_json` writes them, and where a union leaves open of which class one is, it says so."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin

from motet.values import Json, key_text, to_json
from motet.values_hints import bind, bindings, hints
from motet.values_read import bare, read
from motet.values_scalars import Misfit
from motet.values_unions import CLASS, is_named


def result_form(function: Callable[..., object], value: Any) -> Json:
    """The JSON form of what a projection has returned, by the type that it declares, if that can be found out."""
    form = to_json(value)
    try:
        declared = hints(function).get("return", Any)
        return told(declared, value, form) if _varies(declared, set()) else form
    except Exception:  # an annotation of the program's own that is none at run time
        return form


def told(tp: Any, value: Any, form: Json) -> Json:
    """The form of a value of the type `tp`, with the classes that it would not be read back without."""
    tp = bare(tp)
    if get_origin(tp) in (Union, types.UnionType):
        return _of_union(tp, value, form)
    args = get_args(tp)
    if isinstance(form, dict) and isinstance(value, Mapping):
        return _of_mapping(tp, args, value, form)
    if isinstance(form, dict) and is_dataclass(value):
        kinds, bound = hints(type(value)), bindings(tp)
        parts = {
            f.name: (bind(kinds[f.name], bound), getattr(value, f.name)) for f in fields(value)
        }
        return {name: told(*parts[name], part) for name, part in form.items()}
    if isinstance(form, list) and isinstance(value, list | tuple):
        items = _items(tp, args, value)
        return [
            told(item, *pair)
            for item, pair in zip(items, zip(value, form, strict=True), strict=True)
        ]
    return form


def _varies(tp: Any, seen: set[Any]) -> bool:
    """Whether there is a union of several classes of the program in a type."""
    tp = bare(tp)
    if tp in seen:
        return False
    seen.add(tp)
    args, cls = get_args(tp), get_origin(tp) or tp
    if cls in (Union, types.UnionType) and sum(is_named(bare(member)) for member in args) > 1:
        return True
    parts = [arg for arg in args if arg is not Ellipsis]
    if is_named(cls) and not issubclass(cls, Enum):
        parts += hints(cls).values()
    return any(_varies(part, seen) for part in parts)


def _of_mapping(
    tp: Any, args: tuple[Any, ...], value: Mapping[Any, Any], form: dict[str, Json]
) -> Json:
    kinds = hints(tp) if hasattr(tp, "__required_keys__") else {}
    item = args[1] if len(args) == 2 else Any
    by_key = {
        key_text(key): told(kinds.get(key, item), part, form[key_text(key)])
        for key, part in value.items()
    }
    return by_key if len(by_key) == len(form) else form


def _items(tp: Any, args: tuple[Any, ...], value: list[Any] | tuple[Any, ...]) -> list[Any]:
    """The type of each item."""
    names = getattr(type(value), "_fields", None)
    if names is not None:
        kinds, bound = hints(type(value)), bindings(tp)
        return [bind(kinds[name], bound) if name in kinds else Any for name in names]
    if isinstance(value, tuple) and args and args[-1] is not Ellipsis and len(args) == len(value):
        return list(args)
    return [args[0] if args else Any] * len(value)


def _of_union(tp: Any, value: Any, form: Json) -> Json:
    members = [bare(member) for member in get_args(tp)]
    mine = [m for m in members if (get_origin(m) or m) is type(value)]
    if len(mine) == 1:
        form = told(mine[0], value, form)
    if not mine or not is_named(mine[0]) or _is_read_back(tp, value, form):
        return form
    name = type(value).__name__
    if isinstance(value, Enum):
        return f"{name}.{value.name}"
    if isinstance(form, dict):
        return {CLASS: name, **form}
    names = getattr(value, "_fields", ())
    return {CLASS: name, **dict(zip(names, form, strict=True))} if isinstance(form, list) else form


def _is_read_back(tp: Any, value: Any, form: Json) -> bool:
    try:
        return type(read(tp, form, "")) is type(value)
    except Misfit:
        return False
