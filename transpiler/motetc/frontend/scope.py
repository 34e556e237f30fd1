"""Which names a piece of the tree reads and binds, asked of its text where that is not plain to see."""

from __future__ import annotations

import re
import symtable
from collections.abc import Iterable
from typing import Final

import libcst as cst

from motetc.frontend.code_names import Names, declared_nonlocal, names_of_code
from motetc.frontend.plain_names import plain_names
from motetc.frontend.positions import positions_of
from motetc.frontend.symbols import table_of
from motetc.frontend.tree import code_for

_ELIF: Final = re.compile(r"^(\s*)elif\b")  # by itself


def names_of(node: cst.CSTNode) -> Names:
    """The names of a statement, a small statement or an expression; nested scopes count as reads of what is free."""
    plain = plain_names(node)
    if plain is not None:
        return Names(*plain)
    code = code_of(node)
    return names_of_code(_ELIF.sub(r"\1if", code) if isinstance(node, cst.If) else code)


def bound_by(statement: cst.BaseStatement) -> tuple[str, ...]:
    """The names that a statement binds, sorted; a definition is seldom looked into."""
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        code = code_of(statement)
        if ":=" not in code and not declared_nonlocal(code):
            return (statement.name.value,)
    return tuple(sorted(names_of(statement).binds))


def names_of_all(nodes: Iterable[cst.CSTNode]) -> Names:
    """The names of several pieces together."""
    found = [names_of(n) for n in nodes]
    return Names(
        frozenset().union(*(n.reads for n in found)), frozenset().union(*(n.binds for n in found))
    )


def locals_of(function: cst.FunctionDef) -> frozenset[str]:
    """Every name that the function's own scope binds, parameters included."""
    symbols = _table_of_function(function).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_local() or s.is_parameter())


def captured_by(function: cst.FunctionDef) -> frozenset[str]:
    """The names of a function's own that functions and lambdas inside it read or bind."""
    inner = _table_of_function(function).get_children()
    return frozenset(s.get_name() for scope in inner for s in scope.get_symbols() if s.is_free())


def read_in(function: cst.FunctionDef) -> frozenset[str]:
    """The names that the body of a function reads, and what functions and lambdas inside it read of its own."""
    symbols = _table_of_function(function).get_symbols()
    read = frozenset(s.get_name() for s in symbols if s.is_referenced())
    return read | captured_by(function)


def _table_of_function(function: cst.FunctionDef) -> symtable.SymbolTable:
    scope = table_of(code_of(function)).get_children()[-1]
    while scope.get_type() != "function":  # it stands within the scope of its type parameters
        scope = scope.get_children()[-1]
    return scope


def code_of(node: cst.CSTNode) -> str:
    """The text of a node, without the comments before it; expressions parenthesised, so that they stand alone."""
    if _imports_all(node):
        return "pass"
    known = positions_of(node)
    if isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        if known is not None and (block := known.block(node)) is not None:
            return block
        return code_for(node.with_changes(leading_lines=()))
    if isinstance(node, cst.TypeParameters):
        return f"def _{code_for(node)}(): ..."
    code = (known.code(node) if known is not None else None) or code_for(node)
    return f"({code})" if isinstance(node, cst.BaseExpression) else code


def _imports_all(node: cst.CSTNode) -> bool:
    """`from m import *` binds nobody knows what, and is refused elsewhere."""
    if isinstance(node, cst.SimpleStatementLine):
        return any(_imports_all(small) for small in node.body)
    return isinstance(node, cst.ImportFrom) and isinstance(node.names, cst.ImportStar)
