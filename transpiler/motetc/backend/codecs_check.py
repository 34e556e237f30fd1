"""Whether a type can travel, and if not, which part of it cannot."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from motetc.backend.codecs_shapes import COLLECTIONS, SCALARS, scalar
from motetc.ir.generic_types import blurred, names_location
from motetc.ir.standard_data import instead_of
from motetc.ir.types import ClassDecl, Declared, Type
from motetc.ir.typetext import short

UNHASHABLE = ("list", "dict", "set", "Sequence", "MutableSequence", "Mapping", "MutableMapping")


@dataclass(slots=True)
class Checker:
    """Looks through a type for what cannot travel; every class once."""

    decls: Declared
    locations: Container[str] = ()
    seen: set[str] = field(default_factory=set)

    def reasons(self, t: Type, path: str, params: tuple[str, ...] = ()) -> Iterator[str]:
        """What cannot travel in `t`, each with its path; `params` are bound type variables."""
        owner = self._owner(t)
        if owner:
            why = f"`{t.name}` is defined in the location `{owner}`, whose body is in its modules only"
            yield _reason(path, f"{why}: move it to the top level")
            return
        match t.kind:
            case "scalar":
                if scalar(t) not in SCALARS:
                    yield _reason(path, f"`{t.name}` cannot travel{_instead(t)}")
            case "literal" | "enum":
                pass
            case "member":
                pass
            case "tuple" | "union":
                for i, arg in enumerate(t.args):
                    step = f"{path}[{i}]" if t.kind == "tuple" else path
                    yield from self.reasons(arg, step, params)
            case "vartuple":
                yield from self.reasons(t.args[0], f"{path}[]", params)
            case "collection":
                yield from self._collection(t, path, params)
            case "newtype":
                yield from self.reasons(t.args[0], path, params)
            case "class" | "alias":
                yield from self._declared(t, path, params)
            case "typevar" if t.name in params:
                pass
            case _:
                yield _reason(path, _why_not(t))

    def _owner(self, t: Type) -> str:
        """The location class that a class or an enum is defined in."""
        name = t.name if t.kind in ("class", "enum", "literal", "alias", "newtype") else ""
        while "." in name:
            name = name.rpartition(".")[0]
            if name in self.locations:
                return name.rpartition(".")[2]
        return ""

    def _collection(self, t: Type, path: str, params: tuple[str, ...]) -> Iterator[str]:
        kind = t.name.rpartition(".")[2]
        if kind not in COLLECTIONS:
            yield _reason(path, f"`{short(t)}` cannot travel{_instead(t)}")
            return
        if len(t.args) == 2:
            yield from self.reasons(t.args[0], f"{path}[key]", params)
        yield from self.reasons(t.args[-1], f"{path}[]", params)
        hashed = t.args[0] if len(t.args) == 2 else t.args[-1]
        arrives = COLLECTIONS[kind][0]
        if arrives != "list" and (bad := self._unhashable(hashed)) is not None:
            yield _reason(path, f"`{short(bad)}` cannot be in a {arrives}, it is not hashable")

    def _unhashable(self, t: Type) -> Type | None:
        if t.kind == "collection":
            return t if t.name.rpartition(".")[2] in UNHASHABLE else None
        if t.kind == "class":
            decl = self.decls(t.name)
            return t if decl is not None and decl.kind == "typeddict" else None
        inside = t.args if t.kind in ("tuple", "vartuple", "union", "newtype") else ()
        return next((bad for arg in inside if (bad := self._unhashable(arg)) is not None), None)

    def _declared(self, t: Type, path: str, params: tuple[str, ...]) -> Iterator[str]:
        decl = self.decls(t.name)
        if decl is None or decl.kind in ("plain", "location", "newtype"):
            if t.name not in self.seen:  # whatever it is made of
                yield _reason(path, f"`{t.name}` cannot travel{_advice(t, decl)}")
            self.seen.add(t.name)
            return
        for i, arg in enumerate(t.args):
            if not (names_location(arg) and _is_of_location(decl, i)):
                step = f"[{i}]" if len(t.args) > 1 else "[]"
                yield from self.reasons(arg, f"{path}{step}", params)
        if t.name in self.seen:
            return
        self.seen.add(t.name)
        if decl.kind == "codec" and decl.params:
            yield _reason(path, f"`{short(t)}` is generic and has a codec of its own")
        elif decl.target is not None and (unclear := blurred(decl.target)) is not None:
            why = f"mypy cannot tell what `{unclear.name}` stands for in `{short(decl.target)}`"
            yield _reason(path, f"{why}: write the alias without type parameters")
        elif decl.kind == "alias" and decl.target is not None:
            yield from self.reasons(decl.target, path or short(Type("alias", t.name)), decl.params)
        else:
            yield from self._fields(decl, path or decl.name.rpartition(".")[2])

    def _fields(self, decl: ClassDecl, path: str) -> Iterator[str]:
        for f in decl.fields:
            if f.name.startswith("__") and decl.kind == "dataclass":
                yield _reason(
                    f"{path}.{f.name}", "a name with two underscores is private to its class"
                )
            yield from self.reasons(f.type, f"{path}.{f.name}", decl.params)


def _is_of_location(decl: ClassDecl, index: int) -> bool:
    """Whether a parameter of a class only says of which location something in it is."""
    return bool(decl.limits) and any(map(names_location, decl.limits[index]))


def _reason(path: str, why: str) -> str:
    return f"{path}: {why}" if path else why


def _instead(t: Type) -> str:
    instead = instead_of(t)
    return f", `{instead.type}` can" if instead is not None else ""


def _advice(t: Type, decl: ClassDecl | None) -> str:
    if decl is not None and decl.kind == "location":
        return ": it is a location, send a value"
    return _instead(t) or ": make it a dataclass, or give it a codec (`motet.register_codec`)"


def _why_not(t: Type) -> str:
    match t.kind:
        case "any":
            because = f" ({t.name})" if t.name else ""
            return f"its type is `Any`{because}: give it a type"
        case "location":
            return f"`{short(t)}` is a location: send a value, not a location"
        case "typevar":
            return f"`{t.name}` is a type variable: only values of known types can travel"
        case "other" if t.name == "__init__":
            return "the class's own `__init__` asks for it, and it is no field, so the value cannot be built again"
        case "other" if t.name == "InitVar":
            return "an InitVar is not kept, so the value cannot be built again"
    return f"{_brief(t.name or t.kind)} cannot travel{_instead(t)}"


def _brief(text: str, limit: int = 60) -> str:
    """A type of some other kind, as mypy writes it, which may be long."""
    if text.startswith(("def ", "Overload(")):
        return "a function"
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"
