"""Which names local code needs from before it, and which are bound when it ends.

`t = 1` and then `print(t)` needs no earlier `t`; a loop may leave its variable unbound, `if t: m = 1` binds `m` on one
way only, and so does `a and (m := f())`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from motetc.frontend.code_names import names_of_code
from motetc.frontend.walrus import assigned, passing, walrus_names

_Names = frozenset[str]
_NONE: _Names = frozenset()


@dataclass(frozen=True, slots=True)
class LocalNames:
    """`needed`: names that a statement may read before it binds them. `bound`: those that it binds even if no loop is
    entered, `:=` included. `deleted`: those that may be gone when it ends. `sure`: those that it binds if every `for`
    has something to go over, `:=` only where it comes to it; None if nothing is behind it.
    """

    needed: frozenset[str]
    bound: frozenset[str]
    deleted: frozenset[str]
    sure: frozenset[str] | None


@lru_cache(maxsize=1024)
def local_names(
    code: str, ends: frozenset[str] = _NONE, whole: frozenset[str] = _NONE
) -> LocalNames:
    """Those of a statement, which may be indented, with all its lines.

    `ends`: calls that never give anything; `whole`: each `match` that takes whatever comes; as `plain_text` has them.
    `sure` asks for both.
    """
    walk = _Walk(ends, whole)
    way = walk.body(parsed(code), _Way(_NONE, _NONE))
    bound, sure = (way.bound, way.sure) if way is not None else (_NONE, None)
    return LocalNames(frozenset(walk.needed), bound, frozenset(walk.deleted - bound), sure)


def parsed(code: str) -> list[ast.stmt]:
    """The statements of some code, which may be indented."""
    body = ast.parse(f"if 1:\n{code}" if code.startswith(" ") else code).body
    return body[0].body if code.startswith(" ") and isinstance(body[0], ast.If) else body


def plain_text(code: str) -> str:
    """Some code without its layout."""
    return "\n".join(map(ast.unparse, parsed(code)))


@dataclass(frozen=True, slots=True)
class _Way:
    """What is bound so far on one of the ways through some code; see `LocalNames`."""

    bound: _Names
    sure: _Names | None

    def also(self, bound: Iterable[str], sure: Iterable[str]) -> _Way:
        """With some that are bound now."""
        known = None if self.sure is None else self.sure.union(sure)
        return _Way(self.bound.union(bound), known)

    def where(self, test: ast.expr, true: bool) -> _Way:
        """With what a condition that has been read binds if it is true, or is not."""
        return self.also((), passing(test, true))


@dataclass(slots=True)
class _Walk:
    """Goes along all ways; None stands for one that does not go on."""

    ends: _Names
    whole: _Names
    needed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    breaks: list[list[_Way]] = field(default_factory=list)
    continues: list[list[_Way]] = field(default_factory=list)

    def body(self, statements: Iterable[ast.stmt], way: _Way | None) -> _Way | None:
        for statement in statements:
            if way is None:
                break
            way = self._statement(statement, way)
        return way

    def _statement(self, node: ast.stmt, way: _Way) -> _Way | None:
        match node:
            case ast.If(test=test):
                way = self._read(test, way)
                then = self.body(node.body, way.where(test, True))
                return _met(then, self.body(node.orelse, way.where(test, False)))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, way)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    way = self._read(item.context_expr, way)
                    if item.optional_vars is not None:
                        way = self._assign(item.optional_vars, way)
                return self.body(node.body, way)
            case ast.Try() | ast.TryStar():
                return self._try(node, way)
            case ast.Match():
                return self._match(node, way)
            case ast.Break() | ast.Continue():
                stack = self.breaks if isinstance(node, ast.Break) else self.continues
                if stack:
                    stack[-1].append(way)
                return None
            case ast.Return() | ast.Raise():
                self._read(node, way)
                return None
            case ast.Expr(value=value) if ast.unparse(value) in self.ends:
                return replace(self._read(node, way), sure=None)
            case _:
                return self._read(node, way)

    def _read(self, node: ast.AST, way: _Way) -> _Way:
        """What is bound after an expression or a statement without others in it."""
        text = ast.unparse(node)
        names = names_of_code(text)
        self.needed |= names.reads - way.bound
        gone = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _deletes(n)}
        self.deleted |= gone
        after = way.also(names.binds, names.binds - (_unsure(node) if ":=" in text else _NONE))
        return _Way(after.bound - gone, None if after.sure is None else after.sure - gone)

    def _assign(self, target: ast.expr, way: _Way) -> _Way:
        return self._read(ast.Assign([target], ast.Constant(None), lineno=1), way)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, way: _Way) -> _Way | None:
        self.breaks.append([])
        self.continues.append([])
        if isinstance(node, ast.While):
            way = self._read(node.test, way)
            turn, left = way.where(node.test, True), way.where(node.test, False)
        else:
            left = self._read(node.iter, way)
            turn = self._assign(node.target, left)
        ended = self.body(node.body, turn)
        breaks, continues = self.breaks.pop(), self.continues.pop()
        if isinstance(node, ast.While):
            done = None if _is_true(node.test) else left.sure
        else:
            again = _sure_of(ended, *continues)
            done = left.sure if again is None else again
        after = self.body(node.orelse, _Way(left.bound, done))
        bound = left.bound if after is None else left.bound & after.bound
        return _Way(bound, _sure_of(after, *breaks))

    def _try(self, node: ast.Try | ast.TryStar, way: _Way) -> _Way | None:
        after = self.body(node.orelse, self.body(node.body, way))
        for handler in node.handlers:
            caught = self._read(handler.type, way) if handler.type is not None else way
            named = caught.also({handler.name} if handler.name is not None else (), ())
            after = _met(after, self.body(handler.body, named))
        last = self.body(node.finalbody, way)
        if after is None or last is None:
            return None
        sure = None if after.sure is None or last.sure is None else after.sure | last.sure
        return _Way(after.bound | last.bound, sure)

    def _match(self, node: ast.Match, way: _Way) -> _Way | None:
        way = self._read(node.subject, way)
        after: _Way | None = None
        for case in node.cases:
            named = {n.id for n in ast.walk(case.pattern) if isinstance(n, ast.Name)}
            self.needed |= named - way.bound
            captured = _captured(case.pattern)
            inner = way.also(captured, captured)
            if case.guard is not None:
                inner = self._read(case.guard, inner).where(case.guard, True)
            after = _met(after, self.body(case.body, inner))
        if _takes_all(node.cases[-1]):
            return after
        whole = ast.unparse(node) in self.whole
        bound = way.bound if after is None else after.bound & way.bound
        return _Way(bound, _sure_of(after) if whole else _sure_of(after, way))


def _met(one: _Way | None, other: _Way | None) -> _Way | None:
    """What is bound whichever of two ways is taken."""
    if one is None or other is None:
        return other if one is None else one
    return _Way(one.bound & other.bound, _sure_of(one, other))


def _sure_of(*ways: _Way | None) -> _Names | None:
    """What is bound for sure whichever of some ways is taken; None if none of them goes on."""
    found = [way.sure for way in ways if way is not None and way.sure is not None]
    return frozenset.intersection(*found) if found else None


def _unsure(node: ast.AST) -> _Names:
    """The names that `:=` may not have bound when an expression, or a statement without others in it, is done."""
    if isinstance(node, ast.Assert):
        return walrus_names(node) - passing(node.test, True)
    return walrus_names(node) - passing(node) - assigned(node)


def _deletes(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Del)


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _captured(pattern: ast.pattern) -> set[str]:
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
