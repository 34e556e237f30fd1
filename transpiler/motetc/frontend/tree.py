"""The children of syntax nodes, by what their classes declare: LibCST finds them by visiting, as dear as a copy."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Final

import libcst as cst

# What is no name, expression or statement: nobody who asks for children asks for these.
_PUNCTUATION: Final = frozenset(
    {
        "asynchronous",
        "colon",
        "comma",
        "dot",
        "equal",
        "first_colon",
        "footer",
        "header",
        "lbrace",
        "lbracket",
        "leading_lines",
        "lines_after_decorators",
        "lpar",
        "operator",
        "posonly_ind",
        "rbrace",
        "rbracket",
        "relative",
        "rpar",
        "second_colon",
        "semicolon",
        "trailing_whitespace",
    }
)
# Classes whose fields are not declared in the order of the text.
_ORDER: Final[dict[type, str]] = {
    cst.Arg: "keyword value",
    cst.ClassDef: "decorators name type_parameters bases keywords body",
    cst.ExceptHandler: "type name body",
    cst.ExceptStarHandler: "type name body",
    cst.FunctionDef: "decorators name type_parameters params returns body",
    cst.IfExp: "body test orelse",
    cst.MatchCase: "pattern guard body",
    cst.Parameters: "posonly_params params star_arg kwonly_params star_kwarg",
    cst.TypeAlias: "name type_parameters value",
}


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """A node's children in the order of the text, without punctuation, operators, comments and whitespace."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += value
    return found


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields that may hold children."""
    if kind in _ORDER:
        return tuple(_ORDER[kind].split())
    names = (field.name for field in fields(kind))
    return tuple(n for n in names if n not in _PUNCTUATION and not n.startswith("whitespace"))
