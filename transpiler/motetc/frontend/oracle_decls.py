"""Class declarations, from mypy's `TypeInfo`. Only imported when mypy runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import CallExpr, NameExpr, SymbolNode, TypeAlias, TypeInfo, Var
from mypy.types import Instance, TypeVarLikeType, TypeVarType, get_proper_type
from mypy.types import Type as MypyType
from mypy.typevars import fill_typevars

from motetc.frontend.oracle_convert import Converter
from motetc.frontend.oracle_making import as_made, has_own_init, is_sealed
from motetc.ir.types import ClassDecl, Field, Type

_ClassKind = Literal["dataclass", "namedtuple", "typeddict", "enum", "newtype", "location", "plain"]


def declare(info: TypeInfo, to: Converter) -> ClassDecl:
    """All that a payload class, a location or any other class is known by."""
    kind = _kind(info, to)
    fields = [*_fields(info, kind, to)]
    return ClassDecl(
        name=to.name(info),
        module=info.module_name,
        kind=kind,
        fields=tuple(as_made(info, fields) if kind == "dataclass" else fields),
        params=tuple(variable.name for variable in info.defn.type_vars),
        limits=_limits(info.defn.type_vars, to),
        bases=tuple(to.name(base.type) for base in info.bases if not _is_object(base)),
        members=tuple(info.enum_members) if kind == "enum" else (),
        frozen=kind == "namedtuple" or (kind == "dataclass" and bool(_dataclass(info)["frozen"])),
        post_init=kind == "dataclass"
        and (info.get("__post_init__") is not None or has_own_init(info)),
        sealed=kind == "dataclass" and is_sealed(info),
        target=to.newtype_base(info) if kind == "newtype" else None,
        line=max(info.line, info.defn.line, 0),
        ordered=info.get("__lt__") is not None or info.get("__gt__") is not None,
        bare=kind == "dataclass" and _is_bare(info),
        by_identity=kind == "dataclass" and _is_by_identity(info),
    )


def declare_alias(alias: TypeAlias, to: Converter) -> ClassDecl:
    """A recursive alias: its target, once unfolded, in terms of its parameters."""
    return ClassDecl(
        name=alias.fullname,
        module=alias.module,
        kind="alias",
        params=tuple(variable.name for variable in alias.alias_tvars),
        limits=_limits(alias.alias_tvars, to),
        target=to.convert(alias.target),
        line=max(alias.line, 0),
    )


def _limits(variables: Sequence[TypeVarLikeType], to: Converter) -> tuple[tuple[Type, ...], ...]:
    """What each variable is limited to; nothing at all if none is."""
    found = tuple(tuple(map(to.convert, _limit(variable))) for variable in variables)
    return found if any(found) else ()


def _limit(variable: TypeVarLikeType) -> list[MypyType]:
    if not isinstance(variable, TypeVarType) or variable.values:
        return variable.values if isinstance(variable, TypeVarType) else []
    bound = get_proper_type(variable.upper_bound)
    return [] if isinstance(bound, Instance) and _is_object(bound) else [variable.upper_bound]


def _is_object(base: Instance) -> bool:
    return base.type.fullname == "builtins.object"


def _kind(info: TypeInfo, to: Converter) -> _ClassKind:
    if info.is_enum:
        return "enum"
    if info.is_newtype:
        return "newtype"
    if info.is_named_tuple:
        return "namedtuple"
    if info.typeddict_type is not None:
        return "typeddict"
    if to.is_location(info):
        return "location"
    return "dataclass" if _is_dataclass(info) else "plain"


def _is_dataclass(info: TypeInfo) -> bool:
    """A real one: mypy also marks what a `dataclass_transform` makes, which has no Field objects."""
    mark = info.names.get("__dataclass_fields__")
    if "dataclass" not in info.metadata or mark is None or not isinstance(mark.node, Var):
        return False
    table = get_proper_type(mark.node.type) if mark.node.type is not None else None
    if not isinstance(table, Instance) or len(table.args) != 2:
        return False
    entry = get_proper_type(table.args[1])
    return isinstance(entry, Instance) and entry.type.fullname == "dataclasses.Field"


def _dataclass(info: TypeInfo) -> dict[str, Any]:
    found: dict[str, Any] = info.metadata["dataclass"]
    return found


def _is_bare(info: TypeInfo) -> bool:
    """Whether to make an instance is to assign its fields; its module's tree must be fresh, for the decorators."""
    own, mark = info.names.get("__init__"), _dataclass(info)
    return (
        len(info.defn.decorators) == 1
        and all(map(_is_object, info.bases))
        and info.metaclass_type is None
        and own is not None
        and own.plugin_generated
        and not ({"__new__", "__post_init__", "__setattr__"} & info.names.keys() or mark["frozen"])
        and all(_is_assigned(info, attribute) for attribute in mark["attributes"])
    )


def _is_by_identity(info: TypeInfo) -> bool:
    """Whether two instances are never equal: its decorator says `eq=False`, and no class defines `==`."""
    decorators = [d for d in info.defn.decorators if isinstance(d, CallExpr)]
    said = [
        value.fullname
        for decorator in decorators
        for name, value in zip(decorator.arg_names, decorator.args, strict=True)
        if name == "eq" and isinstance(value, NameExpr)
    ]
    defined = any("__eq__" in kind.names for kind in info.mro[:-1])
    return said == ["builtins.False"] and not defined and all(map(_is_object, info.bases))


def _is_assigned(info: TypeInfo, attribute: dict[str, Any]) -> bool:
    """Whether the constructor takes the field and keeps it, and anybody may set it later."""
    symbol = info.names.get(attribute["name"])
    var = symbol.node if symbol is not None else None
    plain = isinstance(var, Var) and not var.is_final and not var.is_property
    return plain and attribute["is_in_init"] and not attribute["is_init_var"]


def _fields(info: TypeInfo, kind: _ClassKind, to: Converter) -> Iterator[Field]:
    if kind == "dataclass":
        for attribute in _dataclass(info)["attributes"]:
            if not _is_marker(info, attribute["name"]):
                yield _dataclass_field(info, attribute, to)
    elif kind == "namedtuple" and info.tuple_type is not None:
        names = info.metadata.get("namedtuple", {}).get("fields", ())
        for name, item in zip(names, info.tuple_type.items, strict=False):
            yield Field(name, to.convert(item))
    elif kind == "typeddict" and info.typeddict_type is not None:
        keys = info.typeddict_type
        for name, item in keys.items.items():
            required, fixed = name in keys.required_keys, name in keys.readonly_keys
            yield Field(name, to.convert(item), required=required, fixed=fixed)


def _is_marker(info: TypeInfo, name: str) -> bool:
    """`_: KW_ONLY` says something of the fields after it, and is none."""
    found = _attribute_type(info, name)
    kind = get_proper_type(found) if found is not None else None
    return isinstance(kind, Instance) and kind.type.fullname == "dataclasses.KW_ONLY"


def _dataclass_field(info: TypeInfo, attribute: dict[str, Any], to: Converter) -> Field:
    name: str = attribute["name"]
    if attribute["is_init_var"]:
        return Field(name, Type("other", "InitVar"))
    found = _attribute_type(info, name)
    kind = to.convert(found) if found is not None else Type("any", "unannotated")
    return Field(name, kind, init=attribute["is_in_init"], kw_only=attribute["kw_only"])


def _attribute_type(info: TypeInfo, name: str) -> MypyType | None:
    """The type of an attribute in terms of this class's own parameters, inherited or not."""
    for base in info.mro:
        symbol = base.names.get(name)
        if symbol is not None:
            found = _node_type(symbol.node)
            itself = fill_typevars(info)
            start = itself if isinstance(itself, Instance) else itself.partial_fallback
            inside = map_instance_to_supertype(start, base)
            return None if found is None else expand_type_by_instance(found, inside)
    return None


def _node_type(node: SymbolNode | None) -> MypyType | None:
    return node.type if isinstance(node, Var) else None
