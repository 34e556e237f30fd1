"""Modules with payload classes and their codecs, built from type models as the compiler would.

`CodecModule` writes the classes that a few `ClassDecl`s describe, the codecs of all of them and of some
types, and loads the text: tests round-trip real values through it, as MessagePack.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from motet.packing import round_trip
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl, Type
from motetc.ir.typetext import literal_text, render_type

STR, INT, FLOAT, BOOL, BYTES, NONE = (
    Type("scalar", name) for name in ("str", "int", "float", "bool", "bytes", "None")
)
WORKER = Type("location", "shop.Worker")
T = Type("typevar", "T")
_numbers = itertools.count()


def scalar(name: str) -> Type:
    return Type("scalar", name)


def union(*members: Type) -> Type:
    return Type("union", args=members)


def optional(t: Type) -> Type:
    return union(t, NONE)


def tuple_of(*items: Type) -> Type:
    return Type("tuple", args=items)


def collection(name: str, *args: Type) -> Type:
    return Type("collection", name, args)


def list_of(item: Type) -> Type:
    return collection("list", item)


def dict_of(key: Type, value: Type) -> Type:
    return collection("dict", key, value)


def literal(*values: Any) -> Type:
    return Type("literal", values=values)


def cls(name: str, *args: Type) -> Type:
    return Type("class", f"shop.{name}", args)


class Namer:
    """Names in one module, and the imports that they take."""

    def __init__(self) -> None:
        self.imports: dict[str, set[str]] = {}

    def __call__(self, full: str) -> str:
        module, _, name = full.rpartition(".")
        if full.startswith(("wire:shop.", "shop.")):
            return full.partition("shop.")[2]
        self.imports.setdefault(module, set()).add(name)
        return name

    def text(self) -> str:
        lines = (
            f"from {m} import {', '.join(sorted(self.imports[m]))}" for m in sorted(self.imports)
        )
        return "\n".join(lines)


class CodecModule:
    """The module `shop` of some declarations, with the codecs of some named types, or of batches."""

    def __init__(
        self,
        decls: Iterable[ClassDecl],
        types: dict[str, Type] | None = None,
        source: str = "",
        batches: bool = False,
    ) -> None:
        self.decls = {decl.name: decl for decl in decls}
        self.codecs = Codecs(self.decls.get)
        self.make = self.codecs.batches if batches else self.codecs.structural
        self.functions: dict[str, tuple[str, str]] = {}
        self.text = self._text(types or {}, source)
        self._module: ModuleType | None = None

    def _text(self, types: dict[str, Type], source: str) -> str:
        name = Namer()
        parts = [source or "\n\n".join(class_text(d, name) for d in self.decls.values())]
        for full in self.decls:
            if self.decls[full].kind != "newtype":
                parts.append(self.codecs.class_codecs(full, name))
        for hint, t in types.items():
            definitions, encode, decode = self.make(t, hint, name)
            self.functions[hint] = (encode, decode)
            call, text = name("collections.abc.Callable"), render_type(t, name)
            pair = f"tuple[{call}[[{text}], object], {call}[[object], {text}]]"
            parts += [definitions, f"ON_{hint.upper()}: {pair} = ({encode}, {decode})"]
        params = sorted({param for decl in self.decls.values() for param in decl.params})
        worker = "\n".join(
            ["class Worker: ...", *(f"{p} = {name('typing.TypeVar')}('{p}')" for p in params)]
        )
        return "\n\n\n".join(
            part
            for part in ("from __future__ import annotations", name.text(), worker, *parts)
            if part
        )

    @property
    def module(self) -> ModuleType:
        if self._module is None:
            self._module = ModuleType(f"shop_{next(_numbers)}")
            sys.modules[self._module.__name__] = self._module
            try:
                exec(compile(self.text, "<shop>", "exec"), vars(self._module))
            finally:
                del sys.modules[self._module.__name__]
        return self._module

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def pair(self, hint: str) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
        encode, decode = self.functions[hint]
        return eval(encode, vars(self.module)), eval(decode, vars(self.module))

    def encode(self, hint: str, value: Any) -> Any:
        """The wire form, as the receiver reads it."""
        return round_trip(self.pair(hint)[0](value))

    def decode(self, hint: str, data: Any) -> Any:
        return self.pair(hint)[1](data)

    def travel(self, hint: str, value: Any) -> Any:
        return self.decode(hint, self.encode(hint, value))


def class_text(decl: ClassDecl, name: Callable[[str], str]) -> str:
    """The class that a declaration describes."""
    own = decl.name.removeprefix("shop.")
    return "\n".join(_class_lines(decl, own, name))


def _class_lines(decl: ClassDecl, own: str, name: Callable[[str], str]) -> Iterator[str]:
    generic = f"{name('typing.Generic')}[{', '.join(decl.params)}]" if decl.params else ""
    match decl.kind:
        case "enum":
            yield f"class {own}({name('enum.Enum')}):"
            yield from (f"    {member} = '{member.lower()}'" for member in decl.members)
            return
        case "newtype" if decl.target is not None:
            base = render_type(decl.target, name)
            yield f"{own} = {name('typing.NewType')}('{own}', {base})"
            return
        case "alias" if decl.target is not None:
            text = render_type(decl.target, name)
            yield f"{own}: {name('typing.TypeAlias')} = {literal_text(text)}"
            return
        case "namedtuple":
            yield f"class {own}({', '.join(filter(None, [name('typing.NamedTuple'), generic]))}):"
        case "typeddict":
            yield f"class {own}({', '.join(filter(None, [name('typing.TypedDict'), generic]))}):"
        case _:
            yield f"@{name('dataclasses.dataclass')}(frozen={decl.frozen})"
            yield f"class {own}({generic}):"
    for f in decl.fields:
        text = render_type(f.type, name)
        if not f.required:
            text = f"{name('typing.NotRequired')}[{text}]"
        elif not f.init:
            text += f" = {name('dataclasses.field')}(init=False)"
        elif f.kw_only:
            text += f" = {name('dataclasses.field')}(kw_only=True)"
        yield f"    {f.name}: {text}"
    if not decl.fields:
        yield "    pass"
