"""Names of which mypy cannot tell the type, or tells a wrong one: what is made of them has no finding of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.program import Program

_UNTYPED = re.compile(r'Need type annotation for "(\w+)"')
_REFUSED = frozenset(
    {
        "data-dependent-receiver",
        "missing-nondet",
        "missing-proof",
        "not-awaited",
        "not-serializable",
        "unsupported-syntax",
        "wrong-sender",
    }
)
_WORD = re.compile(r"\w+")
_PLAYED = re.compile(r'has incompatible type "(\w+)"; expected "(\w+)"$')
_NO_AWAITABLE = 'Incompatible types in "await"'
_UNKNOWN = frozenset({"attr-defined", "func-returns-value", "name-defined"})


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement of a function, and the names that it reads and binds itself, without those of statements in it."""

    function: str
    start: tuple[int, int]  # line, and column from 0 in bytes
    end: tuple[int, int]
    reads: frozenset[str]
    binds: frozenset[str]


@dataclass(slots=True)
class Untyped:
    """The names that mypy has found without a type, by what it says, and those that are bound to what is refused, or
    made of what is not defined."""

    program: Program
    mypys: Sequence[Diagnostic]
    ours: Sequence[Diagnostic] = ()
    names: dict[Diagnostic, frozenset[str]] = field(init=False)
    statements: dict[str, list[_Statement]] = field(default_factory=dict)  # by path

    def __post_init__(self) -> None:
        found = ((d, _UNTYPED.match(d.message)) for d in self.mypys)
        self.names = {finding: frozenset({said[1]}) for finding, said in found if said is not None}

    def follows(self, finding: Diagnostic) -> bool:
        """Whether it comes of such a name, or is about one whose statement has something else wrong with it."""
        refused = [d for d in self.ours if d.code in _REFUSED]
        refused += [
            d for d in self.mypys if d.code in _UNKNOWN or d.message.startswith(_NO_AWAITABLE)
        ]
        refused += [d for d in self.mypys if self._is_played_by_another(d)]
        at = self._statement(finding.span) if self.names or refused else None
        if at is None:
            return False
        others = (d for d in self.mypys if d not in self.names)
        if finding in self.names and any(self._statement(d.span) == at for d in others):
            return True
        seen = at.reads
        if finding in self.ours:  # of these it is known what they are about
            told = {name for said in self.names.values() for name in said}
            seen = at.reads & (self._words(finding.span) | told)
        return not seen.isdisjoint(self._before(at, finding.span.path, refused))

    def _is_played_by_another(self, finding: Diagnostic) -> bool:
        """Whether a call is given one location for another, so that it is open where its result is."""
        given = _PLAYED.search(finding.message)
        classes = {name.rpartition(".")[2] for name in self.program.locations}
        return given is not None and {given[1], given[2]} <= classes

    def _words(self, span: Span) -> set[str]:
        """The names in what a finding is about."""
        for module in self.program.modules.values():
            if module.relative == span.path:
                lines = module.text.split("\n")[span.line - 1 : span.end_line]
                if span.line == span.end_line and lines:
                    lines = [lines[0][span.column - 1 : span.end_column - 1]]
                return set(_WORD.findall("\n".join(lines)))
        return set()

    def are_together(self, one: Diagnostic, other: Diagnostic) -> bool:
        """Whether they are in one function."""
        if one.span.path != other.span.path:
            return False
        mine, theirs = self._statement(one.span), self._statement(other.span)
        return (mine and mine.function) == (theirs and theirs.function)

    def _before(self, at: _Statement, path: str, refused: Iterable[Diagnostic]) -> set[str]:
        """Those that are bound further up in the function, and what is made of them."""
        begun: dict[tuple[int, int], frozenset[str]] = {}
        for finding in (*self.names, *refused):
            where = self._statement(finding.span) if finding.span.path == path else None
            if where and where.function == at.function and where.start < at.start:
                begun[where.start] = self.names.get(finding, where.binds)
        found: set[str] = set()
        for statement in self.statements[path] if begun else ():
            if statement.function == at.function and statement.start < at.start:
                found |= begun.get(statement.start, frozenset())
                if not statement.reads.isdisjoint(found):
                    found |= statement.binds
        return found

    def _statement(self, span: Span) -> _Statement | None:
        """The innermost one."""
        if span.path not in self.statements:
            self.statements[span.path] = [*self._statements(span.path)]
        where = span.line, span.column - 1
        around = (s for s in self.statements[span.path] if s.start <= where < s.end)
        return max(around, key=lambda s: s.start, default=None)

    def _statements(self, path: str) -> Iterator[_Statement]:
        for module in self.program.modules.values():
            if (
                module.relative == path and module.map is None
            ):  # else these are not the file's lines
                for node in ast.parse(module.text).body:
                    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        yield from _below(node.name, node.body)


def _below(function: str, body: Iterable[ast.stmt]) -> Iterator[_Statement]:
    for node in body:
        own, inner = list[ast.AST](), list[ast.stmt]()
        todo = [*ast.iter_child_nodes(node)]
        while todo:
            part = todo.pop(0)
            if isinstance(part, ast.stmt):
                inner.append(part)
            else:
                own.append(part)
                todo += ast.iter_child_nodes(part)
        names = [x for x in own if isinstance(x, ast.Name)]
        reads = frozenset(x.id for x in names if isinstance(x.ctx, ast.Load))
        binds = frozenset(x.id for x in names if isinstance(x.ctx, ast.Store))
        end = node.end_lineno or node.lineno, node.end_col_offset or 0
        yield _Statement(function, (node.lineno, node.col_offset), end, reads, binds)
        yield from _below(function, inner)
