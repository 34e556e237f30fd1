"""Location classes that another location's methods use as a value: of them nothing is there at run time."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import LocationClass, Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule, import_base
from motetc.frontend.tree import children


def check_foreign(program: Program, findings: Findings) -> None:
    """Report them. What only says a type is no use: annotations, `MemberId[Worker]`, `cast(…)`."""
    bounds = program.bounds
    for location in program.locations.values():
        module = program.modules[location.module]
        own = {location.full_name, *program.ancestors(location.full_name)} | bounds
        free = names_of(location.node).reads
        if not _may_name(program, location, own, free):
            continue
        for full, node in named_classes(program, module, location.node.body):
            if full in own or (isinstance(node, cst.Name) and node.value not in free):
                continue
            findings.error("unsupported-syntax", module.span(node), *_told(program, location, full))


def _may_name(
    program: Program, location: LocationClass, own: set[str], free: frozenset[str]
) -> bool:
    """Whether it is worth to look, going by the text."""
    module = program.modules[location.module]
    if any(program.resolve_name(module, name) in program.locations for name in free):
        return True
    code = module.definitions[location.node.name.value].code
    others = (c for full, c in program.locations.items() if full not in own)
    return any(other.node.name.value in code for other in others)


def _told(program: Program, location: LocationClass, full: str) -> tuple[str, str]:
    name, other = location.node.name.value, program.locations[full].node.name.value
    return (
        f"`{other}` is another location: its class is not in the modules of `{name}`",
        "keep what both use at the top level of the module, or send it",
    )


def named_classes(
    program: Program, module: SourceModule, node: cst.CSTNode
) -> Iterator[tuple[str, cst.CSTNode]]:
    """Every location class that running the code names as a value, by its full name."""
    match node:
        case cst.Annotation():
            return
        case cst.Name() | cst.Attribute():
            full = program.resolve(module, node) or ""
            if full in program.locations:
                yield full, node
            elif isinstance(node, cst.Attribute):
                yield from named_classes(program, module, node.value)
            return
        case cst.Subscript():
            yield from named_classes(program, module, node.value)
            return
        case cst.Call() if program.resolve(module, node.func) == "typing.cast":
            yield from (n for a in node.args[1:] for n in named_classes(program, module, a.value))
            return
        case cst.ImportFrom(names=[*aliases]):
            base = import_base(module, node)
            for alias in aliases:
                full = program.canonical(f"{base}.{alias.evaluated_name}")
                if full in program.locations:
                    yield full, alias
            return
        case cst.Arg():
            yield from named_classes(program, module, node.value)
            return
    for child in children(node):
        yield from named_classes(program, module, child)
