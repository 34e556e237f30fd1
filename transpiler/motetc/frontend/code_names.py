"""Which names a piece of code reads and binds, asked of stdlib `symtable`.

LibCST's own scope analysis knows nothing of `match` captures and binds a walrus in a comprehension to the wrong
scope; the interpreter's symbol table is right by definition. Nothing here needs a tree of LibCST's, which is not there
yet when modules are compared with those of the last build.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from motetc.frontend.symbols import table_of

_NONLOCAL = re.compile(r"^\s*nonlocal ([\w, ]+)", re.MULTILINE)
_DELETED = re.compile(r"\bdel\b")
_AUGMENTED = re.compile(r"[-+*/%@&|^]=|<<=|>>=")


@dataclass(frozen=True, slots=True)
class Names:
    """Free reads and bindings of a piece of code."""

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()


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
    changed = _changed_within(scope) & declared_nonlocal(code)
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
    outer = sorted(declared_nonlocal(body))
    if not outer:
        return table_of(f"async def _():\n{body}\n").get_children()[0]
    inner = "\n".join(" " + line for line in body.split("\n"))
    text = f"def _():\n {' = '.join(outer)} = 0\n async def _():\n{inner}\n"
    return table_of(text).get_children()[0].get_children()[0]


def declared_nonlocal(code: str) -> set[str]:
    """The names that code says are of a function around it."""
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
