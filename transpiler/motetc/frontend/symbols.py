"""The interpreter's symbol table of a text, the same under every Python.

From 3.12 on, comprehensions are compiled into the scope around them (PEP 709), and their variables show up as
names of that scope. Generator expressions keep a scope of their own, and names mean the same in both.
"""

from __future__ import annotations

import ast
import re
import symtable
import sys
from typing import Final

INLINED: Final = sys.version_info >= (3, 12)

_COMPREHENSION: Final = re.compile(r"[\[{].*\bfor\b", re.DOTALL)


def table_of(text: str) -> symtable.SymbolTable:
    """The table of a module."""
    if INLINED and _COMPREHENSION.search(text):
        text = _apart(text)
    return symtable.symtable(text, "?", "exec")


def _apart(text: str) -> str:
    try:
        return ast.unparse(_Apart().visit(ast.parse(text)))
    except RecursionError:  # a few names more than there are do no harm
        return text


class _Apart(ast.NodeTransformer):
    """Makes each comprehension a generator expression."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return ast.GeneratorExp(pair, node.generators)
