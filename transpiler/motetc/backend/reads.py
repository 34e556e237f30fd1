"""Which module-level names a top-level statement needs, when it runs and for its types."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import children


def needed_names(node: cst.CSTNode) -> frozenset[str]:
    """All names that the code and its annotations read, those in string annotations included."""
    return names_of(node).reads | frozenset(string_names(node))


def runtime_names(node: cst.CSTNode) -> frozenset[str]:
    """The names that running the code reads, annotations left out (they are never evaluated here)."""
    bare = node.visit(_WithoutAnnotations())
    assert isinstance(bare, cst.CSTNode)
    return names_of(bare).reads


def string_names(node: cst.CSTNode) -> Iterator[str]:
    """Names inside string annotations, and in the strings of `cast`, `TypeVar(bound=…)` and the like."""
    if isinstance(node, (cst.Annotation, cst.Arg, cst.Index)):
        yield from _strings_below(node)
    for child in children(node):
        yield from string_names(child)


def _strings_below(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        if isinstance(value, str) and value.replace("_", "a").replace(".", "a")[:1].isidentifier():
            try:
                yield from names_of(cst.parse_expression(value)).reads
            except (cst.ParserSyntaxError, SyntaxError, ValueError):
                return
        return
    for child in children(node):
        yield from _strings_below(child)


class _WithoutAnnotations(cst.CSTTransformer):
    def leave_AnnAssign(
        self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign
    ) -> cst.BaseSmallStatement:
        if updated_node.value is None:
            return cst.Pass()
        return cst.Assign([cst.AssignTarget(updated_node.target)], updated_node.value)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        return updated_node.with_changes(annotation=None)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        return updated_node.with_changes(returns=None)
