"""What the `value` of an enum is that a condition has narrowed to one member. Only imported when mypy runs.

mypy knows it of `Size.SMALL.value`, and takes it for `Any` after `if size is Size.SMALL`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy import nodes
from mypy.nodes import Expression
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, Instance, LiteralType, UnionType, get_proper_type
from mypy.types import Type as MypyType

_VALUES: Final = frozenset({"value", "_value_"})
_STANDARD: Final = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum"})
_WRAPPED: Final = frozenset({"enum.auto", "enum.member"})


def member_value(o: Expression, types: Mapping[Expression, MypyType]) -> MypyType | None:
    """The type of `member.value`, if mypy has none and knows which members it may be."""
    if not isinstance(o, nodes.MemberExpr) or o.name not in _VALUES:
        return None
    if not isinstance(get_proper_type(types.get(o)), AnyType):
        return None
    found = [_value_of(member) for member in _members(types.get(o.expr))]
    known = [value for value in found if value is not None]
    return make_simplified_union(known) if known and len(known) == len(found) else None


def _members(found: MypyType | None) -> Iterator[LiteralType | None]:
    """The members that a type consists of; None for anything else."""
    known = get_proper_type(found)
    for item in known.items if isinstance(known, UnionType) else [known]:
        part = get_proper_type(item)
        is_member = isinstance(part, LiteralType) and part.is_enum_literal()
        yield part if is_member and isinstance(part, LiteralType) else None


def _value_of(member: LiteralType | None) -> MypyType | None:
    if member is None or not isinstance(member.value, str):
        return None
    enum = member.fallback.type
    made = next((info for info in enum.mro if info.is_enum and "__new__" in info.names), None)
    if made is not None and made.fullname not in _STANDARD:
        return None  # it may set any value
    symbol = enum.names.get(member.value)
    found = get_proper_type(symbol.type) if symbol is not None else None
    if isinstance(found, Instance) and found.type.fullname in _WRAPPED:
        return None
    return found
