"""From sources to modules: discover, parse, ask mypy, place, project, name, write. Nothing here touches the output.

Bad input of any kind comes back as findings; an exception out of here is our bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import libcst as cst

from motetc.backend.codecs import Codecs
from motetc.backend.modules import Backend
from motetc.backend.plan import Compiled, Plan
from motetc.backend.summarize import summarize
from motetc.compilation import Compilation
from motetc.config import Config
from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.discover import Found, discover
from motetc.frontend.locations import find_locations, find_mirrored
from motetc.frontend.lower import lower
from motetc.frontend.program import Program
from motetc.frontend.signature import find_choreographies
from motetc.frontend.source import SourceModule, parse
from motetc.frontend.types import SourceFile, TypeFacts, ask
from motetc.ir.printer import print_program, print_projections
from motetc.ir.types import Type
from motetc.ir.verify import verify
from motetc.passes.name_channels import name_channels
from motetc.passes.places import find_places
from motetc.passes.project import project

PASSES = ("lower", "places", "project", "name_channels")


def compile_project(config: Config, *, dump: Sequence[str] = ()) -> Compilation:
    """Compile every source module of a project."""
    findings = Findings()
    found = discover(config)
    modules = _parse_all(found, findings)
    program = Program(modules)
    find_locations(program, findings)
    find_mirrored(program)
    _refuse_stars(program, findings)
    find_choreographies(program, findings)
    sources = tuple(f.relative for f in found)
    for key in sorted(program.choreographies):
        program.choreographies[key] = lower(program, program.choreographies[key], findings)
    verify(program.choreographies.values())
    dumps = [("lower", print_program(program.choreographies.values()))] if "lower" in dump else []
    if not program.choreographies and not program.locations:
        return Compilation((), findings.sorted(), (), sources)
    facts = _ask(config, program, findings)
    return _finish(config, program, facts, findings, sources, dumps, dump)


def _finish(
    config: Config,
    program: Program,
    facts: TypeFacts,
    findings: Findings,
    sources: tuple[str, ...],
    dumps: list[tuple[str, str]],
    dump: Sequence[str],
) -> Compilation:
    codecs = Codecs(facts.decl)
    broken = bool(findings.found)
    compiled: dict[str, Compiled] = {}
    for key, choreography in program.choreographies.items():
        type_of = _typer(program, facts, choreography.module)
        placed = find_places(program, choreography, type_of, facts.decl, codecs.check, findings)
        projections, unified = project(program, choreography, placed, type_of, findings)
        names = name_channels(choreography, unified)
        compiled[key] = Compiled(choreography, placed, projections, names, unified.find)
    for name in dump:
        if name != "lower" and name in PASSES:
            dumps.append((name, print_projections(compiled.values(), name)))
    summaries = tuple(summarize(program, c) for c in compiled.values())
    del broken
    if any(d.severity == "error" for d in findings.sorted()):
        return Compilation((), findings.sorted(), summaries, sources, tuple(dumps))
    plan = Plan(program, config.output.name, compiled, facts.decl, _anywhere(program, facts), codecs)
    modules = Backend(plan).run()
    return Compilation(modules, findings.sorted(), summaries, sources, tuple(dumps))


def _parse_all(found: Iterable[Found], findings: Findings) -> dict[str, SourceModule]:
    modules: dict[str, SourceModule] = {}
    for source in found:
        try:
            text = source.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except (OSError, UnicodeDecodeError) as error:
            findings.add(_unreadable(source, error))
            continue
        parsed = parse(source.path, source.relative, source.module, text)
        if isinstance(parsed, Diagnostic):
            findings.add(parsed)
        else:
            modules[source.module] = parsed
    return modules


def _unreadable(source: Found, error: Exception) -> Diagnostic:
    from motetc.diagnostics.model import Span

    return Diagnostic("syntax-error", f"cannot be read: {error}", Span(source.relative, 1, 1, 1, 2), help="save it as UTF-8")


def _refuse_stars(program: Program, findings: Findings) -> None:
    for name in sorted(program.mirrored):
        module = program.modules[name]
        for base, node in module.stars:
            findings.error(
                "import-error",
                module.span(node),
                f"`from {base} import *` hides which names this module uses",
                f"import the names one by one: `from {base} import …`",
            )


def _ask(config: Config, program: Program, findings: Findings) -> TypeFacts:
    """mypy's answers about every module that takes part, and its findings in them."""
    wanted = _reachable(program)
    files = [SourceFile(m.path, m.name, m.text) for m in program.modules.values() if m.name in wanted]
    cache = config.root / ".motet_cache"
    facts = ask(files, cache_dir=cache, search=config.sources)
    by_path = {str(m.path): m.relative for m in program.modules.values()}
    for finding in facts.findings:
        findings.add(_relative(finding, by_path))
    return facts


def _relative(finding: Diagnostic, by_path: dict[str, str]) -> Diagnostic:
    from dataclasses import replace

    path = by_path.get(finding.span.path, finding.span.path)
    return replace(finding, span=replace(finding.span, path=path))


def _reachable(program: Program) -> set[str]:
    """The mirrored modules and the project's own modules that they import."""
    found: set[str] = set()
    pending = list(program.mirrored)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += program.imported_modules(program.modules[name])
    return found


def _typer(program: Program, facts: TypeFacts, module_name: str) -> Callable[[cst.CSTNode], Type | None]:
    module = program.modules[module_name]

    def type_of(node: cst.CSTNode) -> Type | None:
        found = module.positions.get(node)
        if found is None:
            return None
        start, end = found.start, found.end
        return facts.type_of(module_name, start.line, start.column, end.line, end.column)

    return type_of


def _anywhere(program: Program, facts: TypeFacts) -> Callable[[str, cst.CSTNode], Type | None]:
    typers = {name: _typer(program, facts, name) for name in program.modules}
    return lambda module, node: typers[module](node)


def project_root(path: Path) -> Path:
    """The folder itself; kept apart for callers that pass a file."""
    return path if path.is_dir() else path.parent
