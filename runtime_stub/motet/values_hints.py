"""Declared types at run time: `hints`, and what generic classes make of them."""

from __future__ import annotations

import collections.abc
import sys
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Generic,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
)


class _Unknown(type):
    """The class of stand-ins for names that only type checkers can see."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return stand_in(name)

    def __getitem__(cls, _: object) -> Any:
        return cls


def stand_in(name: str) -> type:
    """A class for a name that is imported under `TYPE_CHECKING` alone."""
    return _Unknown(name, (), {})


def is_stand_in(tp: object) -> bool:
    """Whether nothing is known of this type but its name."""
    return isinstance(tp, _Unknown)


class Later:
    """A recursive alias within itself, looked up when it is needed."""

    def __init__(self, name: str, namespace: Mapping[str, Any]) -> None:
        self.name = name
        self._namespace = namespace

    def __call__(self) -> Any:
        names = {**self._namespace, **quoted(self._namespace)}
        found = eval(self.name, names)  # the user's own annotation
        return postponed(found, self._namespace)

    def __or__(self, other: Any) -> Any:
        return Union[self, other]  # noqa: UP007 (`|` is what this defines)

    __ror__ = __or__

    def __repr__(self) -> str:
        return self.name


def quoted(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The aliases that are written as text, `Tree: TypeAlias = "list[Tree]"`, so that `Tree | None` can be said."""
    return {
        name: Later(value, _home(name, value, namespace))
        for name, value in namespace.items()
        if isinstance(value, str) and not name.startswith("__")
    }


def _home(name: str, alias: str, namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    """The names of the module that declares an alias, which may have been imported from there."""
    for module in [*sys.modules.values()]:
        names = getattr(module, "__dict__", {})
        if name in (names.get("__annotations__") or ()) and names.get(name) is alias:
            return dict(names)
    return namespace


def postponed(tp: Any, namespace: Mapping[str, Any]) -> Any:
    """A type in which names that `typing` left as text are looked up later."""
    if isinstance(tp, str | ForwardRef):
        return Later(tp if isinstance(tp, str) else tp.__forward_arg__, namespace)
    args = get_args(tp)
    origin = get_origin(tp)
    if origin in (None, Literal, collections.abc.Callable):
        return tp
    inner = args[:1] if origin is Annotated else args
    later = tuple(postponed(arg, namespace) for arg in inner)
    if later == inner:
        return tp
    if origin is UnionType:
        return reduce(or_, later)
    return origin[later] if isinstance(tp, GenericAlias) else tp.copy_with(later)


def hints(annotated: Callable[..., Any] | type) -> dict[str, Any]:
    """`typing.get_type_hints`, with stand-ins for names that do not exist at run time.

    Location classes are such names in the wire modules: `MemberId[Worker]` is read without its `Worker`.
    """
    return dict(_hints(annotated))


@lru_cache(maxsize=1024)
def _hints(annotated: Callable[..., Any] | type) -> dict[str, Any]:
    module = sys.modules.get(annotated.__module__)
    own = vars(module) if module else {}
    missing: dict[str, Any] = {}
    while True:
        local = {**_own_names(annotated), **missing} if missing else None
        try:
            found = typing.get_type_hints(annotated, localns=local, include_extras=True)
            break
        except NameError as error:
            if error.name is None or error.name in missing:
                raise
            missing[error.name] = _parameter(annotated, error.name) or stand_in(error.name)
        except TypeError:
            aliases = quoted(own)
            if not aliases or aliases.keys() <= missing.keys():
                raise
            missing |= aliases
    namespace = {**own, **missing}
    return {name: postponed(tp, namespace) for name, tp in found.items()}


def _parameter(annotated: object, name: str) -> Any:
    """The type parameter of that name, if there is one: early releases of 3.12 do not look among these."""
    owners = annotated.__mro__ if isinstance(annotated, type) else (annotated,)
    every = [p for owner in owners for p in getattr(owner, "__type_params__", ())]
    found = {p for p in every if p.__name__ == name}
    return found.pop() if len(found) == 1 else None


def _own_names(annotated: object) -> dict[str, Any]:
    """What a class's own annotations may name, which explicit locals would hide."""
    return dict(vars(annotated)) if isinstance(annotated, type) else {}


def bindings(tp: object) -> dict[Any, Any]:
    """What the type variables of a class and of its bases stand for, in `Box[int]` or `IntBox`."""
    cls = get_origin(tp) or tp
    bound = dict(zip(getattr(cls, "__parameters__", ()), get_args(tp), strict=False))
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) not in (None, Generic):
            inner = bindings(base)
            bound |= {var: bind(arg, bound) for var, arg in inner.items() if var not in bound}
    return bound


def bind(tp: Any, bound: dict[Any, Any]) -> Any:
    """A type with its type variables replaced."""
    if isinstance(tp, TypeVar):
        return bound.get(tp, tp)
    free = getattr(tp, "__parameters__", ())
    if isinstance(tp, type) or not free:
        return tp
    return tp[tuple(bound.get(var, var) for var in free)]
