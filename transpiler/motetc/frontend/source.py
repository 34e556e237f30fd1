"""One source module: its tree, positions, imports and top-level definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

import libcst as cst

from motetc.diagnostics.model import Diagnostic, Span, line_span
from motetc.frontend.imports import base_of
from motetc.frontend.line_map import LineMap
from motetc.frontend.outline import Outline, outline, unreadable
from motetc.frontend.positions import Positions
from motetc.frontend.scope import bound_by, code_of
from motetc.frontend.tree import code_for

_TYPED = re.compile(r"#\s*type:\s*(?!ignore\b)")
_EMPTY = cst.Module([])
_REMARK = re.compile(
    r"^\s*(?:from\s+(?P<base>[\w.]+)\s+import\b|import\s+(?P<names>[^#\n;]+))[^#\n]*(?P<comment>#.*)",
    re.MULTILINE,
)
_ON_ORDER = re.compile(r"#\s*(isort:|noqa:.*\b(E402|F401|I001)\b)")  # and the order is ours
_GLOBAL = re.compile(r"^\s*global\b.*", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A top-level statement, the names it binds, and its place in the file."""

    node: cst.BaseStatement
    names: tuple[str, ...]
    index: int

    @property
    def code(self) -> str:
        """Its text, without the comments before it and behind it, but for one that says its type."""
        behind = (
            self.node.trailing_whitespace
            if isinstance(self.node, cst.SimpleStatementLine)
            else None
        )
        comment = behind.comment.value if behind is not None and behind.comment is not None else ""
        return code_of(self.node) + (f"  {comment}" if _TYPED.match(comment) else "")


@dataclass(slots=True, eq=False)
class SourceModule(Outline):
    """A module with its syntax; one that has nothing to do with locations has no tree and no statements."""

    tree: cst.Module = _EMPTY
    positions: Positions = field(default_factory=lambda: Positions(_EMPTY))
    definitions: dict[str, Definition] = field(default_factory=dict)
    statements: list[Definition] = field(default_factory=list)
    map: LineMap | None = None
    """Where lines come from, if pipelines have been expanded in the text."""

    @property
    def remarks(self) -> dict[str, str]:
        """By imported module, the comment behind its import: what it is for, or a `# type: ignore`."""
        return _remarks(self.text)

    def shown(self, *lines: int) -> str:
        """`path:line, line` of lines of the text, as people find them."""
        if self.map is not None:
            return self.map.shown(*lines)
        return f"{self.relative}:{', '.join(map(str, lines))}"

    def own(self, line: int) -> int:
        """The line of the file as it is written."""
        return self.map.own(line) if self.map is not None else line

    def span(self, node: cst.CSTNode, fallback: cst.CSTNode | None = None) -> Span:
        """Where a node of this module is; for one that was parsed out of a string, where `fallback` is."""
        found = self.positions.get(node) or self.positions.get(fallback or self.tree)
        assert found is not None
        start, end = found.start, found.end
        return Span(self.relative, start.line, start.column + 1, end.line, end.column + 1)

    def line(self, number: int) -> Span:
        """The code of a line."""
        return line_span(self.relative, number, self.text.split("\n")[number - 1])

    def written(self, span: Span) -> str:
        """What the text says there. Its lines are Python's: `splitlines` ends some at form feeds and in strings."""
        lines = self.text.split("\n")[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def is_given(self, node: cst.CSTNode) -> bool:
        """Whether a statement is there for what a pipeline's parameter is given."""
        lines = self.positions.lines(node) if self.map is not None else None
        return lines is not None and self.map is not None and self.map.at(lines[0]).given

    def moved(self, new: cst.CSTNode, old: cst.CSTNode) -> None:
        """`new` stands where `old` stood."""
        self.positions.move(new, old)

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        return self.positions.code(node) or self.tree.code_for_node(node)

    def dotted_imports(self) -> list[str]:
        """The modules that `import a.b` and the like at the top level name, those with `as` apart."""
        found = []
        for statement in self.statements:
            if isinstance(statement.node, cst.SimpleStatementLine):
                for small in statement.node.body:
                    if isinstance(small, cst.Import):
                        found += [self.code(a.name) for a in small.names if a.asname is None]
        return found

    def alias(self, name: str) -> cst.BaseExpression | None:
        """`b.c` of `name = b.c` at the top level, if that is all that ever binds it."""
        binding = [s.node for s in self.statements if name in s.names]
        node = binding[0] if len(binding) == 1 else None
        if not isinstance(node, cst.SimpleStatementLine) or self._is_rebound(name):
            return None
        match node.body[0]:
            case cst.Assign(targets=[cst.AssignTarget(cst.Name(found))], value=value):
                pass
            case cst.AnnAssign(target=cst.Name(found), value=value):
                pass
            case _:
                return None
        return value if found == name and isinstance(value, (cst.Name, cst.Attribute)) else None

    def _is_rebound(self, name: str) -> bool:
        """Whether some function may bind it to something else."""
        return any(name in line for line in _GLOBAL.findall(self.text))

    def statement(self, index: int) -> str:
        """The text of a top-level statement, with the lines before it."""
        node = self.statements[index].node
        return self.positions.whole(node) or self.tree.code_for_node(node)


@lru_cache(maxsize=1024)
def _remarks(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _REMARK.finditer(text):
        comment = match["comment"].rstrip()
        if _ON_ORDER.match(comment):
            continue
        names = [match["base"]] if match["base"] else match["names"].split(",")
        for name in (name.split()[0] for name in names):
            if name not in found or "type:" in comment:
                found[name] = comment
    return found


def parse(path: Path, relative: str, name: str, text: str) -> SourceModule | Diagnostic:
    """A module's tree and tables, or its syntax error at CPython's own position."""
    module = outline(path, relative, name, text)
    if isinstance(module, Diagnostic):
        return module
    source = of_outline(module)
    return read_syntax(source) or source


def of_outline(module: Outline) -> SourceModule:
    """A module of which only the imports are known; `read_syntax` adds the rest."""
    return SourceModule(*(getattr(module, part.name) for part in fields(Outline)))


def read_syntax(module: SourceModule) -> Diagnostic | None:
    """Add the tree, positions and definitions of a module; the finding if that cannot be done."""
    try:
        module.tree = cst.parse_module(module.text)
        module.positions = Positions(module.tree)
    except (ValueError, RecursionError, cst.ParserSyntaxError) as error:
        return unreadable(module.relative, error)
    module.positions.share()
    for index, statement in enumerate(module.tree.body):
        names = bound_by(statement)
        definition = Definition(statement, names, index)
        module.statements.append(definition)
        for name in names:
            module.definitions.setdefault(name, definition)
    return None


def import_base(module: SourceModule, node: cst.ImportFrom) -> str:
    """The absolute module that a from-import names."""
    named = code_for(node.module) if node.module is not None else ""
    return base_of(module.package, named, len(node.relative))
