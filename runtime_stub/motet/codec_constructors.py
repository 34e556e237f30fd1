"""Constructors of instances that cannot be changed, as plain functions.

The constructor of a frozen dataclass sets each field by a call of `object.__setattr__`, which looks the field up by its
name; that of a NamedTuple is called by way of its class. The functions made here do what these do and nothing else, in
half the time and three quarters of it: fields are assigned before the instance becomes one of the class that is frozen.
Where that cannot be (fields are inherited, or kept in `__dict__`) they are set by their slots, or in there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from inspect import getattr_static
from types import FunctionType, MemberDescriptorType
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

new: Final = object.__new__
"""Makes an instance of a class without its fields."""


def constructor(make: Callable[P, T]) -> Callable[P, T]:
    """A function that makes the same of all fields in their order, or what was given if it does more than keep them."""
    if not isinstance(make, type) or type(make).__call__ is not type.__call__:
        return make
    cls: type[Any] = make
    found: Callable[P, T] | None = _of_tuple(cls) if issubclass(cls, tuple) else _of_frozen(cls)
    return found or make


def _of_tuple(cls: type[Any]) -> Callable[..., Any] | None:
    """That of a NamedTuple, unless its subclass has one of its own."""
    names = getattr(cls, "_fields", None)
    own = cls.__new__
    if names is None or getattr(own, "__module__", "") != f"namedtuple_{cls.__name__}":
        return None
    params = _params(names)
    lines = [f"return new(cls, ({params}{',' if names else ''}))"]
    return _function(params, lines, cls=cls, new=tuple.__new__)


def _of_frozen(cls: type[Any]) -> Callable[..., Any] | None:
    """That of a frozen dataclass, if dataclasses wrote it and it calls nothing."""
    found, own = vars(cls).get("__dataclass_params__"), vars(cls).get("__init__")
    if found is None or not found.frozen:
        return None
    if not isinstance(own, FunctionType) or own.__code__.co_filename != "<string>":
        return None
    names, code = tuple(f.name for f in fields(cls)), own.__code__
    positional = code.co_varnames[1 : code.co_argcount]
    if positional != names or code.co_kwonlyargcount:
        return None
    new: object = cls.__new__
    if hasattr(cls, "__post_init__") or new is not object.__new__:
        return None
    setters = {f"set{i}": getattr_static(cls, name, None) for i, name in enumerate(names)}
    if not all(map(_is_kept, setters.values())):
        return None
    twin = _thawed(cls) if all(map(_is_slot, setters.values())) else None
    if twin is not None:
        stores = [f"self.{name} = p{i}" for i, name in enumerate(names)]
        lines = ["self = new(twin)", *stores, "self.__class__ = cls", "return self"]
        return _function(_params(names), lines, cls=cls, twin=twin, new=object.__new__)
    slots = {k: slot.__set__ for k, slot in setters.items() if _is_slot(slot)}
    lines = ["self = new(cls)", *_stores(names, slots), "return self"]
    return _function(_params(names), lines, cls=cls, new=object.__new__, **slots)


def _thawed(cls: type[Any]) -> type[Any] | None:
    """A class of the same slots whose instances can be changed, and then be made instances of this one."""
    if type(cls) is not type or cls.__bases__ != (object,):
        return None
    twin = type(cls.__name__, (), {"__slots__": vars(cls)["__slots__"]})
    first: Any = object.__new__(twin)
    try:
        first.__class__ = cls
    except TypeError:
        return None
    return twin


def _is_slot(found: object) -> bool:
    return isinstance(found, MemberDescriptorType)


def _is_kept(found: object) -> bool:
    """Whether the field of a class that has this under its name is a slot, or an entry of `__dict__`."""
    return _is_slot(found) or not hasattr(type(found), "__set__")


def _stores(names: tuple[str, ...], slots: dict[str, Any]) -> Iterator[str]:
    if len(slots) < len(names):
        yield "kept = self.__dict__"
    for i, name in enumerate(names):
        slot = f"set{i}"
        yield f"{slot}(self, p{i})" if slot in slots else f"kept[{name!r}] = p{i}"


def _params(names: tuple[str, ...]) -> str:
    return ", ".join(f"p{i}" for i in range(len(names)))


def _function(params: str, lines: list[str], **used: object) -> Callable[..., Any]:
    """A function of these parameters and statements, written as `dataclasses` writes its own."""
    body = "\n".join(f"        {line}" for line in lines)
    text = f"def build({', '.join(used)}):\n    def make({params}):\n{body}\n    return make"
    names: dict[str, Any] = {}
    exec(text, names)
    made: Callable[..., Any] = names["build"](**used)
    return made
