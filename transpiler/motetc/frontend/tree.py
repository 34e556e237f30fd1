"""The children of syntax nodes, by what their classes declare: LibCST finds them by visiting, as dear as a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from operator import is_not
from typing import Final, TypeVar, cast

import libcst as cst
from libcst._nodes.internal import CodegenState

Node = TypeVar("Node", bound=cst.CSTNode)

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


# What fields hold that may hold children, and that is none: to ask of its type is a fifth of asking an abstract class.
_NO_NODE: Final = frozenset({type(None), str, bool, cst.MaybeSentinel})
_SEQUENCE: Final = frozenset({list, tuple})


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """A node's children in the order of the text, without punctuation, operators, comments and whitespace."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind in _SEQUENCE:
            found += value
        elif kind not in _NO_NODE:
            found.append(value)
    return found


def nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all below it, in the order of the text."""
    yield node
    for child in children(node):
        yield from nodes(child)


def code_for(node: cst.CSTNode) -> str:
    """The text of a node that was made; for one of the source, its positions know it."""
    writer = _Writer("    ", "\n")
    node._codegen(writer)
    return "".join(writer.tokens)


def is_main_guard(node: cst.CSTNode) -> bool:
    """Whether it is there for a module that is run by itself, and not for who imports it."""
    return isinstance(node, cst.If) and "__name__" in code_for(node.test)


class _Nothing:
    """Around what is to be written, where nobody asks for positions: LibCST makes a generator each time."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NOTHING: Final = _Nothing()


class _Writer(CodegenState):
    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> _Nothing:
        return _NOTHING


def inner_statements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A statement and those in it, in the order of `ast`: expressions hold none, so syntax order is statement order."""
    if isinstance(node, cst.BaseSmallStatement):
        yield node
        return
    if isinstance(node, cst.BaseCompoundStatement):
        yield node
    for child in children(node):
        if not isinstance(child, cst.BaseExpression):
            yield from inner_statements(child)


def captures(pattern: cst.MatchPattern) -> bool:
    """Whether a pattern takes anything."""
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def takes_all(case: cst.MatchCase) -> bool:
    """Whether a case takes whatever comes."""
    return case.guard is None and captures(case.pattern)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields that may hold children."""
    if kind in _ORDER:
        return tuple(_ORDER[kind].split())
    names = (field.name for field in fields(kind))
    return tuple(n for n in names if n not in _PUNCTUATION and not n.startswith("whitespace"))


def parameters(given: cst.Parameters) -> list[cst.Param]:
    """The parameters that have a place or a name of their own, in order: all but `*args` and `**kwargs`."""
    return [*given.posonly_params, *given.params, *given.kwonly_params]


def all_parameters(given: cst.Parameters) -> list[cst.Param]:
    """The same, and `*args` and `**kwargs` behind them."""
    stars = (given.star_arg, given.star_kwarg)
    return [*parameters(given), *(p for p in stars if isinstance(p, cst.Param))]


def exchange(
    node: Node,
    new: Callable[[cst.CSTNode], cst.CSTNode | None],
    moved: Callable[[cst.CSTNode, cst.CSTNode], None] = lambda _made, _node: None,
) -> Node:
    """The node with others in the place of those for which `new` gives one; what needs no change is not copied.

    Nodes above a change are made anew, and `moved` is told of each and of the one that it stands for.
    """
    found = new(node)
    return cast(Node, found) if found is not None else _within(node, new, moved)


def _within(
    node: Node,
    new: Callable[[cst.CSTNode], cst.CSTNode | None],
    moved: Callable[[cst.CSTNode, cst.CSTNode], None],
) -> Node:
    changes: dict[str, object] = {}
    text = node if isinstance(node, cst.FormattedString) else None
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind in _SEQUENCE:
            items = [exchange(item, new, moved) for item in value]
            if any(map(is_not, items, value)):
                changes[name] = items if text is None else spelled_out(text, items)
        elif kind not in _NO_NODE:
            made = exchange(value, new, moved)
            if made is not value:
                changes[name] = made
    if not changes:
        return node
    result = node.with_changes(**changes)
    moved(result, node)
    return result


def methods_of(node: cst.ClassDef) -> list[cst.FunctionDef]:
    """The methods that a class defines itself."""
    return [item for item in node.body.body if isinstance(item, cst.FunctionDef)]


def bounded_variables(function: cst.FunctionDef) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The type variables with a bound that a function declares itself (PEP 695), and their bounds."""
    declared = function.type_parameters
    for param in declared.params if declared is not None else ():
        if isinstance(param.param, cst.TypeVar) and param.param.bound is not None:
            yield param.param.name.value, param.param.bound


class InPlaceOfNames(cst.CSTTransformer):
    """Puts something in the place of names. Attributes are none, and what shows its own text shows it still."""

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.FormattedString:
        parts = spelled_out(original_node, updated_node.parts)
        return updated_node.with_changes(parts=parts)


def spelled_out(
    old: cst.FormattedString, parts: Sequence[cst.BaseFormattedStringContent]
) -> list[cst.BaseFormattedStringContent]:
    """New parts of a text, in which `{x=}` with something else in it says still what the source says: `x={y!r}`."""
    found: list[cst.BaseFormattedStringContent] = []
    for was, part in zip(old.parts, parts, strict=True):
        if isinstance(was, cst.FormattedStringExpression) and was.equal is not None:
            assert isinstance(part, cst.FormattedStringExpression)
            if not was.expression.deep_equals(part.expression):
                found.append(cst.FormattedStringText(_shown(old, was)))
                part = _without_text(part)
        found.append(part)
    return found


def _shown(text: cst.FormattedString, part: cst.FormattedStringExpression) -> str:
    """What `{x=}` says before the value, as it is written in the text."""
    shown = code_for(part.with_changes(conversion=None, format_spec=None))[1:-1]
    if "r" not in text.prefix.lower():
        shown = shown.replace("\\", "\\\\").replace(text.quote[0], "\\" + text.quote[0])
        shown = shown if len(text.quote) > 1 else shown.replace("\n", "\\n")
    return shown.replace("{", "{{").replace("}", "}}")


def _without_text(part: cst.FormattedStringExpression) -> cst.FormattedStringExpression:
    none = cst.SimpleWhitespace("")
    first = cst.SimpleWhitespace(" " if code_for(part.expression).startswith("{") else "")
    return part.with_changes(
        equal=None,
        conversion=part.conversion or ("r" if part.format_spec is None else None),
        whitespace_before_expression=first,
        whitespace_after_expression=none,
    )


def is_string(node: cst.BaseStatement) -> bool:
    """Whether it is a docstring, or could be one."""
    small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Expr) and isinstance(
        small.value, (cst.SimpleString, cst.ConcatenatedString)
    )
