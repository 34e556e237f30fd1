"""The children of syntax nodes, computed once: LibCST finds them by visiting, which costs as much as a copy."""

from __future__ import annotations

from functools import cache

import libcst as cst


@cache
def children(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """A node's children in the order of the text. Nodes never change, so neither do these."""
    return tuple(node.children)
