"""Unions and literals of our own types: building them, and undoing what narrowing did to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from motetc.ir.types import Type


def union(items: Iterable[Type]) -> Type:
    """Flat, without repeats, in the order given; literals of one kind become one literal."""
    parts: list[Type] = []
    for item in _flat(items):
        if item.kind == "literal":
            _add_literal(parts, item)
        elif item not in parts:
            parts.append(item)
    return parts[0] if len(parts) == 1 else Type("union", args=tuple(parts))


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


def literal_families(found: Type) -> Iterator[str]:
    """Which of `bool` and the enums this type has literals of."""
    if found.kind == "literal":
        if found.name:
            yield found.name
        elif any(isinstance(value, bool) for value in found.values):
            yield "bool"
    for item in found.args:
        yield from literal_families(item)


def widen(found: Type, declared: frozenset[str]) -> Type:
    """Undo narrowing: `Literal[True]` after `if flag:` is the `bool` that the program wrote.

    mypy narrows a bool or an enum to a literal where its value is known, and lets that flow into what is
    computed from it. Families in `declared` stay, because the program itself wrote such a literal type.
    """
    if found.kind == "literal":
        return _widen_literal(found, declared)
    if not found.args:
        return found
    args = tuple(widen(item, declared) for item in found.args)
    if args == found.args:
        return found
    return union(args) if found.kind == "union" else Type(found.kind, found.name, args)


def _widen_literal(found: Type, declared: frozenset[str]) -> Type:
    if found.name:
        return found if found.name in declared else Type("enum", found.name)
    if "bool" in declared or not any(isinstance(value, bool) for value in found.values):
        return found
    rest = tuple(value for value in found.values if not isinstance(value, bool))
    kept = (Type("literal", values=rest),) if rest else ()
    return union((*kept, Type("scalar", "bool")))
