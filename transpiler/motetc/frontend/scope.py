"""Which names a piece of code reads and binds, asked of stdlib `symtable`.

LibCST's own scope analysis knows nothing of `match` captures and binds a walrus in a comprehension to the wrong
scope; the interpreter's symbol table is right by definition.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from motetc.frontend.plain_names import plain_names
from motetc.frontend.positions import positions_of
from motetc.frontend.symbols import table_of
from motetc.frontend.tree import code_for

_NONLOCAL = re.compile(r"^\s*nonlocal ([\w, ]+)", re.MULTILINE)
_DELETED = re.compile(r"\bdel\b")
_AUGMENTED = re.compile(r"[-+*/%@&|^]=|<<=|>>=")


@dataclass(frozen=True, slots=True)
class Names:
    """Free reads and bindings of a piece of code."""

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()


def names_of(node: cst.CSTNode) -> Names:
    """The names of a statement, a small statement or an expression; nested scopes count as reads of what is free."""
    plain = plain_names(node)
    return Names(*plain) if plain is not None else names_of_code(code_of(node))


def bound_by(statement: cst.BaseStatement) -> tuple[str, ...]:
    """The names that a statement binds, sorted; a definition is seldom looked into."""
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        code = code_of(statement)
        if ":=" not in code and not _NONLOCAL.search(code):
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


@lru_cache(maxsize=16384)
def names_of_code(code: str, augmented: frozenset[str] | None = None) -> Names:
    """As `names_of`, for text; the names that `+=` and the like assign to are looked for if they are not given."""
    body = "\n".join(" " + line for line in code.split("\n")) if code.strip() else " pass"
    if _DELETED.search(code):
        body = _without_del(body)
    scope = _scope(body)
    reads = {s.get_name() for s in scope.get_symbols() if s.is_referenced()}
    for child in scope.get_children():
        _collect(child, reads, frozenset())
    if augmented is None and _AUGMENTED.search(code):
        tree = ast.parse(f"async def _():\n{body}\n")
        augmented = augmented_names(ast.walk(tree))
    reads |= augmented or set()
    binds = {s.get_name() for s in scope.get_symbols() if s.is_assigned() or s.is_imported()}
    changed = _changed_within(scope) & _declared_nonlocal(code)
    return Names(frozenset(reads | changed), frozenset(binds | changed))


def _changed_within(table: symtable.SymbolTable) -> set[str]:
    """The names of a scope, and of those around it, that functions in it bind."""
    found = set[str]()
    for child in table.get_children():
        symbols = [s for s in child.get_symbols() if s.is_free()]
        own = {s.get_name() for s in child.get_symbols() if s.is_local() or s.is_parameter()}
        found |= {s.get_name() for s in symbols if s.is_assigned()} | _changed_within(child) - own
    return found


def _scope(body: str) -> symtable.SymbolTable:
    """The table of a function with this body; names that it takes from around it are given a binding there."""
    outer = sorted(_declared_nonlocal(body))
    if not outer:
        return table_of(f"async def _():\n{body}\n").get_children()[0]
    inner = "\n".join(" " + line for line in body.split("\n"))
    text = f"def _():\n {' = '.join(outer)} = 0\n async def _():\n{inner}\n"
    return table_of(text).get_children()[0].get_children()[0]


def _declared_nonlocal(code: str) -> set[str]:
    return {name.strip() for found in _NONLOCAL.findall(code) for name in found.split(",")}


def _collect(table: symtable.SymbolTable, reads: set[str], hidden: frozenset[str]) -> None:
    own = {s.get_name() for s in table.get_symbols() if s.is_local() or s.is_parameter()}
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if symbol.is_referenced() and name not in own and name not in hidden:
            reads.add(name)
    # A class body's names are not seen by the functions in it.
    passed = hidden if table.get_type() == "class" else hidden | own
    for child in table.get_children():
        _collect(child, reads, frozenset(passed))


def _without_del(body: str) -> str:
    """`del x` needs a binding and makes none; symtable says the opposite."""
    tree = ast.parse(f"async def _():\n{body}\n")
    return ast.unparse(_Read().visit(tree)).partition("\n")[2]


class _Read(ast.NodeTransformer):
    """Reads what a `del` deletes, in its place."""

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        return ast.parse(", ".join(map(ast.unparse, node.targets))).body[0]


def augmented_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """`x += 1` reads `x`, which symtable does not say."""
    targets = [n.target for n in nodes if isinstance(n, ast.AugAssign)]
    return frozenset(t.id for t in targets if isinstance(t, ast.Name))


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
