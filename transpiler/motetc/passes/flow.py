"""Questions about statements that projection asks: do they leave, whom do they concern, what do they bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.tree import children, code_for
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import (
    Answer,
    Block,
    Comm,
    Concurrent,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Op,
    Return,
    Simple,
    Stmt,
    While,
)
from motetc.ir.walk import operations, statements


def leaves(
    body: Sequence[Stmt],
    in_loop: bool = False,
    jump: type[cst.CSTNode] | tuple[type[cst.CSTNode], ...] = (cst.Break, cst.Continue),
) -> bool:
    """Whether control may leave the statement list other than at its end, by `return` or some jump."""
    for stmt in body:
        match stmt:
            case Return():
                return True
            case Jump() if not in_loop and isinstance(stmt.node, jump):
                return True
            case If():
                if leaves(stmt.then, in_loop, jump) or leaves(stmt.orelse, in_loop, jump):
                    return True
            case Match():
                if any(leaves(c.body, in_loop, jump) for c in stmt.cases):
                    return True
            case While() | For():
                if leaves(stmt.body, True, jump) or leaves(stmt.orelse, in_loop, jump):
                    return True
            case _:
                pass
    return False


def returns(body: Sequence[Stmt]) -> bool:
    """Whether a `return` is anywhere in the statements."""
    return any(isinstance(s, Return) for s in statements(body))


def up_to_exit(stmts: Sequence[Stmt]) -> tuple[Stmt, ...]:
    """What is reached: nothing follows a `return`, `break` or `continue` in the same list."""
    for index, stmt in enumerate(stmts):
        if isinstance(stmt, (Return, Jump)):
            return tuple(stmts[: index + 1])
    return tuple(stmts)


def indices_of(body: Sequence[Stmt]) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The index expression of every picked member, by its text."""
    seats = [s for stmt in statements(body) if isinstance(stmt, Block) for s in stmt.seats]
    for op in operations(body):
        if isinstance(op, Comm):
            seats += [op.sender, *op.receivers]
        elif isinstance(op, Invoke):
            seats += [seat for _, seat in op.roles]
    return ((s.key, s.index) for s in seats if s.index is not None and not s.session)


def partners(op: Op) -> set[str]:
    """The roles that take part in an operation."""
    match op:
        case Comm():
            return {op.sender.role, *(s.role for s in op.receivers)}
        case Invoke():
            return {seat.role for _, seat in op.roles}
        case Concurrent():
            return set().union(*(partners(c) for c in op.calls))
        case Hop():
            return {op.sender, *op.receivers}
        case Answer():
            return {op.seat.role}
        case Port():
            return {op.role}


def sole_op(stmt: Simple) -> Op | None:
    """The operation that is all of an assignment's right-hand side, or all of an expression statement."""
    if not stmt.roots or not isinstance(stmt.node, (cst.Assign, cst.Expr)):
        return None
    root = stmt.roots[0]
    return root.ops[0] if len(root.ops) == 1 and root.ops[0].node is root.expr else None


def is_receive(stmt: Simple) -> bool:
    """The right-hand side is one communication and nothing else."""
    op = sole_op(stmt)
    return isinstance(op, Comm)


def target_names(stmt: Simple) -> list[str]:
    """The text of each target that a right-hand side is unpacked to."""
    if not isinstance(stmt.node, cst.Assign):
        return []
    target = stmt.node.targets[0].target
    if isinstance(target, (cst.Tuple, cst.List)):
        return [code_for(e.value) for e in target.elements]
    return [target.value] if isinstance(target, cst.Name) else []


def has_other_targets(node: cst.BaseSmallStatement) -> bool:
    """Whether an assignment changes an attribute or an item."""
    targets = [t.target for t in node.targets] if isinstance(node, cst.Assign) else []
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        targets = [node.target]
    return any(isinstance(t, (cst.Attribute, cst.Subscript)) for t in targets)


def has_calls(node: cst.CSTNode) -> bool:
    """Whether anything is called in an expression."""
    return isinstance(node, cst.Call) or any(has_calls(c) for c in children(node))


def is_none(node: cst.BaseSmallStatement) -> bool:
    """`None` as a statement: what is left of a call at a location without a part in it."""
    return (
        isinstance(node, cst.Expr)
        and isinstance(node.value, cst.Name)
        and node.value.value == "None"
    )


def is_ellipsis(node: cst.BaseSmallStatement) -> bool:
    """`...` as a statement."""
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Ellipsis)
