"""Expressions that encode or decode one value, given its type.

`Writer` writes for one function or a few that belong together: it asks the namer of the wire module for
names, and collects the helper functions that tuples, unions and literals need along the way.
`at` is the step that an error inside the expression is to carry in its path, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from motetc.backend.codecs_kinds import is_looped, optional
from motetc.backend.codecs_names import wire_name
from motetc.backend.codecs_shapes import SCALARS, collection, scalar, str_keys
from motetc.frontend.naming import free_name, parameter, snake
from motetc.ir.generic_types import names_location, typevars
from motetc.ir.types import Declared, Type
from motetc.ir.typetext import Name, literal_text, render_type

Way = Literal["encode", "decode"]
WAYS: tuple[Way, Way] = ("encode", "decode")


@dataclass(slots=True)
class Helpers:
    """The functions of one wire module that are not those of classes: all their stems, and which types they code."""

    stems: set[str] = field(default_factory=set)
    known: dict[Type, str] = field(default_factory=dict)


@dataclass
class Writer:
    """Writes expressions; `helpers` are the types that need a function here, with its stem.

    Type variables are written with `prefix`, so that generic codecs of one module do not share them.
    `others`: what there is in the module besides. `declared`: type variables that functions have to declare themselves,
    as they are to write it.
    """

    decls: Declared
    namer: Name
    hint: str
    prefix: str = ""
    helpers: dict[Type, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    others: Helpers = field(default_factory=Helpers)
    holder: str = ""  # what holds the codecs of type variables: `self.`, or nothing for parameters
    declared: Mapping[str, str] = field(default_factory=dict)

    def name(self, full: str) -> str:
        """What the module calls something; no local may hide it."""
        text = self.namer(full)
        self.used.add(text.partition(".")[0])
        return text

    def runtime(self, function: str) -> str:
        """A helper of `motet.codec`."""
        return self.name(f"motet.codec.{function}")

    def type(self, t: Type) -> str:
        """A type, where code runs."""
        return render_type(self._prefixed(t), self.name)

    def annotation(self, t: Type) -> str:
        """A type as an annotation says it: by its alias, if it has one here."""
        alias = self._alias if not typevars(t) else lambda _full: ""
        return render_type(self._prefixed(t), self.name, alias)

    def _alias(self, full: str) -> str:
        return self.namer(f"alias:{full}")

    def _prefixed(self, t: Type) -> Type:
        name = f"{self.prefix}{t.name}" if t.kind == "typevar" else t.name
        return replace(t, name=name, args=tuple(map(self._prefixed, t.args)))

    def convert(self, way: Way, t: Type, item: str, at: str = "") -> str:
        """An expression that encodes or decodes `item`, which is a name or an attribute."""
        match t.kind:
            case "collection" | "vartuple":
                return self._collection(way, t, item, at)
            case "newtype":
                inner = self.convert(way, t.args[0], item, at)
                return inner if way == "encode" else f"{self.type(t)}({inner})"
            case "union" if (some := optional(t)) is not None:
                return f"None if {item} is None else {self._among(way, some, item, at)}"
        if at:
            function = self._told(way, t)
            return f"{self.runtime('within')}({literal_text(at)}, {function}, {item})"
        return self._call(way, t, item)

    def _among(self, way: Way, t: Type, item: str, at: str) -> str:
        """A value beside None."""
        if at or t.kind != "class" or not is_told(t):
            return self.convert(way, t, item, at)
        return self.helped(way, t, item)

    def _told(self, way: Way, t: Type) -> str:
        """The function that codes values of a type: one of its own, whose result says the type, where mypy would not
        see it when it decodes."""
        if t.kind != "class" or not is_told(t):
            return self.function(way, t)
        if typevars(t):
            return f"lambda item: {self.helped(way, t, 'item')}"
        return f"_{way}_{self.helper(t)}"

    def helped(self, way: Way, t: Type, item: str) -> str:
        """A call of the function that this module has for a type."""
        codecs = [self.function(way, v) for v in typevars(t)]
        return f"_{way}_{self.helper(t)}({', '.join([item, *codecs])})"

    def function(self, way: Way, t: Type) -> str:
        """An expression for the function that encodes or decodes values of a type."""
        if t.kind == "newtype" and way == "encode":
            return self.function(way, t.args[0])
        simple = self.simple(way, t)
        return simple or f"lambda item: {self.convert(way, t, 'item')}"

    def _call(self, way: Way, t: Type, item: str) -> str:
        function = self.simple(way, t)
        if function is not None:
            return f"{function}({item})"
        codecs = ", ".join(self.function(way, arg) for arg in self.codec_args(t))
        return f"{self._named(way, t)}({item}, {codecs})"

    def simple(self, way: Way, t: Type) -> str | None:
        """A function that is there by name, taking the value alone; None if there is none."""
        match t.kind:
            case "scalar":
                return self.runtime(f"{way}_{SCALARS[scalar(t)][0]}")
            case "member":
                return self.runtime(f"{way}_member_id")
            case "collection" | "vartuple" if is_looped(t, self.decls):
                return f"_{way}_{self.helper(t)}"
            case "typevar":
                return f"{self.holder}{parameter(way, t.name)}"
            case "enum" | "literal":
                return self._named(way, t)
            case "class" | "alias" | "tuple" | "union" if not self.codec_args(t):
                if t.kind == "union" and optional(t) is not None:
                    return None
                return self._named(way, t)
        return None

    def codec_args(self, t: Type) -> tuple[Type, ...]:
        """The types whose codecs the codec of `t` takes as further arguments."""
        if t.kind not in ("class", "alias"):
            return tuple(typevars(t))
        return tuple(arg for arg in t.args if not names_location(arg))

    def _named(self, way: Way, t: Type) -> str:
        if t.kind in ("tuple", "union", "literal"):
            return f"_{way}_{self.helper(t)}"
        decl = self.decls(t.name)
        if decl is None:
            raise KeyError(f"no declaration of {t.name}")
        return self.name(wire_name(way, decl))

    def helper(self, t: Type) -> str:
        """The stem of the functions that a structural type needs; they will be written, unless the module has them."""
        known = self.helpers.get(t) or self.others.known.get(t)
        if known is None:
            known = self.helpers[t] = self.stem(called(t) or self.hint)
            if not typevars(t):
                self.others.known[t] = known
        return known

    def stem(self, hint: str) -> str:
        """A stem that no other function of the module has."""
        stem = free_name(hint, self.others.stems.__contains__)
        self.others.stems.add(stem)
        return stem

    def _collection(self, way: Way, t: Type, item: str, at: str) -> str:
        stem, wrapper = ("tuple", "") if t.kind == "vartuple" else collection(t)
        quoted = literal_text(at) if at else ""
        more = f", {quoted}" if at else ""
        if wrapper and way == "encode":
            item = f"{self.runtime(wrapper)}({item}{more})"
        plain = replace(t, name=stem) if wrapper else t
        if is_looped(plain, self.decls):
            return f"{self.simple(way, plain)}({item}{more})"
        return self.of_items(way, t, item, quoted)

    def of_items(self, way: Way, t: Type, item: str, at: str) -> str:
        """A call of the runtime that codes a collection item by item; `at` is an expression, or nothing."""
        stem = "tuple" if t.kind == "vartuple" else collection(t)[0]
        codecs = [self.function(way, arg) for arg in t.args]
        if stem == "dict":
            if str_keys(t.args[0]):
                del codecs[0]
            else:
                stem = "pairs"
        return (
            f"{self.runtime(f'{way}_{stem}')}({', '.join([item, *codecs, *([at] if at else [])])})"
        )

    def choice(self, way: Way, t: Type, item: str) -> str:
        """One of a few literals; members of an enum are encoded as members after all."""
        allowed = self.allowed(t)
        if not t.name:
            return f"{self.runtime(f'{way}_literal')}({item}, {allowed})"
        enum = self._named(way, Type("enum", t.name))
        if way == "encode":
            return f"{enum}({self.runtime('encode_literal')}({item}, {allowed}))"
        return f"{self.runtime('decode_literal')}({enum}({item}), {allowed})"

    def allowed(self, t: Type) -> str:
        """The values of a Literal, as a tuple."""
        prefix = f"{self.name(t.name)}." if t.name else ""
        texts = [f"{prefix}{v!s}" if t.name else literal_text(v) for v in t.values]
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def called(t: Type) -> str:
    """What the functions for a type are called after: the alias by which it is said; "" if there is none."""
    plain = t.said is not None and t.said.kind == "alias" and not t.said.args
    return snake(t.said.name.rpartition(".")[2]) if t.said is not None and plain else ""


def has_members(t: Type) -> bool:
    """Whether member ids are part of a type, or what says of which location they are."""
    return t.kind == "member" or names_location(t) or any(map(has_members, t.args))


def is_told(t: Type) -> bool:
    """Whether a type has arguments that a decoder's own do not tell: whose ids, or that a list is a Sequence."""
    return has_members(t) or any(_is_abstract(arg) or is_told(arg) for arg in t.args)


def _is_abstract(t: Type) -> bool:
    return t.kind == "collection" and collection(t)[1] != ""
