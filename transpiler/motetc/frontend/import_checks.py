"""Imports that cannot be followed: star imports in located modules, names that a module does not have, conditions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.imports import Star
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule, import_base
from motetc.frontend.tree import children, code_for

_BY_NAME = "import it by its full name from a source root"


def check_imports(program: Program, findings: Findings) -> None:
    """Report every import of a located module that the compiler cannot resolve by name."""
    for module in program.modules.values():
        for star in module.stars:
            if module.name in program.mirrored or _is_located(program, star.module):
                text = f"`from {star.module} import *` hides which names this module uses"
                names = ", ".join(_meant(program, module, star)) or "…"
                help = f"import the names one by one: `from {star.module} import {names}`"
                findings.error("import-error", star.span, text, help)
    for name in sorted(program.mirrored):
        _check_dotted(program, program.modules[name], findings)
        for statement in program.modules[name].statements:
            _check(program, program.modules[name], statement.node, findings)


def check_main(program: Program, findings: Findings) -> None:
    """What is in the place of a location's `__main__` cannot have a part of its own there."""
    locations = [item.node.name for item in program.locations.values() if item.module == "__main__"]
    functions = program.choreographies.values()
    for name in (*locations, *(f.node.name for f in functions if f.module == "__main__")):
        where = program.modules["__main__"].span(name)
        text = f"`{name.value}` is in `__main__.py`, and a location's `__main__` is what starts it"
        help = "move it to a module of another name, and import that here"
        findings.error("import-error", where, text, help)


def check_conditional(program: Program, findings: Findings) -> None:
    """A location or a choreography imported under `if` or `try`, whose block would be at locations that have it not."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        for statement in module.statements:
            if isinstance(statement.node, (cst.If, cst.Try)):
                for node in _imports_at_run_time(statement.node):
                    _check_located(program, module, node, findings)


def _check_located(
    program: Program, module: SourceModule, node: cst.ImportFrom, findings: Findings
) -> None:
    named = () if isinstance(node.names, cst.ImportStar) else node.names
    found = [alias for alias in named if _is_one_of_ours(program, module, alias)]
    if found:
        bound = [f"`{module.code(_bound(alias))}`" for alias in found]
        what = f"{bound[0]} is" if len(bound) == 1 else f"{', '.join(bound)} are"
        text = f"{what} imported under a condition, and not every location has it"
        help = f"import it at the top level of the module: `{module.code(node).strip()}`"
        findings.error("import-error", module.span(found[0]), text, help)


def _bound(alias: cst.ImportAlias) -> cst.CSTNode:
    return alias.asname.name if alias.asname is not None else alias.name


def _is_one_of_ours(program: Program, module: SourceModule, alias: cst.ImportAlias) -> bool:
    """Whether it names a location or a choreography."""
    bound = _bound(alias)
    full = program.resolve(module, bound) if isinstance(bound, cst.Name) else None
    return full in program.locations or full in program.choreographies


def _imports_at_run_time(node: cst.CSTNode) -> Iterator[cst.ImportFrom]:
    if isinstance(node, cst.ImportFrom):
        yield node
    elif isinstance(node, cst.If) and "TYPE_CHECKING" in code_for(node.test):
        if node.orelse is not None:
            yield from _imports_at_run_time(node.orelse)
    elif not isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        for child in children(node):
            yield from _imports_at_run_time(child)


def _meant(program: Program, module: SourceModule, star: Star) -> list[str]:
    """The names that a star stands for: those of them that the module uses, or all if it uses none."""
    target = program.modules.get(star.module)
    if target is not None:
        offered = set(target.names)
    elif star.module == "motet":
        import motet  # only to say what it has

        offered = set(motet.__all__)
    else:
        return []
    offered = {name for name in offered - module.names if not name.startswith("_")}
    used = offered & set(re.findall(r"\w+", module.text))
    return sorted(used or offered - set(target.imports if target is not None else ()))


def _check_dotted(program: Program, module: SourceModule, findings: Findings) -> None:
    """`import lib.a` and `import lib.b` both bind `lib`, which is not the same package for what each location has."""
    aliases = [a for s in module.statements for a in _plain_aliases(s.node)]
    names = {module.code(alias.name): alias for alias in aliases}
    for name, alias in names.items():
        package, _, last = name.rpartition(".")
        if name not in program.modules or name in program.mirrored or not package:
            continue
        top = _top(name)
        other = next((n for n in names if n in program.mirrored and _top(n) == top), None)
        if other is not None:
            text = f"`{name}` stays where it is, and `{other}` is one of each location: `{top}` cannot be both"
            help = f"write `from {package} import {last}`, and `{last}.…` where it is used"
            findings.error("import-error", module.span(alias), text, help)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _plain_aliases(node: cst.CSTNode) -> list[cst.ImportAlias]:
    """What `import a.b` names, at the top level of a module and without an `as`."""
    lines = node.body if isinstance(node, cst.SimpleStatementLine) else ()
    found = [a for small in lines if isinstance(small, cst.Import) for a in small.names]
    return [alias for alias in found if alias.asname is None]


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
    if node.relative and above >= len(module.package.split(".")) * bool(module.package):
        text = f"`{module.code(node)}` leads above the source root"
        names = module.code(node).partition(" import ")[2]
        help = f"write `from {base} import {names}`" if base in program.modules else _BY_NAME
        findings.error("import-error", module.span(node), text, help)
        return
    target = program.modules.get(base)
    if target is None or target.stars or isinstance(node.names, cst.ImportStar):
        return
    for alias in node.names:
        member = module.code(alias.name)
        local = f"{module.name}.{alias.evaluated_alias or member}"
        itself = base == module.name
        if local == f"{base}.{member}" not in program.modules or program.is_circular(local):
            way = "from this module itself" if itself else "in a circle, and defined nowhere on it"
            help = "remove the import" if itself else "import it from the module that defines it"
            text = f"`{member}` is imported {way}"
            findings.error("import-error", module.span(alias), text, help)
            continue
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
