"""Types as text: how the generated modules write a `Type` in annotations.

`render_type` never decides what a name is called or imported as: it asks `name`, the namer of the
module that is being written. Builtins are written as they are, optional and union types with `|`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from motetc.ir.types import Type

Name = Callable[[str], str]

BUILTINS = frozenset(
    {"bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "None", "object"}
    | {"set", "str", "tuple"}
)


def render_type(t: Type, name: Name, alias: Name = lambda _: "") -> str:
    """The annotation that means `t`. `name` gives the names of the module, `alias` those of aliases, or nothing."""
    if t.said is not None and t.said.kind == "union":
        return " | ".join(render_type(arg, name, alias) for arg in t.said.args)
    called = alias(t.said.name) if t.said is not None else ""
    if t.said is not None and called:
        return called + (f"[{_list(t.said.args, name, alias)}]" if t.said.args else "")
    match t.kind:
        case "union":
            return " | ".join(render_type(arg, name, alias) for arg in t.args)
        case "literal":
            return _literal(t, name)
        case "tuple":
            return f"tuple[{_list(t.args, name, alias) or '()'}]"
        case "vartuple":
            return f"tuple[{_list(t.args, name, alias)}, ...]"
        case "member":
            return f"{name('motet.MemberId')}[{_list(t.args, name, alias)}]"
        case "any":
            return name("typing.Any")
        case "typevar" | "other":
            return t.name
        case "newtype":
            return name(t.name)
        case _:
            return _head(t.name, name) + (f"[{_list(t.args, name, alias)}]" if t.args else "")


def short(t: Type) -> str:
    """A type without modules: what a message or a tag calls it."""
    return render_type(t, lambda full: full.rpartition(".")[2])


def _head(full: str, name: Name) -> str:
    bare = full.removeprefix("builtins.")
    return bare if bare in BUILTINS else name(full)


def _list(args: Sequence[Type], name: Name, alias: Name) -> str:
    return ", ".join(render_type(arg, name, alias) for arg in args)


def _literal(t: Type, name: Name) -> str:
    if t.name:
        return f"{name('typing.Literal')}[{', '.join(f'{name(t.name)}.{v!s}' for v in t.values)}]"
    return f"{name('typing.Literal')}[{', '.join(literal_text(v) for v in t.values)}]"


def literal_text(value: str | int | bool | bytes | None) -> str:
    """A literal as black would leave it: double quotes where they need no escape."""
    text = repr(value)
    if isinstance(value, str | bytes) and text.endswith("'") and '"' not in text:
        return text.replace("'", '"')
    return text
