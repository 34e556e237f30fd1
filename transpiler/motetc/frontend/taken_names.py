"""Refuses methods and attributes of locations that would hide an operation, or what a cluster knows of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.operation_forms import CLUSTER_ONLY, KINDS
from motetc.frontend.program import LocationClass, Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import methods_of, nodes, parameters
from motetc.ir.operators import SOURCES

TAKEN: Final = frozenset(
    {*(KINDS.keys() - CLUSTER_ONLY), *SOURCES, "attempt", "sliced", "__enter__", "__exit__"}
)
TAKEN_BY_CLUSTERS: Final = TAKEN | {
    *CLUSTER_ONLY,
    "each",
    "me",
    "members",
    "__len__",
    "__bool__",
    "__getitem__",
}


def check_taken(program: Program, findings: Findings) -> None:
    """Fill `program.own_names`; report what is taken: what a location class has itself, or of a class before `Process`.

    What only clusters have, a process may have of its own.
    """
    for location in program.locations.values():
        module, shown = program.modules[location.module], location.node.name.value
        own = [(shown, node, name) for name, node in _members(location.node)]
        for of, node, name in (*own, *_inherited(program, module, location)):
            program.own_names.add(f"{location.full_name}.{name}")
            if name in _taken(location):
                _refuse(module, node, f"{of}.{name}", name, findings)


def _taken(location: LocationClass) -> frozenset[str]:
    return TAKEN_BY_CLUSTERS if location.cluster else TAKEN


def is_of_taken(finding: Diagnostic, program: Program) -> bool:
    """Whether mypy takes what has a name that is taken for what has it by rights."""
    parts = (full.rpartition(".") for full in program.own_names)
    names = [name for of, _, name in parts if name in _taken(program.locations[of])]
    if not names:
        return False
    found = (m for m in program.modules.values() if m.relative == finding.span.path)
    line = next((m.written(m.line(finding.span.line)) for m in found), "")
    return re.search(rf"\.({'|'.join(names)})\b", line) is not None


def _refuse(
    module: SourceModule, node: cst.CSTNode, shown: str, name: str, findings: Findings
) -> None:
    kind = "cluster" if name not in TAKEN else "location"
    what = f"the operation `{name}`" if name in KINDS or name in SOURCES else f"`{name}`"
    text = f"`{shown}` would hide {what}, which every {kind} has"
    findings.error("unsupported-syntax", module.span(node), text, "give it another name")


def _inherited(
    program: Program, module: SourceModule, location: LocationClass
) -> Iterator[tuple[str, cst.CSTNode, str]]:
    """What comes from classes of the project that are no locations, and stand before one that is."""
    for arg in location.node.bases:
        base = program.resolve(module, arg.value) or ""
        owner, rest = program.split(base)
        found = owner.definitions.get(rest) if owner is not None else None
        if found is None or base in program.locations or not isinstance(found.node, cst.ClassDef):
            return
        for name, _ in _members(found.node):
            yield rest, arg.value, name


def _members(node: cst.ClassDef) -> Iterator[tuple[str, cst.CSTNode]]:
    """Methods and attributes of a class with one of the names, the first of each."""
    told = set[str]()
    for name, where in _bound(node):
        if name in TAKEN_BY_CLUSTERS and name not in told:
            told.add(name)
            yield name, where


def _bound(node: cst.ClassDef) -> Iterator[tuple[str, cst.CSTNode]]:
    for item in node.body.body:
        if isinstance(item, (cst.FunctionDef, cst.ClassDef)):
            yield item.name.value, item.name
        elif isinstance(item, cst.SimpleStatementLine):
            for target in _targets(item):
                if isinstance(target, cst.Name):
                    yield target.value, target
    for method in methods_of(node):
        this = [param.name.value for param in parameters(method.params)[:1]]
        for target in _targets(method.body):
            match target:
                case cst.Attribute(cst.Name(owner), cst.Name(name)) if [owner] == this:
                    yield name, target


def _targets(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What assignments in code assign to."""
    for found in nodes(node):
        match found:
            case cst.Assign(targets):
                yield from _parts(target.target for target in targets)
            case cst.AnnAssign(target):
                yield target


def _parts(targets: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for target in targets:
        if isinstance(target, (cst.Tuple, cst.List)):
            yield from _parts(element.value for element in target.elements)
        else:
            yield target
