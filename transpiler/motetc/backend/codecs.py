"""Codecs of payload types, as readable Python for the wire modules.

`Codecs` answers four questions about a type: can it travel (`check`), which classes need codec functions
(`needed`), how do those read (`class_codecs`), and which functions does a channel of the type name
(`structural`, `channel`). Everything is positional: an instance is the array of its fields. Names are asked
of the module being written: `name("motet.codec.decode_str")`, `name("wire:shop.decode_quote")`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace

from motetc.backend.codecs_batches import column_functions, packed, record_of
from motetc.backend.codecs_check import Checker
from motetc.backend.codecs_classes import class_functions, helper_functions, structural_functions
from motetc.backend.codecs_exprs import Helpers, Writer, called
from motetc.backend.codecs_kinds import is_looped
from motetc.backend.codecs_names import limit_text, qualname, stem
from motetc.ir.generic_types import typevars
from motetc.ir.types import ClassDecl, Declared, Type
from motetc.ir.typetext import Name, literal_text


class Codecs:
    """The codecs of a program, whose classes `decl` knows.

    `registered` are the classes that the program gives to `register_codec`: whatever else they are,
    they travel by that codec.
    """

    def __init__(
        self, decl: Declared, registered: Container[str] = (), locations: Container[str] = ()
    ) -> None:
        self._known = decl
        self._registered = registered
        self._locations = locations
        self._stems: dict[str, str] = {}

    def name_class(self, full: str, name: Callable[[ClassDecl, str], str]) -> None:
        """Settle what the codec of a class is called: `name` is given its usual name."""
        decl = self._decl(full)
        if decl is not None:
            self._stems[full] = name(decl, stem(decl))

    def _decl(self, full: str) -> ClassDecl | None:
        decl = self._known(full)
        if decl is not None and full in self._stems:
            decl = replace(decl, stem=self._stems[full])
        if decl is None or full not in self._registered:
            return decl
        return replace(decl, kind="codec", fields=(), target=None)

    def check(self, t: Type, free: tuple[str, ...] = ()) -> str | None:
        """None if values of the type can travel, else the reason and the path to it.

        `free` are type variables of a choreography, whose codecs its callers bring.
        """
        return next(Checker(self._decl, self._locations).reasons(t, "", free), None)

    def needed(self, t: Type) -> tuple[str, ...]:
        """The classes, enums and recursive aliases whose codecs a type needs, transitively."""
        found: dict[str, None] = {}
        self._collect(t, found)
        return tuple(found)

    def _collect(self, t: Type, found: dict[str, None]) -> None:
        named = t.kind in ("class", "enum", "alias") or (t.kind == "literal" and t.name != "")
        if named and t.name not in found:
            found[t.name] = None
            decl = self._decl(t.name)
            for part in _parts(decl) if decl is not None else ():
                self._collect(part, found)
        for arg in t.args if t.kind != "member" else ():
            self._collect(arg, found)

    def class_codecs(self, fullname: str, name: Name, others: Helpers | None = None) -> str:
        """The functions `encode_x` and `decode_x` of one class, and the helpers that they need.

        `others`, here and below, are the module's other functions, and is added to.
        """
        decl = self._decl(fullname)
        if decl is None:
            raise KeyError(f"no declaration of {fullname}")
        prefix = qualname(decl).replace(".", "")
        writer = Writer(self._decl, name, stem(decl), prefix, others=others or Helpers())
        functions = list(class_functions(decl, writer))
        helpers = list(helper_functions(writer))
        limits = decl.limits or ((),) * len(decl.params)
        variables = [
            _type_variable(f"{prefix}{param}", limit, name)
            for param, limit in zip(decl.params, limits, strict=True)
        ]
        return "\n\n\n".join(["\n".join(variables)] * bool(variables) + functions + helpers) + "\n"

    def structural(
        self,
        t: Type,
        hint: str,
        name: Name,
        others: Helpers | None = None,
        holder: str = "",
        declared: Mapping[str, str] | None = None,
    ) -> tuple[str, str, str]:
        """Definitions that a channel of this type needs (often none), its encoder and decoder.

        The codecs of type variables in it are at hand by their names, behind `holder`.
        """
        writer = Writer(self._decl, name, hint, others=others or Helpers(), declared=declared or {})
        functions: list[str] = []
        encode = decode = None
        if typevars(t):
            writer.holder = holder
            encode, decode = writer.function("encode", t), writer.function("decode", t)
            writer.holder = ""
        elif not is_looped(t, self._decl):
            encode, decode = writer.simple("encode", t), writer.simple("decode", t)
        if encode is None or decode is None:
            hint = writer.stem(called(t) or hint)
            encode, decode = f"_encode_{hint}", f"_decode_{hint}"
            writer.hint = f"{hint}_item"
            functions += structural_functions(t, hint, writer)
        helpers = list(helper_functions(writer))
        return "\n\n\n".join([*functions, *helpers]), encode, decode

    def batches(
        self,
        t: Type,
        hint: str,
        name: Name,
        others: Helpers | None = None,
        declared: Mapping[str, str] | None = None,
    ) -> tuple[str, str, str]:
        """The same for a stream, whose messages are lists of elements."""
        writer = Writer(self._decl, name, hint, others=others or Helpers())
        encode, decode = packed("encode", t, writer), packed("decode", t, writer)
        if encode is not None and decode is not None:
            return "", encode, decode
        decl = record_of(t, writer)
        if decl is None:
            return self.structural(t, hint, name, others, declared=declared)
        hint = writer.stem(hint)
        functions = column_functions(t, decl, hint, writer)
        return "\n\n\n".join(functions), f"_encode_{hint}", f"_decode_{hint}"

    def channel(self, t: Type, name: Name) -> tuple[str, str]:
        """The encoder and decoder of a type that needs no functions of its own."""
        definitions, encode, decode = self.structural(t, "value", name)
        if definitions:
            raise ValueError(f"a {t.kind} needs functions of its own: ask `structural`")
        return encode, decode


def _parts(decl: ClassDecl) -> Iterator[Type]:
    yield from (f.type for f in decl.fields)
    if decl.kind == "alias" and decl.target is not None:
        yield decl.target


def _type_variable(text: str, limit: Sequence[Type], name: Name) -> str:
    """With the limit of the class's own variable: mypy takes no other for an argument of the class."""
    types = [limit_text(t, name) for t in limit]
    told = [f"bound={types[0]}"] if len(types) == 1 else types
    return f"{text} = {name('typing.TypeVar')}({', '.join([literal_text(text), *told])})"
