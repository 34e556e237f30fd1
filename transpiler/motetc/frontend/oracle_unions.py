"""Unions and literals of our own types: building them, and undoing what narrowing did to them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from motetc.ir.types import Type

Value: TypeAlias = str | int | bool | bytes | None

_COVARIANT: Final = frozenset(
    {"frozenset", *(f"collections.abc.{name}" for name in ("Sequence", "Set", "Collection"))}
)


def union(items: Iterable[Type]) -> Type:
    """Flat, without repeats, in the order given; literals of one kind become one literal."""
    parts: list[Type] = []
    for item in _flat(items):
        if item.kind == "literal":
            _add_literal(parts, item)
        elif item not in parts:
            parts.append(item)
    return parts[0] if len(parts) == 1 else Type("union", args=tuple(parts))


def said_union(items: Sequence[Type]) -> Type:
    """The same, said with the aliases of those items that are unions themselves."""
    found = union(items)
    aliased = any(item.kind == "union" and item.said is not None for item in items)
    if not aliased or found.kind != "union":
        return found
    return replace(found, said=Type("union", args=tuple(items)))


def sayings(found: Type) -> Iterator[Type | None]:
    """What each part of a type is said by: two that are equal may be said in two ways."""
    yield found.said
    for item in (*found.args, *(found.said.args if found.said is not None else ())):
        yield from sayings(item)


def leaves_out(found: Type, said: Type) -> bool:
    """Whether `found` is the union `said` without some of its parts."""
    parts = found.args if found.kind == "union" else (found,)
    return said.kind == "union" and {*parts} < {*said.args}


def _flat(items: Iterable[Type]) -> Iterator[Type]:
    for item in items:
        if item.kind == "union":
            yield from item.args
        else:
            yield item


def _add_literal(parts: list[Type], item: Type) -> None:
    for index, part in enumerate(parts):
        if part.kind == "literal" and part.name == item.name:
            new = tuple(value for value in item.values if not _has(part.values, value))
            parts[index] = Type("literal", part.name, values=part.values + new)
            return
    parts.append(item)


def _has(values: tuple[object, ...], value: object) -> bool:
    """`in`, but `True` is not `1`."""
    return any(value == other and type(value) is type(other) for other in values)


def literals_in(found: Type) -> Iterator[tuple[str, Value]]:
    """The literals of a type, each with its family: `bool`, `str`, … or the full name of an enum."""
    if found.kind == "literal":
        for value in found.values:
            yield _family(found, value), value
    for item in found.args:
        yield from literals_in(item)


def _family(found: Type, value: Value) -> str:
    return found.name or type(value).__name__


def widen(found: Type, declared: Container[tuple[str, Value]]) -> Type:
    """Undo narrowing: `Literal[True]` after `if flag:` is the `bool` that the program wrote.

    mypy narrows to a literal wherever a value is known (`s and n` is `Literal[''] | int`) and lets that flow into
    what is computed from it. Literals in `declared` stay: the program itself wrote them in a type. Only
    covariant positions are widened, so that the value still fits the type that we give.
    """
    if found.kind == "literal":
        wide = union(_widen_value(found, value, declared) for value in found.values)
        return found if wide == found else wide
    if not found.args:
        return found
    args = tuple(
        widen(item, declared) if index in _covariant(found) else item
        for index, item in enumerate(found.args)
    )
    if args == found.args:
        return found
    return union(args) if found.kind == "union" else Type(found.kind, found.name, args)


def _covariant(found: Type) -> range:
    if found.kind in ("union", "tuple", "vartuple"):
        return range(len(found.args))
    if found.name == "collections.abc.Mapping":
        return range(1, 2)
    return range(1) if found.name in _COVARIANT else range(0)


def _widen_value(found: Type, value: Value, declared: Container[tuple[str, Value]]) -> Type:
    family = _family(found, value)
    if (family, value) in declared:
        return Type("literal", found.name, values=(value,))
    return Type("enum", found.name) if found.name else Type("scalar", family)
