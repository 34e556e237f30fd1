"""Which names local code needs from before it, and which it has bound for sure when it ends.

`t = 1` and then `print(t)` needs no earlier `t`; a loop may leave its variable unbound.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from motetc.frontend.code_names import names_of_code

Bound = frozenset[str] | None  # None: this path does not go on


@dataclass(frozen=True, slots=True)
class LocalNames:
    """`needed`: names that a statement may read before it binds them. `bound`: those that it binds on every path.
    `deleted`: those that may be gone when it ends.
    """

    needed: frozenset[str]
    bound: frozenset[str]
    deleted: frozenset[str] = frozenset()


@lru_cache(maxsize=1024)
def local_names(code: str) -> LocalNames:
    """Those of a statement, which may be indented, with all its lines."""
    walk = _Walk()
    bound = walk.body(parsed(code), frozenset()) or frozenset()
    return LocalNames(frozenset(walk.needed), bound, frozenset(walk.deleted - bound))


def parsed(code: str) -> list[ast.stmt]:
    """The statements of some code, which may be indented."""
    body = ast.parse(f"if 1:\n{code}" if code.startswith(" ") else code).body
    return body[0].body if code.startswith(" ") and isinstance(body[0], ast.If) else body


class _Walk:
    def __init__(self) -> None:
        self.needed: set[str] = set()
        self.deleted: set[str] = set()

    def body(self, statements: Iterable[ast.stmt], bound: Bound) -> Bound:
        """The names bound after statements, if any path goes on."""
        for statement in statements:
            if bound is None:
                break
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: frozenset[str]) -> Bound:
        match node:
            case ast.If(test=test):
                bound = self._read(test, bound)
                return met(self.body(node.body, bound), self.body(node.orelse, bound))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, bound)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    bound = self._read(item.context_expr, bound)
                    if item.optional_vars is not None:
                        bound = self._bind(item.optional_vars, bound)
                return self.body(node.body, bound)
            case ast.Try() | ast.TryStar():
                return self._try(node, bound)
            case ast.Match():
                return self._match(node, bound)
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                self._read(node, bound)
                return None
            case _:
                return self._read(node, bound)

    def _read(self, node: ast.AST, bound: frozenset[str]) -> frozenset[str]:
        """What is bound after an expression or a statement without others in it."""
        names = names_of_code(ast.unparse(node))
        self.needed |= names.reads - bound
        gone = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _deletes(n)}
        self.deleted |= gone
        return (bound | names.binds) - gone

    def _bind(self, target: ast.expr, bound: frozenset[str]) -> frozenset[str]:
        return self._read(ast.Assign([target], ast.Constant(None), lineno=1), bound)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, bound: frozenset[str]) -> Bound:
        if isinstance(node, ast.While):
            bound = inner = self._read(node.test, bound)
        else:
            bound = self._read(node.iter, bound)
            inner = self._bind(node.target, bound)
        self.body(node.body, inner)
        return met(bound, self.body(node.orelse, bound))

    def _try(self, node: ast.Try | ast.TryStar, bound: frozenset[str]) -> Bound:
        after = self.body(node.orelse, self.body(node.body, bound))
        for handler in node.handlers:
            caught = self._read(handler.type, bound) if handler.type is not None else bound
            named = caught | {handler.name} if handler.name is not None else caught
            after = met(after, self.body(handler.body, named))
        last = self.body(node.finalbody, bound)
        return None if after is None or last is None else after | last

    def _match(self, node: ast.Match, bound: frozenset[str]) -> Bound:
        bound = self._read(node.subject, bound)
        after: Bound = bound
        for index, case in enumerate(node.cases):
            inner = bound | captured_names(case.pattern)
            named = {n.id for n in ast.walk(case.pattern) if isinstance(n, ast.Name)}
            self.needed |= named - bound
            if case.guard is not None:
                inner = self._read(case.guard, inner)
            ended = self.body(case.body, inner)
            after = ended if index == 0 else met(after, ended)
        return after if _takes_all(node.cases[-1]) else met(after, bound)


def met(one: Bound, other: Bound) -> Bound:
    """What is bound whichever of two paths is taken."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _deletes(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Del)


def captured_names(pattern: ast.pattern) -> set[str]:
    """What a pattern binds."""
    found = set[str]()
    for node in ast.walk(pattern):
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name is not None:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest is not None:
            found.add(node.rest)
    return found


def _takes_all(case: ast.match_case) -> bool:
    return (
        case.guard is None
        and isinstance(case.pattern, ast.MatchAs)
        and case.pattern.pattern is None
    )
