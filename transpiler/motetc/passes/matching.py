"""Whether the cases of a `match` name every alternative of its subject: mypy's exhaustiveness, roughly."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from motetc.frontend.tree import captures, code_for
from motetc.ir.generic_types import substituted
from motetc.ir.types import Declared, Type


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


def pattern_covers(pattern: cst.MatchPattern, subject: Type, declared: Declared) -> set[str]:
    """The alternatives of a type that a pattern takes whatever their contents."""
    match pattern:
        case cst.MatchOr():
            found = (pattern_covers(p.pattern, subject, declared) for p in pattern.patterns)
            return set().union(*found)
        case cst.MatchAs() if pattern.pattern is not None:
            return pattern_covers(pattern.pattern, subject, declared)
        case cst.MatchSingleton():
            return {pattern.value.value}
        case cst.MatchValue(value=cst.Attribute()):
            return {".".join(code_for(pattern.value).split(".")[-2:])}
        case cst.MatchValue():
            return {repr(ast.literal_eval(code_for(pattern.value)))}
        case cst.MatchTuple() | cst.MatchList():
            name = _items(len(pattern.patterns))
            tuples = [
                t for t in _each(subject) if t.kind == "tuple" and _items(len(t.args)) == name
            ]
            types: Sequence[Type | None] = tuples[0].args if len(tuples) == 1 else ()
            return {name} if _takes_all(pattern.patterns, types, declared) else set()
        case cst.MatchClass():
            name = _last(code_for(pattern.cls))
            of = [t for t in _each(subject) if t.kind == "class" and _last(t.name) == name]
            parts = (*pattern.patterns, *pattern.kwds)
            types = _asked(pattern, of[0], declared) if len(of) == 1 else ()
            return {name} if _takes_all(parts, types, declared) else set()
    return set()


def _each(subject: Type) -> Sequence[Type]:
    return subject.args if subject.kind == "union" else (subject,)


def _asked(pattern: cst.MatchClass, of: Type, declared: Declared) -> Sequence[Type | None]:
    """The types of the fields that a pattern asks for, one after the other."""
    decl = declared(of.name)
    if decl is None:
        return ()
    given = dict(zip(decl.params, of.args, strict=False))
    types = {field.name: substituted(field.type, given) for field in decl.fields}
    by_place = [types[field.name] for field in decl.fields if field.init and not field.kw_only]
    first = by_place[: len(pattern.patterns)]
    return (*first, *(types.get(k.key.value) for k in pattern.kwds))


def _takes_all(
    parts: Sequence[cst.CSTNode], types: Sequence[Type | None], declared: Declared
) -> bool:
    """Whether parts of a pattern, none of them starred, are taken whatever they are: of these types, if it is known."""
    inner = [
        p.value if isinstance(p, cst.MatchSequenceElement) else getattr(p, "pattern", None)
        for p in parts
    ]
    known = types if len(types) == len(inner) else [None] * len(inner)
    return all(
        isinstance(part, cst.MatchPattern) and _takes(part, found, declared)
        for part, found in zip(inner, known, strict=True)
    )


def _takes(part: cst.MatchPattern, found: Type | None, declared: Declared) -> bool:
    if captures(part):
        return True
    wanted = alternatives(found, declared) if found is not None else set()
    return found is not None and bool(wanted) and wanted <= pattern_covers(part, found, declared)


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
