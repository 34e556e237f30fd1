"""Which names local code has bound whatever way it took: those that may be read behind it.

`if t: m = 1` binds `m` on one way only; `a and (u := f())` binds `u` if it is true. A `for` is taken to have something
to go over, which the code around it will know.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from motetc.frontend.code_names import names_of_code
from motetc.frontend.local_names import Bound, captured_names, met, parsed

_Names = frozenset[str]
_NONE: _Names = frozenset()


@lru_cache(maxsize=1024)
def sure_names(code: str, ends: frozenset[str], whole: frozenset[str]) -> frozenset[str] | None:
    """Those of a statement, which may be indented; None if nothing is behind it.

    `ends`: calls that never give anything; `whole`: each `match` that takes whatever comes; as `plain_text` has them.
    """
    return _Walk(ends, whole).body(parsed(code), _NONE)


def plain_text(code: str) -> str:
    """Some code without its layout."""
    return "\n".join(map(ast.unparse, parsed(code)))


def doubtful(code: str, when: bool | None = None) -> frozenset[str]:
    """The names that an expression binds on some ways only; `when`: those on which it is true, or is not."""
    if ":=" not in code:
        return _NONE
    node = ast.parse(f"({code})", mode="eval").body
    return names_of_code(f"({code})").binds - _passing(node, when)


@dataclass(slots=True)
class _Walk:
    ends: frozenset[str]
    whole: frozenset[str]
    breaks: list[list[_Names]] = field(default_factory=list)
    continues: list[list[_Names]] = field(default_factory=list)

    def body(self, statements: Iterable[ast.stmt], bound: Bound) -> Bound:
        for statement in statements:
            if bound is None:
                break
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: _Names) -> Bound:
        match node:
            case ast.If(test=test):
                then = self.body(node.body, bound | _passing(test, True))
                return met(then, self.body(node.orelse, bound | _passing(test, False)))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, bound)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    bound |= _passing(item.context_expr) | _targets(item.optional_vars)
                return self.body(node.body, bound)
            case ast.Try() | ast.TryStar():
                return self._try(node, bound)
            case ast.Match():
                return self._match(node, bound)
            case ast.Break() | ast.Continue():
                stack = self.breaks if isinstance(node, ast.Break) else self.continues
                if stack:
                    stack[-1].append(bound)
                return None
            case ast.Return() | ast.Raise():
                return None
            case ast.Expr(value=value) if ast.unparse(value) in self.ends:
                return None
            case ast.Expr(value=value):
                return bound | _passing(value)
            case ast.Assert(test=test):
                return bound | _passing(test, True)
            case ast.Delete():
                return bound - {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            case _:
                passing = {n for e in ast.iter_child_nodes(node) for n in _walrus(e)}
                sure = {n for e in ast.iter_child_nodes(node) for n in _passing(e)}
                assigned = {n for e in ast.iter_child_nodes(node) for n in _targets(e)}
                return bound | (
                    names_of_code(ast.unparse(node)).binds - (passing - sure - assigned)
                )

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, bound: _Names) -> Bound:
        self.breaks.append([])
        self.continues.append([])
        if isinstance(node, ast.While):
            turn, left = bound | _passing(node.test, True), bound | _passing(node.test, False)
        else:
            left = bound | _passing(node.iter)
            turn = left | _targets(node.target)
        ended = self.body(node.body, turn)
        for found in self.continues.pop():
            ended = met(ended, found)
        after: Bound = left if isinstance(node, ast.While) or ended is None else ended
        if isinstance(node, ast.While) and _is_true(node.test):
            after = None
        elif after is not None:
            after = self.body(node.orelse, after)
        for found in self.breaks.pop():
            after = met(after, found)
        return after

    def _try(self, node: ast.Try | ast.TryStar, bound: _Names) -> Bound:
        after = self.body(node.orelse, self.body(node.body, bound))
        for handler in node.handlers:
            after = met(after, self.body(handler.body, bound))
        last = self.body(node.finalbody, bound)
        return None if after is None or last is None else after | last

    def _match(self, node: ast.Match, bound: _Names) -> Bound:
        bound |= _passing(node.subject)
        after: Bound = None if ast.unparse(node) in self.whole else bound
        for case in node.cases:
            inner = bound | frozenset(captured_names(case.pattern))
            inner |= _passing(case.guard, True) if case.guard is not None else _NONE
            after = met(after, self.body(case.body, inner))
        return after


def _passing(node: ast.AST, when: bool | None = None) -> _Names:
    """The names that `:=` has bound for sure when an expression is done; `when`: it is true, or is not."""
    match node:
        case ast.NamedExpr(target=target, value=value):
            return _passing(value, when) | {target.id}
        case ast.BoolOp(op=op, values=values):
            return _operands(values, isinstance(op, ast.And), when)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _passing(operand, None if when is None else not when)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            then = _passing(test, True) | _passing(body, when)
            return then & (_passing(test, False) | _passing(orelse, when))
        case ast.Compare(left=left, comparators=[first, *more]):
            found = _passing(left) | _passing(first)
            return found.union(*map(_passing, more)) if when else found
        case ast.Lambda():
            return _NONE
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return _walrus(node)  # nobody knows whether it comes to it
        case _:
            return _NONE.union(*map(_passing, ast.iter_child_nodes(node)))


def _operands(values: list[ast.expr], every: bool, when: bool | None) -> _Names:
    """Of `and` (`every`) and of `or`: each operand is come to if those before it are true, or are not."""
    on, out = _passing(values[0], every), _passing(values[0], not every)
    for value in values[1:]:
        out &= on | _passing(value, not every)
        on |= _passing(value, every)
    if when is None:
        return on & out
    return on if when == every else out


def _walrus(node: ast.AST) -> _Names:
    inner = (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
    return frozenset(inner)


def _targets(node: ast.AST | None) -> _Names:
    """The names that are assigned to, other than by `:=`."""
    inner = ast.walk(node) if node is not None else ()
    named = (n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return frozenset(named) - (_walrus(node) if node is not None else _NONE)


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)
