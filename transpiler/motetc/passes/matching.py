"""Whether the cases of a `match` name every alternative of its subject: mypy's exhaustiveness, roughly."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import libcst as cst

from motetc.frontend.tree import code_for
from motetc.ir.types import ClassDecl, Type

Declared = Callable[[str], ClassDecl | None]


def alternatives(subject: Type, declared: Declared) -> set[str]:
    """The names of the alternatives that a type has: classes, enum members, literal values, tuples by their length."""
    match subject.kind:
        case "union":
            return set().union(*(alternatives(t, declared) for t in _named_apart(subject.args)))
        case "literal" if subject.name:
            return {f"{_last(subject.name)}.{member!s}" for member in subject.values}
        case "literal":
            return {repr(value) for value in subject.values}
        case "enum" if (decl := declared(subject.name)) is not None:
            return {f"{_last(subject.name)}.{member}" for member in decl.members}
        case "scalar" if subject.name == "bool":
            return {"True", "False"}
        case "tuple":
            return {_items(len(subject.args))}
        case _:
            return {_last(subject.name) or subject.kind}


def pattern_covers(pattern: cst.MatchPattern) -> set[str]:
    """The alternatives that a pattern takes whatever their contents."""
    match pattern:
        case cst.MatchOr():
            return set().union(*(pattern_covers(p.pattern) for p in pattern.patterns))
        case cst.MatchAs() if pattern.pattern is not None:
            return pattern_covers(pattern.pattern)
        case cst.MatchSingleton():
            return {pattern.value.value}
        case cst.MatchValue(value=cst.Attribute()):
            return {".".join(code_for(pattern.value).split(".")[-2:])}
        case cst.MatchValue():
            return {repr(ast.literal_eval(code_for(pattern.value)))}
        case cst.MatchTuple() | cst.MatchList() if _captures_all(pattern.patterns):
            return {_items(len(pattern.patterns))}
        case cst.MatchClass() if _captures_all((*pattern.patterns, *pattern.kwds)):
            return {_last(code_for(pattern.cls))}
    return set()


def captures(pattern: cst.MatchPattern) -> bool:
    """A pattern that takes anything."""
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def _captures_all(parts: Sequence[cst.CSTNode]) -> bool:
    """Whether parts of a pattern, none of them starred, are taken whatever they are."""
    inner = [
        p.value if isinstance(p, cst.MatchSequenceElement) else getattr(p, "pattern", None)
        for p in parts
    ]
    return all(isinstance(p, cst.MatchPattern) and captures(p) for p in inner)


def _named_apart(types: Sequence[Type]) -> Sequence[Type]:
    """Patterns name classes as the module does: of two that end alike, neither is known to be named."""
    ends = [_last(t.name) for t in types if t.kind == "class"]
    return [
        t if t.kind != "class" or ends.count(_last(t.name)) == 1 else Type("other", "…")
        for t in types
    ]


def _items(count: int) -> str:
    return f"({count} items)"


def _last(name: str) -> str:
    return name.rpartition(".")[2]
