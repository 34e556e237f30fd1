"""What `:=` binds in an expression: `a and (u := f())` binds `u` for sure where it is true."""

from __future__ import annotations

import ast

from motetc.frontend.code_names import names_of_code

Names = frozenset[str]
_NONE: Names = frozenset()


def doubtful(code: str, when: bool | None = None) -> Names:
    """The names that an expression binds on some ways only; `when`: those on which it is true, or is not."""
    if ":=" not in code:
        return _NONE
    node = ast.parse(f"({code})", mode="eval").body
    return names_of_code(f"({code})").binds - passing(node, when)


def passing(node: ast.AST, when: bool | None = None) -> Names:
    """The names that `:=` has bound for sure when an expression is done; `when`: it is true, or is not."""
    match node:
        case ast.NamedExpr(target=target, value=value):
            return passing(value, when) | {target.id}
        case ast.BoolOp(op=op, values=values):
            return _operands(values, isinstance(op, ast.And), when)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return passing(operand, None if when is None else not when)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            then = passing(test, True) | passing(body, when)
            return then & (passing(test, False) | passing(orelse, when))
        case ast.Compare(left=left, comparators=[first, *more]):
            found = passing(left) | passing(first)
            return found.union(*map(passing, more)) if when else found
        case ast.Lambda():
            return _NONE
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return walrus_names(node)  # nobody knows whether it comes to it
        case _:
            return _NONE.union(*map(passing, ast.iter_child_nodes(node)))


def _operands(values: list[ast.expr], every: bool, when: bool | None) -> Names:
    """Of `and` (`every`) and of `or`: each operand is come to if those before it are true, or are not."""
    on, out = passing(values[0], every), passing(values[0], not every)
    for value in values[1:]:
        out &= on | passing(value, not every)
        on |= passing(value, every)
    if when is None:
        return on & out
    return on if when == every else out


def walrus_names(node: ast.AST) -> Names:
    """All names that it binds, if it comes to that."""
    inner = (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
    return frozenset(inner)


def assigned(node: ast.AST) -> Names:
    """The names that a statement assigns to, other than by `:=`."""
    found: set[str] = set()
    for part in ast.iter_child_nodes(node):
        stored = {n.id for n in ast.walk(part) if isinstance(n, ast.Name) and _stores(n)}
        found |= stored - walrus_names(part)
    return frozenset(found)


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
