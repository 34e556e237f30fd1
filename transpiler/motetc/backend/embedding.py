"""Statements of ours in the text of fused loops, which has a placeholder where a protocol runs for each element."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

PASS = cst.SimpleStatementLine([cst.Pass()])


def with_body(node: cst.CSTNode, statements: Sequence[cst.BaseStatement]) -> cst.CSTNode | None:
    """The block with statements in the place of `await __body__`, if that stands in it; a loop around none goes."""
    if not isinstance(node, (cst.IndentedBlock, cst.Module)):
        return None
    if any(map(_is_body, node.body)):
        body = [new for old in node.body for new in (statements if _is_body(old) else (old,))]
    elif not statements and any(map(_is_bare_loop, node.body)):
        body = [old for old in node.body if not _is_bare_loop(old)]
    else:
        return None
    return node.with_changes(body=body or ([PASS] if isinstance(node, cst.IndentedBlock) else []))


def _is_bare_loop(node: cst.BaseStatement) -> bool:
    match node:
        case cst.For(body=cst.IndentedBlock(body=[only])):
            return _is_body(only)
    return False


def _is_body(node: cst.BaseStatement) -> bool:
    match node:
        case cst.SimpleStatementLine(
            body=[cst.Expr(value=cst.Await(expression=cst.Name(value="__body__")))]
        ):
            return True
    return False


def led(body: list[cst.BaseStatement], tree: cst.Module) -> list[cst.BaseStatement]:
    """The statements of a module, with the comments that stand before the first one."""
    if body and tree.header:
        lines = [*tree.header, *body[0].leading_lines]  # type: ignore[attr-defined]
        return [body[0].with_changes(leading_lines=lines), *body[1:]]
    return body
