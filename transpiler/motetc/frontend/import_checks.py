"""Imports that cannot be followed: star imports in located modules, names that a module does not have."""

from __future__ import annotations

import difflib

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule, import_base
from motetc.frontend.tree import children


def check_imports(program: Program, findings: Findings) -> None:
    """Report every import of a located module that the compiler cannot resolve by name."""
    for module in program.modules.values():
        for star in module.stars:
            if module.name in program.mirrored or _is_located(program, star.module):
                text = f"`from {star.module} import *` hides which names this module uses"
                help = f"import the names one by one: `from {star.module} import …`"
                findings.error("import-error", star.span, text, help)
    for name in sorted(program.mirrored):
        for statement in program.modules[name].statements:
            _check(program, program.modules[name], statement.node, findings)


def _is_located(program: Program, base: str) -> bool:
    return base == "motet" or base in program.mirrored


def _check(program: Program, module: SourceModule, node: cst.CSTNode, findings: Findings) -> None:
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Try)):
        return
    if isinstance(node, cst.ImportFrom):
        _check_from(program, module, node, findings)
        return
    for child in children(node):
        _check(program, module, child, findings)


def _check_from(
    program: Program, module: SourceModule, node: cst.ImportFrom, findings: Findings
) -> None:
    base = import_base(module, node)
    above = len(node.relative) - 1 if node.relative else 0
    if node.relative and above >= len(module.package.split(".")) + (not module.package):
        text = f"`{module.code(node)}` leads above the source root"
        findings.error(
            "import-error", module.span(node), text, "import it by its full name from a source root"
        )
        return
    target = program.modules.get(base)
    if target is None or target.stars or isinstance(node.names, cst.ImportStar):
        return
    for alias in node.names:
        member = module.code(alias.name)
        if (
            member in target.names
            or member in target.imports
            or f"{base}.{member}" in program.modules
        ):
            continue
        near = difflib.get_close_matches(member, sorted(target.names), n=1)
        help = (
            f"did you mean `{near[0]}`?"
            if near
            else f"define `{member}` in {target.relative}, or mend the name"
        )
        findings.error("import-error", module.span(alias), f"`{base}` has no `{member}`", help)
