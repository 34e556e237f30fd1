"""The one model of Python types that the compiler works with.

mypy answers in its own objects; the oracle turns each answer into a `Type`, which is small, hashable and can be
cached as JSON. Classes are named by full name; what is known of a class is in its `ClassDecl`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "scalar",  # name: int float bool str bytes None complex datetime.… decimal.Decimal uuid.UUID (full names)
    "literal",  # values, in source order; name: full name of the enum when the values are its members
    "enum",  # name
    "tuple",  # args: the items
    "vartuple",  # args: (item,)
    "collection",  # name: list set frozenset dict collections.abc.Mapping collections.abc.Sequence …; args
    "class",  # name: full name of a dataclass, NamedTuple, TypedDict or a class with a codec; args
    "newtype",  # name; args: (base,)
    "member",  # MemberId; args: (the location: kind "location" or "typevar")
    "location",  # name: a Process or Cluster subclass
    "union",  # args, in source order, flat
    "typevar",  # name as written; values: the types that it may stand for, if they are listed; args: of one that
    # stands for a location, what it is bound to
    "alias",  # a recursive alias, or what a type is `said` by; name: full name; args
    "any",  # name: why mypy says Any, if known
    "other",  # anything else: not serialisable; name: as mypy prints it; args: a function's result, its first parameter
    "given",  # what a type variable of a choreography stands for where it is called; name; args: that, by the arguments
]


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `text` of kind `other` is what mypy prints; everything else renders from its parts.

    `said`: the alias by which the program says it, of kind `alias`, or a union of such. What is said in two ways is one
    type.
    """

    kind: Kind
    name: str = ""
    args: tuple[Type, ...] = ()
    values: tuple[str | int | bool | bytes | None, ...] = ()
    said: Type | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """`Literal[1]` is not `Literal[True]`, though these values are equal."""
        if not isinstance(other, Type):
            return NotImplemented
        mine = (self.kind, self.name, self.args, self.values)
        same = mine == (other.kind, other.name, other.args, other.values)
        return same and (not self.values or [*map(type, self.values)] == [*map(type, other.values)])


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a payload class. `required` matters for TypedDicts, `default` for constructors."""

    name: str
    type: Type
    required: bool = True
    init: bool = True
    kw_only: bool = False  # of a dataclass: its constructor takes it by keyword only
    again: bool = False  # and may change it, so that it is set once more
    fixed: bool = False  # of a TypedDict: `ReadOnly`


@dataclass(frozen=True, slots=True)
class ClassDecl:
    """What the compiler knows of a class that a `Type` names."""

    name: str
    module: str
    kind: Literal[
        "dataclass",
        "namedtuple",
        "typeddict",
        "enum",
        "newtype",
        "location",
        "alias",
        "codec",
        "plain",
    ]
    fields: tuple[Field, ...] = ()
    params: tuple[str, ...] = ()
    limits: tuple[tuple[Type, ...], ...] = ()  # of each of these: its bound, or the types it may be
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # of an enum, in order
    frozen: bool = False
    post_init: bool = (
        False  # a dataclass whose `__post_init__`, or own `__init__`, may refuse its fields
    )
    sealed: bool = False  # one whose fields are not simply assigned
    target: Type | None = None  # of an alias or NewType
    line: int = 0
    ordered: bool = False  # it has `<` or `>`
    bare: bool = False  # a dataclass whose instances are made by nothing but the `__init__` that assigns its fields
    by_identity: bool = False  # a dataclass of which two instances are never equal
    stem: str = ""  # what its codec is called behind `encode_`, where that is not what it would be by itself


Declared = Callable[[str], ClassDecl | None]
"""How to ask for what is known of a class by its full name."""
