"""What follows from a class or function that mypy could not make sense of where it is defined."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import libcst as cst

from motetc.diagnostics.model import Diagnostic
from motetc.frontend.program import Program

_NAMED = re.compile(r"[\w.]+")


def undefined_classes(program: Program, mypys: Iterable[Diagnostic]) -> set[str]:
    """The classes that are derived from, or decorated with, a name that is not defined."""
    lines = {(d.span.path, d.span.line) for d in mypys if d.code == "name-defined"}
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


_OF_CLASSES = frozenset({"arg-type", "attr-defined", "call-arg", "not-serializable"})
