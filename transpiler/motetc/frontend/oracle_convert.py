"""mypy's types to ours. Only imported when mypy runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from mypy.nodes import MypyFile, TypeAlias, TypeInfo
from mypy.subtypes import is_same_type
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    TypeAliasType,
    TypedDictType,
    TypeOfAny,
    TypeVarType,
    UnionType,
    UnpackType,
    get_proper_type,
)
from mypy.types import Type as MypyType

from motetc.frontend.oracle_unions import said_union
from motetc.ir.types import Type

_NONE: Final = Type("scalar", "None")
_SCALARS: Final = {
    **{
        f"builtins.{name}": Type("scalar", name)
        for name in ("int", "float", "bool", "str", "bytes", "complex")
    },
    **{
        name: Type("scalar", name)
        for name in (
            "datetime.datetime",
            "datetime.date",
            "datetime.time",
            "datetime.timedelta",
            "decimal.Decimal",
            "uuid.UUID",
        )
    },
}
_ABSTRACT: Final = ("Mapping", "MutableMapping", "Sequence", "MutableSequence", "MutableSet")
_COLLECTIONS: Final = {
    **{f"builtins.{name}": name for name in ("list", "set", "frozenset", "dict")},
    **{f"typing.{name}": f"collections.abc.{name}" for name in (*_ABSTRACT, "Collection")},
    "typing.AbstractSet": "collections.abc.Set",
    **{
        f"collections.{name}": f"collections.{name}"
        for name in ("deque", "defaultdict", "OrderedDict", "Counter")
    },
}
# Protocols of the standard library: nothing of them can travel, mypy's own text says it best.
_INTERFACES: Final = ("typing.", "collections.abc.", "types.", "asyncio.")
_WHY_ANY: Final = {
    TypeOfAny.unannotated: "unannotated",
    TypeOfAny.explicit: "explicit",
    TypeOfAny.from_unimported_type: "missing import",
    TypeOfAny.from_omitted_generics: "omitted type arguments",
    TypeOfAny.from_error: "error",
}
LOCATIONS: Final = ("motet.Process", "motet.Cluster")


class Converter:
    """Converts types and remembers the classes and recursive aliases that they name."""

    def __init__(self, modules: Mapping[str, MypyFile]) -> None:
        self._exporting = [modules[x] for x in ("motet", "motet.std") if x in modules]
        self._names: dict[str, str] = {}
        self._plain: dict[TypeInfo, Type] = {}  # of classes without parameters
        self._by_kind: dict[type[MypyType], Callable[[Any], Type]] = {
            NoneType: lambda _found: _NONE,
            UnionType: lambda found: said_union(self._all(found.items)),
            TupleType: self._tuple,
            LiteralType: _literal,
            TypedDictType: self._typed_dict,
            AnyType: lambda found: Type("any", why_any(found)),
            TypeVarType: self._type_variable,
            CallableType: self._function,
            Overloaded: self._overloaded,
        }
        self._typed_dicts: list[TypedDictType] = []
        self.unnamed = False  # a TypedDict came that has no name, and of which none was seen
        self.classes: dict[str, TypeInfo] = {}
        self.aliases: dict[str, TypeAlias] = {}

    def convert(self, given: MypyType) -> Type:
        """One type; see `motetc.ir.types`."""
        if isinstance(given, TypeAliasType) and given.alias is not None:
            alias = given.alias
            if given.is_recursive and not _is_class(alias):
                return self._alias(alias, given.args)
            if not _is_class(alias):
                said = Type("alias", alias.fullname, self._all(given.args))
                return replace(self._convert(given), said=said)
        return self._convert(given)

    def _convert(self, given: MypyType) -> Type:
        found = get_proper_type(given)
        if isinstance(found, Instance):
            return self._instance(found)
        how = self._by_kind.get(type(found))
        return how(found) if how is not None else Type("other", str(found))

    def name(self, info: TypeInfo) -> str:
        """The full name; the public one for what `motet` exports, wherever it is defined."""
        known = self._names.get(info.fullname)
        if known is None:
            known = self._names[info.fullname] = self._public_name(info)
        return known

    def is_location(self, info: TypeInfo) -> bool:
        """Is this `Process`, `Cluster` or a subclass?"""
        return any(self.name(base) in LOCATIONS for base in info.mro)

    def _public_name(self, info: TypeInfo) -> str:
        for package in self._exporting if info.module_name.startswith("motet.") else ():
            exported = package.names.get(info.name)
            if exported is not None and exported.node is info:
                return f"{package.fullname}.{info.name}"
        return info.fullname

    def _all(self, items: Iterable[MypyType]) -> tuple[Type, ...]:
        return tuple(self.convert(item) for item in items)

    def _alias(self, alias: TypeAlias, args: Iterable[MypyType]) -> Type:
        self.aliases.setdefault(alias.fullname, alias)
        return Type("alias", alias.fullname, self._all(args))

    def _instance(self, found: Instance) -> Type:
        if found.args:
            return self._instance_of(found)
        known = self._plain.get(found.type)
        if known is None:
            known = self._plain[found.type] = self._instance_of(found)
        return known

    def _instance_of(self, found: Instance) -> Type:
        info = found.type
        full = info.fullname
        if full in _SCALARS:
            return _SCALARS[full]
        if full in _COLLECTIONS:
            return Type("collection", _COLLECTIONS[full], self._all(found.args))
        if (info.is_protocol and full.startswith(_INTERFACES)) or full in _NOT_DATA:
            return Type("other", str(found))
        args = self._all(found.args)
        if full == "builtins.tuple":
            return Type("vartuple", args=args)
        return self._named(info, args)

    def _named(self, info: TypeInfo, args: tuple[Type, ...]) -> Type:
        name = self.name(info)
        if name == "motet.MemberId":
            return Type("member", args=args)
        self.classes.setdefault(name, info)
        if info.is_enum:
            return Type("enum", name)
        if info.is_newtype:
            return Type("newtype", name, (self.newtype_base(info),))
        return Type("location" if self.is_location(info) else "class", name, args)

    def newtype_base(self, info: TypeInfo) -> Type:
        """What a NewType is made of."""
        return self.convert(info.tuple_type or info.bases[0])

    def _tuple(self, found: TupleType) -> Type:
        fallback = found.partial_fallback
        if fallback.type.fullname != "builtins.tuple":
            return self._named(fallback.type, self._all(fallback.args))
        if any(isinstance(item, UnpackType) for item in found.items):
            return Type("other", str(found))
        return Type("tuple", args=self._all(found.items))

    def _typed_dict(self, found: TypedDictType) -> Type:
        """mypy forgets whose items these are where it joins types: one that was seen has the same."""
        if found.is_anonymous():
            alike = next((t for t in self._typed_dicts if _has_same_items(t, found)), None)
            self.unnamed |= alike is None
            return self._typed_dict(alike) if alike is not None else Type("other", str(found))
        if not any(t is found for t in self._typed_dicts):
            self._typed_dicts.append(found)
        return self._named(found.fallback.type, self._all(found.fallback.args))

    def _function(self, found: CallableType) -> Type:
        return Type("other", str(found), self._all((found.ret_type, *found.arg_types[:1])))

    def _overloaded(self, found: Overloaded) -> Type:
        results = {item.ret_type for item in found.items}
        return Type("other", str(found), self._all(results) if len(results) == 1 else ())

    def _type_variable(self, found: TypeVarType) -> Type:
        if found.id.is_self():
            return self.convert(found.upper_bound)
        several = tuple(str(item) for item in found.values)
        bound = get_proper_type(found.upper_bound)
        located = isinstance(bound, Instance) and self.is_location(bound.type)
        args = (self.convert(bound),) if located else ()
        return Type("typevar", found.name, args, several)


_NOT_DATA: Final = (
    "typing.Coroutine",
    "typing.Awaitable",
    "typing.Generator",
    "typing.AsyncGenerator",
    "types.CoroutineType",
    "types.ModuleType",
    "builtins.function",
    "builtins.type",
)


def _has_same_items(one: TypedDictType, other: TypedDictType) -> bool:
    """Whether two TypedDicts are the same to mypy, but for their names."""
    keys = one.required_keys, one.readonly_keys
    if keys != (other.required_keys, other.readonly_keys) or one.items.keys() != other.items.keys():
        return False
    return all(is_same_type(one.items[key], other.items[key]) for key in one.items)


def _is_class(alias: TypeAlias) -> bool:
    """mypy makes an alias of every NamedTuple and TypedDict, too."""
    target = alias.target
    if isinstance(target, TypedDictType):
        return target.fallback.type.fullname == alias.fullname
    return isinstance(target, TupleType) and (
        target.partial_fallback.type.fullname == alias.fullname
    )


def why_any(found: AnyType) -> str:
    """mypy's reason for an Any, in words; empty when it has none."""
    while found.source_any is not None and found.source_any is not found:
        found = found.source_any
    why = _WHY_ANY.get(found.type_of_any, "")
    name = found.missing_import_name
    return f"{why} {name}" if name and why == "missing import" else why


def _literal(found: LiteralType) -> Type:
    info, value = found.fallback.type, found.value
    if not isinstance(value, (int, str)):  # a float or sentinel: mypy's own business
        return Type("other", str(found))
    if info.is_enum:
        return Type("literal", info.fullname, values=(value,))
    if info.fullname == "builtins.bytes" and isinstance(value, str):
        return Type("literal", values=(_bytes(value),))
    return Type("literal", values=(value,))


def _bytes(shown: str) -> bytes:
    """mypy keeps `repr(b)[2:-1]`; put back the quotes that `repr` had chosen."""
    quote = '"' if "'" in shown and '"' not in shown else "'"
    value = ast.literal_eval(f"b{quote}{shown}{quote}")
    assert isinstance(value, bytes)
    return value
