"""`continue` in a session ends it: what would have followed goes into the arm that does not end.

A session is a function, or stands in place, so there is no loop whose next turn could be begun.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace as changed

from motetc.ir.nodes import Case, For, If, Jump, Match, Stmt, While

Refuse = Callable[[Jump], None]


def ended(stmts: Sequence[Stmt], refuse: Refuse) -> tuple[Stmt, ...]:
    """The statements of a session without a `continue`; one for which there is no such arm goes to `refuse`."""
    for index, stmt in enumerate(stmts):
        if isinstance(stmt, Jump):
            return tuple(stmts[:index])
        jump = _first_jump(stmt)
        if jump is not None and not isinstance(stmt, (If, Match)):  # behind the `else` of a loop
            refuse(jump)
        elif jump is not None and isinstance(stmt, (If, Match)):
            made = _choice(stmt, tuple(stmts[index + 1 :]), jump, refuse)
            return (*stmts[:index], made)
    return tuple(stmts)


def _choice(stmt: If | Match, rest: tuple[Stmt, ...], jump: Jump, refuse: Refuse) -> Stmt:
    arms = [stmt.then, stmt.orelse] if isinstance(stmt, If) else [c.body for c in stmt.cases]
    going = [i for i, arm in enumerate(arms) if not _ends(arm)]
    covers = isinstance(stmt, If) or any(case.irrefutable for case in stmt.cases)
    if rest and (len(going) > 1 or not covers):
        refuse(jump)
        return stmt
    bodies = [ended((*arm, *rest) if i in going else arm, refuse) for i, arm in enumerate(arms)]
    if isinstance(stmt, If):
        return changed(stmt, then=bodies[0], orelse=bodies[1])
    pairs = zip(stmt.cases, bodies, strict=True)
    return changed(stmt, cases=tuple(_with(case, body) for case, body in pairs))


def _with(case: Case, body: tuple[Stmt, ...]) -> Case:
    return changed(case, body=body)


def _ends(stmts: Sequence[Stmt]) -> bool:
    """Whether a session always ends in the statements."""
    for stmt in stmts:
        if isinstance(stmt, Jump):
            return True
        if isinstance(stmt, If) and _ends(stmt.then) and _ends(stmt.orelse):
            return True
        if isinstance(stmt, Match) and all(_ends(c.body) for c in stmt.cases):
            return any(c.irrefutable for c in stmt.cases)
    return False


def _first_jump(stmt: Stmt) -> Jump | None:
    """A `continue` of the session's in a statement; those in loops are the loops'."""
    match stmt:
        case Jump():
            return stmt
        case If():
            inner = (*stmt.then, *stmt.orelse)
        case Match():
            inner = tuple(s for c in stmt.cases for s in c.body)
        case For() | While():
            inner = stmt.orelse
        case _:
            return None
    return next((found for s in inner if (found := _first_jump(s)) is not None), None)
