"""`__file__` in what is copied to the locations: the source is not what it would be the name of there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import Definition, SourceModule
from motetc.frontend.tree import children

_FILE = "__file__"


def check_own_file(program: Program, findings: Findings) -> None:
    """Report it where a location or a choreography of the same module needs it."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        if _FILE not in module.text:
            continue
        for definition in _copied(program, module):
            for node in _reads(definition.node):
                text = f"at each location `{_FILE}` is the file of its own module below the output folder"
                help = "move what needs it to a module without locations, which stays where it is, and import that"
                findings.error("unsupported-syntax", module.span(node), text, help)


def _copied(program: Program, module: SourceModule) -> list[Definition]:
    """The module's locations and choreographies, and what they read at its top level."""
    pending = [x.node.name.value for x in program.locations.values() if x.module == module.name]
    functions = program.choreographies.values()
    pending += [x.node.name.value for x in functions if x.module == module.name]
    found = dict.fromkeys(pending)
    while pending:
        reads = names_of(module.definitions[pending.pop()].node).reads
        new = [n for n in sorted(reads) if n in module.definitions and n not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return sorted({module.definitions[n] for n in found}, key=lambda item: item.index)


def _reads(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name) and node.value == _FILE:
        yield node
    inner = [node.value] if isinstance(node, cst.Attribute) else children(node)  # of another module
    for child in inner:
        yield from _reads(child)
