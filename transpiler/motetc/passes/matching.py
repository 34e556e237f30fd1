"""Whether the cases of a `match` name every alternative of its subject: mypy's exhaustiveness, roughly."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from motetc.ir.types import ClassDecl, Type

Declared = Callable[[str], ClassDecl | None]


def alternatives(subject: Type, declared: Declared) -> set[str]:
    """The names of the alternatives that a type has: classes, enum members, literal values."""
    if subject.kind == "union":
        return set().union(*(alternatives(t, declared) for t in subject.args))
    if subject.kind == "literal":
        return {f"{subject.name}.{v!s}" if subject.name else repr(v) for v in subject.values}
    if subject.kind == "enum":
        decl = declared(subject.name)
        return (
            {f"{subject.name.rpartition('.')[2]}.{m}" for m in decl.members}
            if decl
            else {subject.name}
        )
    if subject.kind == "scalar" and subject.name == "bool":
        return {"True", "False"}
    return {subject.name.rpartition(".")[2] or subject.kind}


def pattern_covers(pattern: cst.MatchPattern) -> set[str]:
    """The alternatives that a pattern takes whatever their contents."""
    match pattern:
        case cst.MatchOr():
            return set().union(*(pattern_covers(p.pattern) for p in pattern.patterns))
        case cst.MatchAs() if pattern.pattern is not None:
            return pattern_covers(pattern.pattern)
        case cst.MatchSingleton():
            return {pattern.value.value}
        case cst.MatchValue():
            text = cst.Module([]).code_for_node(pattern.value)
            return {".".join(text.split(".")[-2:])} if "." in text else {text}
        case cst.MatchClass():
            inner = [p.value for p in pattern.patterns if isinstance(p, cst.MatchSequenceElement)]
            plain = all(captures(p) for p in (*inner, *(k.pattern for k in pattern.kwds)))
            plain = plain and len(inner) == len(pattern.patterns)
            return (
                {cst.Module([]).code_for_node(pattern.cls).rpartition(".")[2]} if plain else set()
            )
    return set()


def captures(pattern: cst.MatchPattern) -> bool:
    """A pattern that takes anything."""
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None
