"""Reading JSON forms by a declared type: the other half of `motet.values`."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import MISSING, InitVar, is_dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal, NewType, TypeVar, Union, get_args, get_origin

from motet.codec_errors import CodecError, either
from motet.codec_registry import decode_registered, registered
from motet.members import MemberId
from motet.values_hints import Later, bind, bindings, hints, is_stand_in
from motet.values_scalars import SCALARS, Misfit, decoded, enum_form, spell, unfit
from motet.values_unions import read_union, without_class

LISTS: Final = frozenset({"list", "Sequence", "MutableSequence", "Collection", "Iterable"})
SETS: Final = {"set": set, "MutableSet": set, "frozenset": frozenset, "Set": frozenset}
DICTS: Final = frozenset({"dict", "Mapping", "MutableMapping"})


def from_json(tp: Any, data: Any, path: str = "") -> Any:
    """The value of the declared type `tp` whose JSON form is `data`; `path` names `data` in errors."""
    try:
        return read(tp, data, path)
    except RecursionError:
        raise Misfit(path, "nested too deeply") from None


def read(tp: Any, data: Any, path: str) -> Any:
    """`from_json`, one level of it."""
    tp = bare(tp)
    if tp is Any or isinstance(tp, TypeVar) or tp is object:
        return data
    origin = get_origin(tp) or tp
    if origin in (Union, types.UnionType):
        return read_union([bare(member) for member in get_args(tp)], data, path, read)
    if origin is Literal:
        return _read_literal(get_args(tp), data, path)
    scalar = SCALARS.get(origin)
    if scalar is not None:
        return scalar(data, path)
    if isinstance(origin, type):
        return _read_class(tp, origin, data, path)
    raise Misfit(path, f"a {spell(tp)} cannot be given as JSON")


def bare(tp: Any) -> Any:
    """A type without its annotations, aliases and NewTypes."""
    while True:
        if get_origin(tp) in (Annotated, typing.Required, typing.NotRequired, typing.Final):
            tp = get_args(tp)[0]
        elif isinstance(tp, NewType):
            tp = tp.__supertype__
        elif type(tp).__name__ == "TypeAliasType":  # a `type` statement of 3.12
            tp = tp.__value__
        elif type(alias := get_origin(tp)).__name__ == "TypeAliasType":
            tp = bind(alias.__value__, dict(zip(alias.__type_params__, get_args(tp), strict=False)))
        elif isinstance(tp, Later):
            tp = tp()
        else:
            return type(None) if tp is None else tp


def _read_literal(values: Iterable[Any], data: Any, path: str) -> Any:
    values = tuple(values)
    for value in values:
        if isinstance(value, Enum):
            if _is_same(value.value, data) or value.name == data:
                return value
        elif isinstance(value, bytes):
            if isinstance(data, str) and decoded(data) == value:
                return value
        elif _is_same(value, data):
            return value
    raise unfit(either(repr(value) for value in values), data, path)


def _is_same(value: Any, data: Any) -> bool:
    return bool(value == data) and isinstance(value, bool) is isinstance(data, bool)


def _read_class(tp: Any, cls: type, data: Any, path: str) -> Any:
    name, args = cls.__name__, get_args(tp)
    standard = cls.__module__ in ("builtins", "collections.abc", "typing")
    if standard and name in LISTS:
        return list(_items(args, data, path))
    if standard and name in SETS:
        return _hashed(SETS[name], _items(args, data, path), path)
    if standard and name in DICTS:
        return _read_dict(args, data, path)
    if cls is tuple:
        return _read_tuple(args, data, path)
    if cls is MemberId:
        return _read_member(data, path)
    if issubclass(cls, Enum):
        return _read_enum(cls, data, path)
    if is_dataclass(cls):
        return _read_record(tp, cls, data, path)
    if hasattr(cls, "__required_keys__"):
        return _read_typed_dict(tp, cls, data, path)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _read_named_tuple(tp, cls, data, path)
    return _read_registered(cls, data, path)


def _items(args: tuple[Any, ...], data: Any, path: str) -> list[Any]:
    if not isinstance(data, list):
        raise unfit("a list", data, path)
    item = args[0] if args else Any
    return [read(item, part, f"{path}[{i}]") for i, part in enumerate(data)]


def _hashed(build: Callable[[Any], Any], items: Any, path: str) -> Any:
    try:
        return build(items)
    except TypeError as error:
        raise Misfit(path, str(error)) from None


def _read_tuple(args: tuple[Any, ...], data: Any, path: str) -> Any:
    if not args or args[-1] is Ellipsis:
        return tuple(_items(args[:1], data, path))
    if not isinstance(data, list) or len(data) != len(args):
        raise unfit(f"a list of {len(args)}", data, path)
    parts = zip(args, data, strict=True)
    return tuple(read(tp, part, f"{path}[{i}]") for i, (tp, part) in enumerate(parts))


def _read_dict(args: tuple[Any, ...], data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise unfit("an object", data, path)
    key, item = args if len(args) == 2 else (str, Any)
    pairs = [
        (_read_key(key, text, path), read(item, part, f"{path}[{json.dumps(text)}]"))
        for text, part in data.items()
    ]
    return _hashed(dict, pairs, path)


def _read_key(tp: Any, text: str, path: str) -> Any:
    """A key as text, else as the JSON in that text (`1`, `true`, `null`, `[1,2]`)."""
    path = f"{path}[{json.dumps(text)}]"
    try:
        return read(tp, text, path)
    except Misfit as error:
        try:
            form = json.loads(text)
        except ValueError:
            raise error from None
        return read(tp, form, path)


def _read_member(data: Any, path: str) -> MemberId[Any]:
    if type(data) is not int or data < 0:
        raise unfit("the index of a member", data, path)
    return MemberId(data)


def _read_enum(cls: type[Enum], data: Any, path: str) -> Any:
    for member in cls:
        if _is_same(member.value, data):
            return member
    if isinstance(data, str) and data.removeprefix(f"{cls.__name__}.") in cls.__members__:
        return cls[data.removeprefix(f"{cls.__name__}.")]
    try:
        return cls(data)  # a combination of flags, or what `_missing_` accepts
    except Exception:
        known = either(json.dumps(enum_form(m)) for m in cls)
        raise unfit(known, data, path) from None


def _read_record(tp: Any, cls: type, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise unfit(f"an object ({cls.__name__})", data, path)
    found, bound = hints(cls), bindings(tp)
    fields = getattr(cls, "__dataclass_fields__")  # noqa: B009 (InitVars too, unlike `fields`)
    kinds = {name: found[name] for name in fields if not _is_class_var(found[name])}
    data = without_class(cls, data, kinds, path)
    _check_keys(data, kinds, path)
    read_fields = {
        name: read(bind(_init_type(kind), bound), data[name], _inside(path, name))
        for name, kind in kinds.items()
        if name in data
    }
    for name in kinds:
        known = fields[name].default is not MISSING or fields[name].default_factory is not MISSING
        if name not in data and fields[name].init and not known:
            raise Misfit(_inside(path, name), "missing")
    args = {name: value for name, value in read_fields.items() if fields[name].init}
    value = _construct(cls, args, path)
    for name in read_fields.keys() - args.keys():
        object.__setattr__(value, name, read_fields[name])
    return value


def _is_class_var(tp: Any) -> bool:
    return tp is typing.ClassVar or get_origin(tp) is typing.ClassVar


def _init_type(tp: Any) -> Any:
    return tp.type if isinstance(tp, InitVar) else tp


def _construct(cls: Callable[..., Any], args: dict[str, Any], path: str) -> Any:
    try:
        return cls(**args)
    except Exception as error:
        raise Misfit(path, f"{type(error).__name__}: {error}") from error


def _read_typed_dict(tp: Any, cls: Any, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise unfit(f"an object ({cls.__name__})", data, path)
    found, bound = hints(cls), bindings(tp)
    data = without_class(cls, data, found, path)
    _check_keys(data, found, path)
    for name in found:
        if name not in data and _is_required(cls, name, found[name]):
            raise Misfit(_inside(path, name), "missing")
    return {
        name: read(bind(found[name], bound), part, _inside(path, name))
        for name, part in data.items()
    }


def _is_required(cls: Any, name: str, tp: Any) -> bool:
    """Annotations that are text hide `NotRequired` from the class itself."""
    mark = get_origin(tp)
    return mark is not typing.NotRequired and (
        name in cls.__required_keys__ or mark is typing.Required
    )


def _read_named_tuple(tp: Any, cls: Any, data: Any, path: str) -> Any:
    found, bound = hints(cls), bindings(tp)
    names = cls._fields
    if isinstance(data, list) and len(data) <= len(names):
        data = dict(zip(names, data, strict=False))
    if not isinstance(data, dict):
        raise unfit(f"a list of {len(names)} ({cls.__name__})", data, path)
    data = without_class(cls, data, names, path)
    _check_keys(data, names, path)
    for name in names:
        if name not in data and name not in cls._field_defaults:
            raise Misfit(_inside(path, name), "missing")
    args = {
        name: read(bind(found.get(name, Any), bound), part, _inside(path, name))
        for name, part in data.items()
    }
    return _construct(cls, args, path)


def _read_registered(cls: type, data: Any, path: str) -> Any:
    if is_stand_in(cls):
        raise Misfit(path, f"the type {cls.__name__} is not known at run time")
    try:
        registered(cls)
    except TypeError:
        raise Misfit(path, f"a {cls.__name__} cannot be given as JSON") from None
    try:
        return decode_registered(data, cls)
    except CodecError as error:
        raise Misfit(path, str(error)) from error


def _check_keys(data: dict[str, Any], known: Iterable[str], path: str) -> None:
    names = list(known)
    for key in data:
        if key not in names:
            raise Misfit(path, f"there is no field {key!r}, only {', '.join(names) or 'none'}")


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
