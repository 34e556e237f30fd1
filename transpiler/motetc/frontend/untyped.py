"""Names of which mypy cannot tell the type: what is made of them has no finding of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.program import Program

_UNTYPED = re.compile(r'Need type annotation for "(\w+)"')


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement of a function, and the names that it reads itself, without those of statements in it."""

    function: str
    start: tuple[int, int]  # line, and column from 0 in bytes
    end: tuple[int, int]
    reads: frozenset[str]


@dataclass(slots=True)
class Untyped:
    """The names that mypy has found without a type, by what it says."""

    program: Program
    mypys: Sequence[Diagnostic]
    names: dict[Diagnostic, str] = field(init=False)
    statements: dict[str, list[_Statement]] = field(default_factory=dict)  # by path

    def __post_init__(self) -> None:
        found = ((d, _UNTYPED.match(d.message)) for d in self.mypys)
        self.names = {finding: said[1] for finding, said in found if said is not None}

    def follows(self, finding: Diagnostic) -> bool:
        """Whether it comes of such a name, or is about one whose statement has something else wrong with it."""
        at = self._statement(finding.span) if self.names else None
        if at is None:
            return False
        others = (d for d in self.mypys if d not in self.names)
        if finding in self.names and any(self._statement(d.span) == at for d in others):
            return True
        return any(name in at.reads for name in self._before(at, finding.span.path))

    def _before(self, at: _Statement, path: str) -> Iterator[str]:
        """Those that are bound further up in the function."""
        for finding, name in self.names.items():
            where = self._statement(finding.span) if finding.span.path == path else None
            if where and where.function == at.function and where.start < at.start:
                yield name

    def _statement(self, span: Span) -> _Statement | None:
        """The innermost one."""
        if span.path not in self.statements:
            self.statements[span.path] = [*self._statements(span.path)]
        where = span.line, span.column - 1
        around = (s for s in self.statements[span.path] if s.start <= where < s.end)
        return max(around, key=lambda s: s.start, default=None)

    def _statements(self, path: str) -> Iterator[_Statement]:
        for module in self.program.modules.values():
            if module.relative == path and module.map is None:  # else these are not the file's lines
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
        reads = (x.id for x in own if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Load))
        end = node.end_lineno or node.lineno, node.end_col_offset or 0
        yield _Statement(function, (node.lineno, node.col_offset), end, frozenset(reads))
        yield from _below(function, inner)
