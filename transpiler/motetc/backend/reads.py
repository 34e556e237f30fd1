"""Which module-level names a top-level statement needs, when it runs and for its types."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from motetc.frontend.code_names import augmented_names, names_of_code
from motetc.frontend.local_names import parsed

_NAMING = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    *(
        getattr(ast, name)
        for name in ("TypeVar", "ParamSpec", "TypeVarTuple")
        if hasattr(ast, name)
    ),
)
_TOLD = re.compile(
    r"#\s*type:\s*(?!ignore\b)([^#\n]+)"
)  # in comments, as before there were annotations
_HEADS = re.compile(r"(?<![\w.])[^\W\d]\w*")
_SCOPED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)


@dataclass(frozen=True, slots=True)
class Reads:
    """Names that a piece of code reads: all of them, and those that running it reads (annotations never run here).

    `fields`: those that the annotations in the bodies of classes read, which whoever makes instances may look up.
    `quoted`: the strings among all these in which something is looked up behind a dot.
    """

    all: frozenset[str] = frozenset()
    running: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    quoted: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def reads_of(code: str) -> Reads:
    """What a statement reads, in string annotations too; it may be indented, with all its lines."""
    head = "if 1:\n" if code.startswith(" ") else ""
    data = f"{head}{code}".encode()
    nodes = list(ast.walk(ast.parse(data)))
    notes, augmented = list(_annotations(nodes)), augmented_names(nodes)
    running = names_of_code(_without(notes, data).removeprefix(head), augmented).reads
    noted = _plain_names(notes, nodes)
    read = running | noted if noted is not None else names_of_code(code, augmented).reads
    fields = [
        statement.annotation
        for node in nodes
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    ]
    named = {text: _named(text) for text in _quoted(nodes, notes)}
    dotted = sorted(text for text, names in named.items() if names and "." in text)
    looked_up = _all_names(fields) if fields else frozenset()
    told = {name for text in _TOLD.findall(code) for name in _HEADS.findall(text)}
    return Reads(read.union(told, *named.values()), running, looked_up, tuple(dotted))


def _all_names(notes: list[ast.expr]) -> frozenset[str]:
    inner = [node for note in notes for node in ast.walk(note)]
    names = frozenset(node.id for node in inner if isinstance(node, ast.Name))
    return names.union(*map(_named, _quoted([], notes)))


def read_by_parameters(code: str) -> frozenset[str]:
    """What type parameters (PEP 695) read, `[A: Process, T: "Item"]`, in strings too."""
    return reads_of(f"def _{code}(): ...").all


@lru_cache(maxsize=1024)
def read_at_once(code: str) -> frozenset[str]:
    """What a statement reads while its module is loaded: not what its functions read once they are called."""
    tree = ast.Module(parsed(code), [])
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body, node.returns = [ast.Pass()], None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
    return names_of_code(ast.unparse(tree)).reads


def _annotations(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    """What is not evaluated: annotations, and the bounds of type parameters."""
    for node in nodes:
        found: ast.expr | None
        if isinstance(node, (ast.AnnAssign, ast.arg)):
            found = node.annotation
        elif type(node).__name__ == "TypeVar":  # from Python 3.12 on
            found = getattr(node, "bound", None)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = node.returns
        else:
            continue
        if found is not None:
            yield found


def _plain_names(notes: list[ast.expr], nodes: list[ast.AST]) -> frozenset[str] | None:
    """The names in annotations; None where it depends on their scope what these read."""
    inner = [node for note in notes for node in ast.walk(note)]
    names = frozenset(node.id for node in inner if isinstance(node, ast.Name))
    if any(isinstance(node, _SCOPED) for node in inner) or any(n.startswith("__") for n in names):
        return None
    return names if names.isdisjoint(_bound(nodes)) else None


def _bound(nodes: list[ast.AST]) -> set[str]:
    """The names that nodes may bind, in whatever scope."""
    stored = {n.id for n in nodes if type(n) is ast.Name and type(n.ctx) is not ast.Load}
    given = {n.arg for n in nodes if type(n) is ast.arg}
    aliases = [n for n in nodes if type(n) is ast.alias]
    imported = {(n.asname or n.name).partition(".")[0] for n in aliases}
    named = {n.name for n in nodes if isinstance(n, _NAMING) and n.name is not None}
    rest = {n.rest for n in nodes if type(n) is ast.MatchMapping and n.rest is not None}
    return stored | given | imported | named | rest


def _without(notes: list[ast.expr], data: bytes) -> str:
    """The code with a number in the place of each annotation."""
    starts = [0, 0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]
    spans = [
        (starts[n.lineno] + n.col_offset, starts[n.end_lineno or 0] + (n.end_col_offset or 0))
        for n in notes
    ]
    for start, end in sorted(spans, reverse=True):
        data = data[:start] + b"0" + data[end:]
    return data.decode()


def _quoted(nodes: list[ast.AST], notes: list[ast.expr]) -> set[str]:
    """Strings in annotations, aliases, subscripts and arguments: of `cast`, `TypeVar(bound=…)` and the like."""
    places: list[ast.AST] = [*notes]
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and _is_alias(node) and node.value is not None:
            places.append(node.value)
        elif isinstance(node, ast.Call):
            places += [*node.args, *node.keywords]
        elif isinstance(node, ast.ClassDef):
            places += [*node.bases, *node.keywords]
        elif isinstance(node, ast.Subscript):
            places.append(node.slice)
    found: set[str] = set()
    seen: set[ast.AST] = set()
    while places:
        node = places.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                found.add(node.value)
        elif node not in seen:
            seen.add(node)
            inner = node.values if isinstance(node, ast.JoinedStr) else ast.iter_child_nodes(node)
            places += [child for child in inner if not _is_text(child, node)]
    return found


def _is_alias(node: ast.AnnAssign) -> bool:
    """`Json: TypeAlias = "…"`."""
    return ast.unparse(node.annotation).strip("'").rpartition(".")[2] == "TypeAlias"


def _is_text(node: ast.AST, parent: ast.AST) -> bool:
    """The plain parts of an f-string."""
    return isinstance(parent, ast.JoinedStr) and isinstance(node, ast.Constant)


def _named(text: str) -> frozenset[str]:
    """The names in a string, if it is an expression."""
    if text.isidentifier():
        return frozenset({text})
    if not text.replace("_", "a").replace(".", "a")[:1].isidentifier():
        return frozenset()
    try:
        return names_of_code(f"({text})").reads
    except (SyntaxError, ValueError):
        return frozenset()
