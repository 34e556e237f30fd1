"""Random types, random values: what is encoded is decoded, and damage is an error or a value of the type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from codec_module import (
    FLOAT,
    INT,
    NONE,
    STR,
    WORKER,
    CodecModule,
    T,
    cls,
    collection,
    dict_of,
    list_of,
    literal,
    optional,
    scalar,
    tuple_of,
    union,
)
from hypothesis import given, note, settings
from hypothesis import strategies as st
from motet.codec import DecodeError
from motet.members import MemberId
from motet.packing import round_trip
from motetc.ir.types import ClassDecl, Field, Type

Classes = dict[str, ClassDecl]

COLOUR = Type("enum", "shop.Colour")
USER = Type("newtype", "shop.User", (INT,))
NEW = {"User": INT, "Name": STR, "Weight": FLOAT, "Day": scalar("datetime.date"), "Deep": USER}
NEW_TYPES = [Type("newtype", f"shop.{name}", (base,)) for name, base in NEW.items()]
MEMBER = Type("member", args=(WORKER,))
FIXED = (
    ClassDecl("shop.Colour", "shop", "enum", members=("RED", "BLUE")),
    *(ClassDecl(f"shop.{name}", "shop", "newtype", target=base) for name, base in NEW.items()),
)
STAND_FOR = {"int": (int, bool), "float": (float, int, bool)}
SCALARS: dict[str, tuple[type, st.SearchStrategy[Any]]] = {
    "None": (type(None), st.none()),
    "bool": (bool, st.booleans()),
    "int": (int, st.integers() | st.booleans()),
    "float": (float, st.floats(allow_nan=False) | st.integers() | st.booleans()),
    "str": (str, st.text(max_size=5)),
    "bytes": (bytes, st.binary(max_size=20)),
    "datetime.date": (date, st.dates()),
    "datetime.time": (time, st.builds(time.replace, st.times(), fold=st.integers(0, 1))),
    "datetime.datetime": (
        datetime,
        st.datetimes(
            timezones=st.none()
            | st.integers(-1439, 1439).map(lambda n: timezone(timedelta(minutes=n)))
            | st.timezone_keys().flatmap(lambda key: st.timezones())
        ),
    ),
    "datetime.timedelta": (timedelta, st.timedeltas()),
    "decimal.Decimal": (Decimal, st.decimals(allow_nan=False)),
    "uuid.UUID": (UUID, st.uuids()),
}
BUILT: dict[str, type] = {
    **{kind.__name__: kind for kind in (list, set, frozenset, dict)},
    "Sequence": list,
    "Set": frozenset,
    "Mapping": dict,
}
LEAVES = st.sampled_from(
    [
        *map(scalar, SCALARS),
        *(INT, STR, FLOAT, COLOUR, *NEW_TYPES, MEMBER),
        *(
            literal("a", "b"),
            literal(1, True, "c"),
            literal(True),
            Type("literal", "shop.Colour", values=("RED",)),
        ),
    ]
)
HASHABLE = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: tuple_of(*items))
        | inner.map(lambda item: Type("vartuple", args=(item,)))
        | inner.map(lambda item: collection("frozenset", item))
    ),
    max_leaves=3,
)


def containers(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    """One more layer around types."""
    return st.one_of(
        inner.map(list_of),
        inner.map(lambda t: Type("vartuple", args=(t,))),
        st.lists(inner, max_size=3).map(lambda items: tuple_of(*items)),
        HASHABLE.map(lambda t: collection("set", t)),
        HASHABLE.map(lambda t: collection("collections.abc.Set", t)),
        inner.map(lambda t: collection("collections.abc.Sequence", t)),
        st.builds(partial(collection, "collections.abc.Mapping"), HASHABLE, inner),
        st.builds(dict_of, HASHABLE | st.just(STR), inner),
        inner.map(lambda t: t if t == NONE else _flat(t, NONE)),
        st.lists(inner, min_size=2, max_size=4).map(lambda ts: _flat(*ts)),
    )


def _flat(*members: Type) -> Type:
    flat = [part for m in members for part in (m.args if m.kind == "union" else (m,))]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else union(*unique)


@st.composite
def programs(draw: Callable[..., Any]) -> tuple[Classes, Type]:
    """A few classes, and a type over them."""
    classes: Classes = {decl.name: decl for decl in FIXED}
    leaves = [LEAVES]
    for index in range(draw(st.integers(0, 3))):
        name = f"C{index}"
        kind = draw(st.sampled_from(["dataclass", "dataclass", "namedtuple", "typeddict"]))
        generic = kind == "dataclass" and draw(st.booleans())
        if kind == "dataclass":
            own = cls(name, T) if generic else cls(name)
            leaves.append(st.sampled_from([optional(own), list_of(own)]))
        inside = st.recursive(
            st.one_of(*leaves, st.just(T)) if generic else st.one_of(*leaves),
            containers,
            max_leaves=4,
        )
        if kind == "dataclass":
            leaves.pop()
        # mypy takes no dict for an instance of a TypedDict without keys
        types = draw(st.lists(inside, min_size=kind == "typeddict", max_size=4))
        found = tuple(
            Field(
                f"f{i}",
                t,
                required=kind != "typeddict" or draw(st.booleans()),
                kw_only=kind == "dataclass" and draw(st.booleans()),
            )
            for i, t in enumerate(types)
        )
        params = ("T",) if generic else ()
        classes[f"shop.{name}"] = ClassDecl(
            f"shop.{name}", "shop", kind, found, params, frozen=draw(st.booleans())
        )
        leaves.append(
            st.just(cls(name)) if not generic else LEAVES.map(lambda t, n=name: cls(n, t))
        )
    return classes, draw(st.recursive(st.one_of(*leaves), containers, max_leaves=5))


@dataclass
class World:
    """Values of types, and whether values are of types: the reference that codecs are held to."""

    classes: Classes
    module: Any

    def fields(self, t: Type) -> Iterator[tuple[Field, Type]]:
        decl = self.classes[t.name]
        env = dict(zip(decl.params, t.args, strict=True))
        for f in decl.fields:
            yield f, _bound(f.type, env)

    def cls(self, t: Type) -> Any:
        return getattr(self.module, t.name.removeprefix("shop."))

    def values(self, t: Type, depth: int = 0) -> st.SearchStrategy[Any]:
        size = 2 if depth < 4 else 0

        def inner(arg: Type) -> st.SearchStrategy[Any]:
            return st.deferred(lambda: self.values(arg, depth + 1))

        match t.kind:
            case "scalar":
                return SCALARS[t.name][1]
            case "newtype":
                return self.values(t.args[0], depth)
            case "member":
                return st.integers(0, 9).map(MemberId)
            case "enum":
                return st.sampled_from([*self.cls(t)])
            case "literal":
                return st.sampled_from([self.cls(t)[v] if t.name else v for v in t.values])
            case "tuple":
                return st.tuples(*map(inner, t.args))
            case "vartuple":
                return st.lists(inner(t.args[0]), max_size=size).map(tuple)
            case "union":
                members = [m for m in t.args if depth < 4 or m.kind != "class"]
                return st.one_of(*map(inner, members or t.args))
            case "class":
                return self.instances(t, inner)
        items = st.lists(st.tuples(*map(inner, t.args)), max_size=size)
        build = BUILT[t.name.rpartition(".")[2]]
        if build is dict:
            return items.map(dict)
        return items.map(lambda rows: build(row[0] for row in rows))

    def instances(
        self, t: Type, inner: Callable[[Type], st.SearchStrategy[Any]]
    ) -> st.SearchStrategy[Any]:
        needed = {f.name: inner(tp) for f, tp in self.fields(t) if f.required}
        extra = {f.name: inner(tp) for f, tp in self.fields(t) if not f.required}
        found = st.fixed_dictionaries(needed, optional=extra)
        return found.map(lambda values: self.cls(t)(**values))

    def fits(self, t: Type, value: Any) -> bool:
        match t.kind:
            case "scalar":
                return type(value) in STAND_FOR.get(t.name, (SCALARS[t.name][0],))
            case "newtype":
                return self.fits(t.args[0], value)
            case "member":
                return type(value) is MemberId
            case "enum":
                return type(value) is self.cls(t)
            case "literal":
                allowed = [self.cls(t)[v] if t.name else v for v in t.values]
                return any(type(value) is type(v) and value == v for v in allowed)
            case "tuple":
                return (
                    type(value) is tuple
                    and len(value) == len(t.args)
                    and all(map(self.fits, t.args, value))
                )
            case "vartuple":
                return type(value) is tuple and all(self.fits(t.args[0], v) for v in value)
            case "union":
                return any(self.fits(m, value) for m in t.args)
            case "class":
                return self.is_instance(t, value)
        built = BUILT[t.name.rpartition(".")[2]]
        if built is dict:
            return type(value) is dict and all(
                self.fits(t.args[0], k) and self.fits(t.args[1], v) for k, v in value.items()
            )
        return type(value) is built and all(self.fits(t.args[0], v) for v in value)

    def is_instance(self, t: Type, value: Any) -> bool:
        if self.classes[t.name].kind == "typeddict":
            required = {f.name for f, _ in self.fields(t) if f.required}
            types = {f.name: tp for f, tp in self.fields(t)}
            return (
                type(value) is dict
                and required <= value.keys()
                and all(key in types and self.fits(types[key], item) for key, item in value.items())
            )
        return type(value) is self.cls(t) and all(
            self.fits(tp, getattr(value, f.name)) for f, tp in self.fields(t)
        )


def _bound(t: Type, env: dict[str, Type]) -> Type:
    if t.kind == "typevar":
        return env[t.name]
    args = tuple(_bound(arg, env) for arg in t.args)
    return _flat(*args) if t.kind == "union" else Type(t.kind, t.name, args, t.values)


def parts(value: Any) -> Any:
    """A value as nested tuples that say all but the order of dicts: types, zones, folds."""
    if isinstance(value, Enum):
        return value
    if hasattr(value, "__dataclass_fields__"):
        return type(value), [parts(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, dict):
        items = ((parts(k), parts(v)) for k, v in value.items())
        return dict, sorted(items, key=repr)  # a TypedDict arrives in its class's order
    if isinstance(value, list | tuple):
        return type(value), [parts(v) for v in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted((parts(v) for v in value), key=repr)
    return repr(value)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2) | st.binary(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)


@st.composite
def damaged(draw: Callable[..., Any], data: Any) -> Any:
    """The data with one part replaced, removed or added."""
    if isinstance(data, list) and data and draw(st.integers(0, 3)):
        index = draw(st.integers(0, len(data) - 1))
        action = draw(st.sampled_from(["inside", "inside", "inside", "drop", "add"]))
        if action == "drop":
            return data[:index] + data[index + 1 :]
        if action == "add":
            return [*data[:index], draw(JUNK), *data[index:]]
        return [*data[:index], draw(damaged(data[index])), *data[index + 1 :]]
    if isinstance(data, dict) and data and draw(st.integers(0, 3)):
        key = draw(st.sampled_from([*data]))
        return {**data, key: draw(damaged(data[key]))}
    return draw(JUNK)


@settings(max_examples=150, derandomize=True)
@given(st.data())
def test_random_types(data: st.DataObject) -> None:
    classes, t = data.draw(programs())
    built = CodecModule(classes.values(), {"x": t})
    note(built.text)
    assert built.codecs.check(t) is None
    world = World(classes, built.module)
    values = world.values(t)
    for _ in range(3):
        value = data.draw(values)
        assert world.fits(t, value)
        wire = built.encode("x", value)
        assert parts(built.decode("x", wire)) == parts(value)
        try:
            back = built.decode("x", round_trip(data.draw(damaged(wire))))
        except DecodeError:
            continue
        assert world.fits(t, back)
