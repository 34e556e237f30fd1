"""Pieces of syntax as lines of text, and back: what the expansion of pipelines needs of them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.expand_names import Env
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, code_for


def numbered(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Some of the lines of a file, from the one after `start`, each with its number."""
    return ((number + 1, lines[number]) for number in range(start, end))


def target(small: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    """What a statement binds, if it is an assignment to one thing."""
    if isinstance(small, cst.AnnAssign):
        return small.target
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        return small.targets[0].target
    return None


def wanted(target: cst.BaseExpression | None, env: Env) -> list[str]:
    """The names that results are bound to, as they are called in the choreography."""
    parts = [e.value for e in target.elements] if isinstance(target, cst.Tuple) else [target]
    names = [p.value if isinstance(p, cst.Name) else "" for p in parts]
    return [flat(env[name]) if name in env else name for name in names if name]


def parts(result: cst.Return | None) -> list[cst.BaseExpression]:
    """What a `return` returns: several things, if it is a tuple."""
    if result is None or result.value is None:
        return []
    if isinstance(result.value, cst.Tuple):
        return [element.value for element in result.value.elements]
    return [result.value]


def flat(value: cst.BaseExpression) -> str:
    """The text of an expression, on one line."""
    text = code_for(value)
    return ast.unparse(ast.parse(f"({text})", mode="eval")) if "\n" in text else text


def identifiers(node: cst.CSTNode) -> Iterator[str]:
    """Every name below a node, in inner scopes too."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from identifiers(node.value)
    else:
        for child in children(node):
            yield from identifiers(child)


def has_long_string(node: cst.CSTNode) -> bool:
    """Whether a string of several lines is in it, which would change if the lines were moved."""
    if isinstance(node, (cst.SimpleString, cst.FormattedString)):
        return "\n" in code_for(node)
    return any(has_long_string(child) for child in children(node))


def without_variables(
    program: Program, module: SourceModule, statement: cst.BaseStatement, known: Env
) -> cst.BaseStatement:
    """`x: Stream[T] = …` in a generic pipeline: what `T` is there, the call decides."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.AnnAssign(value=value, target=target) as node]):
            names = names_of(node.annotation.annotation).reads
            unknown = (n for n in names if n not in known and is_variable(program, module, n))
            if value is not None and any(unknown):
                plain = cst.Assign([cst.AssignTarget(target)], value)
                return statement.with_changes(body=[plain])
    return statement


def is_variable(program: Program, module: SourceModule, name: str) -> bool:
    """A type variable: one that is made so, or stands behind the function's name."""
    full = program.resolve_name(module, name) or ""
    owner, member = program.split(full)
    if full == f"{module.name}.{name}":
        owner, member = module, name  # also of a module that is not the project's
    definition = owner.definitions.get(member) if owner is not None else None
    if definition is None:
        return name not in module.names and not hasattr(builtins, name)
    return "TypeVar(" in definition.code
