"""What follows from a class or function that mypy could not make sense of where it is defined."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import libcst as cst

from motetc.diagnostics.model import Diagnostic
from motetc.frontend.outline import Outline, with_imported
from motetc.frontend.program import Program

_NO_PAYLOAD = re.compile(r"cannot travel: `[\w.]+` cannot travel: make it a dataclass")
GENERAL = "send its data instead"  # of a class of which no more is known
_NAMED = re.compile(r"[\w.]+")


def undefined_classes(program: Program, mypys: Iterable[Diagnostic]) -> set[str]:
    """The classes that are derived from, or decorated with, a name that is not defined, or from what does not go
    together."""
    lines = {
        (d.span.path, d.span.line)
        for d in mypys
        if d.code == "name-defined"
        or "Cannot determine consistent method resolution order" in d.message
    }
    found: set[str] = set()
    for module in program.modules.values() if lines else ():
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.ClassDef):
                heads = (node.name, *(d.decorator for d in node.decorators))
                if any((s.path, s.line) in lines for s in map(module.span, heads)):
                    found.add(node.name.value)
    return found


def is_of_class(finding: Diagnostic, names: Collection[str]) -> bool:
    """Whether a finding is about what one of the classes is, or takes."""
    if finding.code not in _OF_CLASSES or not names:
        return False
    return any(word.rpartition(".")[2] in names for word in _NAMED.findall(finding.message))


def once_a_class(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, without those that say of a class again that its values cannot travel."""
    told: set[str] = set()
    for finding in found:
        why = _NO_PAYLOAD.search(finding.message) if finding.help.startswith(GENERAL) else None
        if why is None or why[0] not in told:
            yield finding
        if why is not None:
            told.add(why[0])


def with_unread(program: Program, broken: Iterable[str]) -> set[str]:
    """The paths of modules that import, one by way of another, a file of which there is no more than a path."""
    lost = {name for path in broken for name in _module_names(path)} - program.modules.keys()
    first = {m.name for m in program.modules.values() if lost and not lost.isdisjoint(_imported(m))}
    return {
        module.relative
        for module in program.modules.values()
        if first and with_imported(program.modules, {module.name}) & first
    }


def _module_names(path: str) -> Iterator[str]:
    """What the module of a file may be called, from whichever folder its imports start."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return (".".join(parts[n:]) for n in range(len(parts)))


def _imported(module: Outline) -> set[str]:
    """The names of the modules that a module imports, and of what it imports of them."""
    every = (*module.imports.values(), *module.inner)
    return {name for i in every for name in (i.module, i.full_name)}


def is_of_refused(finding: Diagnostic, kept: Iterable[Diagnostic], program: Program) -> bool:
    """Whether it is that a function may come to its end, and what is refused in it is why it should not."""
    refused = [d.span for d in kept if d.code in ("syntax-error", "unsupported-syntax")]
    for choreography in program.choreographies.values():
        module = program.modules[choreography.module]
        span = module.span(choreography.node)
        span = module.map.span(span) if module.map is not None else span
        if span.path == finding.span.path and span.line <= finding.span.line <= span.end_line:
            return any(
                x.path == span.path and span.line <= x.line <= span.end_line for x in refused
            )
    return False


_OF_CLASSES = frozenset({"arg-type", "attr-defined", "call-arg", "not-serializable"})
