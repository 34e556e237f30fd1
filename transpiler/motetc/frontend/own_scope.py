"""Code of a choreography that asks for all of its names: a location has those that its code reads by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.tree import children
from motetc.ir.nodes import Choreography

_ASKING: Final = {"dir": 0, "eval": 1, "exec": 1, "locals": 0, "vars": 0}
"""Functions that look into the scope in which they are called, if they get no more than so many arguments."""
_WORDS: Final = re.compile(rf"\b({'|'.join(_ASKING)})\(")


def check_own_scope(program: Program, findings: Findings) -> None:
    """Report it in the statements of choreographies; what functions and classes in them ask is their own scope."""
    for choreography in program.choreographies.values():
        module = program.modules[choreography.module]
        if not _WORDS.search(module.text):
            continue
        for call in _asking(choreography.node.body, choreography):
            if program.resolve(module, call.func) == f"builtins.{module.code(call.func)}":
                text = f"`{module.code(call)}` sees other names at each location: those that its own code reads"
                help = 'name what it is to see: `{"x": x}`, `x + 1`'
                findings.error("unsupported-syntax", module.span(call), text, help)


def _asking(node: cst.CSTNode, choreography: Choreography) -> Iterator[cst.Call]:
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        return
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        name = node.func.value
        if name not in choreography.locals and len(node.args) <= _ASKING.get(name, -1):
            yield node
    for child in children(node):
        yield from _asking(child, choreography)
