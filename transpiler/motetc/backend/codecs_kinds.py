"""Kinds of types that codecs treat alike.

Plain types need a test and no conversion: scalars that MessagePack knows, literals of text, unions of such; and lists
of such scalars, and dicts of them by text, which a function of the runtime tests. Rows are records and tuples whose
fields are all plain.
"""

from __future__ import annotations

from motetc.backend.codecs_shapes import COLLECTIONS, PLAIN, collection, scalar, str_keys
from motetc.ir.types import ClassDecl, Declared, Field, Type

NONE = Type("scalar", "None")
RECORDS = ("dataclass", "namedtuple")
PLAIN_COLLECTIONS = (COLLECTIONS["list"], COLLECTIONS["dict"])


def is_plain(t: Type) -> bool:
    """Whether a test, and no conversion, is all that a value needs."""
    return is_plain_collection(t) or is_small(t)


def is_plain_collection(t: Type) -> bool:
    """A list of scalars, or a dict of scalars whose keys are text."""
    if t.kind != "collection" or collection(t) not in PLAIN_COLLECTIONS:
        return False
    *keys, item = t.args
    return all(map(str_keys, keys)) and _is_bare(item)


def is_small(t: Type) -> bool:
    """Whether a value is plain and no collection."""
    match t.kind:
        case "scalar":
            return scalar(t) in PLAIN
        case "literal":
            return not t.name and all(type(value) is str for value in t.values)
        case "newtype":
            return is_small(t.args[0])
        case "union":
            rest = optional(t)
            if rest is not None and rest.kind == "newtype":
                return is_small(rest)
            return all(is_small(arg) and arg.kind != "newtype" for arg in t.args)
    return False


def row_of(t: Type, decls: Declared) -> tuple[Field, ...] | None:
    """The fields of each item, if this is a list or a tuple of rows, which travel as one array of all fields."""
    if t.kind != "vartuple" and not (
        t.kind == "collection" and collection(t) == COLLECTIONS["list"]
    ):
        return None
    (item,) = t.args
    fields: tuple[Field, ...] = ()
    if item.kind == "tuple":
        fields = tuple(Field(f"item{i}", part) for i, part in enumerate(item.args))
    elif item.kind == "class":
        decl = decls(item.name)
        if decl is not None and decl.kind in RECORDS and not decl.params:
            fields = decl.fields
    open_ = not all(_is_closed(f.type) for f in fields)  # as below
    return fields if open_ and all(is_plain(f.type) for f in fields) else None


def is_of_plain(t: Type) -> bool:
    """Whether this is a list, tuple or dict of plain types that the runtime does not test without a loop of ours."""
    if t.kind != "vartuple" and not (t.kind == "collection" and collection(t) in PLAIN_COLLECTIONS):
        return False
    if NONE in t.args or all(map(_is_closed, t.args)):
        return False  # mypy knows the outcome of the test, and takes what follows for unreachable
    *keys, item = t.args
    known = all(map(str_keys, keys)) and _is_bare(item)
    return all(map(is_plain, t.args)) and not known and not _has_choice(t)


def _is_bare(t: Type) -> bool:
    return t.kind == "scalar" and scalar(t) in PLAIN - {"None"}


def _is_closed(t: Type) -> bool:
    """Whether there are so few values that a test of the class leaves nothing to mypy: `bool` has no subclasses."""
    return all(map(_is_closed, t.args)) if t.kind == "union" else scalar(t) in ("None", "bool")


def _has_choice(t: Type) -> bool:
    """Whether literals are in a type: what is equal to one may be of another class."""
    return t.kind == "literal" or any(map(_has_choice, t.args))


def is_kept(decl: ClassDecl) -> bool:
    """Whether instances cannot be changed, and are made of all their fields in order and of nothing else."""
    in_order = all(f.init and not (f.kw_only or f.again) for f in decl.fields)
    return decl.frozen and in_order and bool(decl.fields) and not (decl.params or decl.post_init)


def is_assigned(decl: ClassDecl) -> bool:
    """Whether instances are made by assigning their fields, which is faster than a constructor that does just that."""
    return decl.bare and bool(decl.fields) and not decl.params


def is_looped(t: Type, decls: Declared) -> bool:
    """Whether a collection has functions of its own, with a loop."""
    return is_of_plain(t) or row_of(t, decls) is not None


def optional(t: Type) -> Type | None:
    """The `X` of an `X | None`, if it is one and X is no union itself."""
    rest = tuple(arg for arg in t.args if arg != NONE)
    return rest[0] if t.kind == "union" and len(rest) == 1 < len(t.args) else None
