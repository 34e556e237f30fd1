"""From sources to modules: discover, parse, ask mypy, place, project, name, write. Nothing here touches the output.

Bad input of any kind comes back as findings; an exception out of here is our bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from motetc.backend.codecs import Codecs
from motetc.backend.modules import Backend
from motetc.backend.plan import Compiled, Plan, touches_of
from motetc.backend.summarize import summarize
from motetc.compilation import Compilation
from motetc.config import Config
from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.causes import causes
from motetc.frontend.discover import Found, discover
from motetc.frontend.import_checks import check_imports
from motetc.frontend.locations import find_locations, find_mirrored
from motetc.frontend.lower import lower
from motetc.frontend.module_names import check_names
from motetc.frontend.positions import forget_positions
from motetc.frontend.program import Program
from motetc.frontend.signature import find_choreographies
from motetc.frontend.source import SourceModule, outline, read_syntax
from motetc.frontend.types import SourceFile, TypeFacts, ask
from motetc.ir.pieces import lines_of
from motetc.ir.printer import print_program, print_projections
from motetc.ir.types import Type
from motetc.ir.verify import verify, verify_completeness, verify_duality, verify_places
from motetc.passes.guarantees import check_guarantees
from motetc.passes.name_channels import name_channels
from motetc.passes.places import find_places
from motetc.passes.project import project

PASSES = ("lower", "places", "project", "name_channels")


def compile_project(config: Config, *, dump: Sequence[str] = ()) -> Compilation:
    """Compile every source module of a project."""
    findings = Findings()
    forget_positions()
    found = discover(config)
    check_names(config, found)
    modules = _parse_all(found, findings)
    program = Program(modules)
    _read_syntax(program, findings)
    find_locations(program, findings)
    find_mirrored(program)
    check_imports(program, findings)
    find_choreographies(program, findings)
    sources = tuple(f.relative for f in found)
    for key in sorted(program.choreographies):
        program.choreographies[key] = lower(program, program.choreographies[key], findings)
    verify(program.choreographies.values())
    dumps = [("lower", print_program(program.choreographies.values()))] if "lower" in dump else []
    if not program.choreographies and not program.locations:
        return Compilation((), findings.sorted(), (), sources)
    facts = _ask(config, program)
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
    codecs = Codecs(facts.decl, program.registered, program.locations)
    compiled: dict[str, Compiled] = {}
    for key, choreography in program.choreographies.items():
        type_of = _typer(program, facts, choreography.module)
        check_guarantees(program.modules[choreography.module], choreography, findings)
        placed = find_places(program, choreography, type_of, facts.decl, codecs.check, findings)
        projections, unified = project(program, choreography, placed, type_of, findings)
        names = name_channels(choreography, unified)
        compiled[key] = Compiled(choreography, placed, projections, names, unified.find)
    for name in dump:
        if name != "lower" and name in PASSES:
            dumps.append((name, print_projections(compiled.values(), name)))
    found = causes(findings.sorted(), _of_project(program, facts.findings))
    summaries = tuple(summarize(program, c) for c in compiled.values())
    if any(d.severity == "error" for d in found):
        return Compilation((), found, summaries, sources, tuple(dumps))
    for passed in compiled.values():
        _verify(passed)
    plan = Plan(
        program, config.output.name, compiled, facts.decl, _anywhere(program, facts), codecs
    )
    modules = Backend(plan).run()
    return Compilation(modules, found, summaries, sources, tuple(dumps))


def _verify(passed: Compiled) -> None:
    """Our own work, looked over before it is written: a breach is an internal error."""
    pieces = [p for projection in passed.projections.values() for p in projection.pieces]
    touched = [(t.uid, t.side) for t in touches_of(pieces)]
    verify_places(passed.choreography, passed.facts)
    verify_duality(passed.choreography, touched, passed.leaders, passed.facts)
    merged = {line for projection in passed.projections.values() for line in projection.merged}
    lines = frozenset({*lines_of(pieces), *merged})
    verify_completeness(passed.choreography, passed.facts, lines)


def _parse_all(found: Iterable[Found], findings: Findings) -> dict[str, SourceModule]:
    modules: dict[str, SourceModule] = {}
    for source in found:
        try:
            text = (
                source.path.read_bytes()
                .decode("utf-8-sig")
                .replace("\r\n", "\n")
                .replace("\r", "\n")
            )
        except (OSError, UnicodeDecodeError) as error:
            findings.add(_unreadable(source, error))
            continue
        parsed = outline(source.path, source.relative, source.module, text)
        if isinstance(parsed, Diagnostic):
            findings.add(parsed)
        else:
            modules[source.module] = parsed
    return modules


def _read_syntax(program: Program, findings: Findings) -> None:
    """The trees of all modules but those that have nothing to do with locations."""
    for name in sorted(program.concerned()):
        problem = read_syntax(program.modules[name])
        if problem is not None:
            findings.add(problem)
            del program.modules[name]


def _unreadable(source: Found, error: Exception) -> Diagnostic:
    return Diagnostic(
        "syntax-error",
        f"cannot be read: {error}",
        Span(source.relative, 1, 1, 1, 2),
        help="save it as UTF-8",
    )


def _ask(config: Config, program: Program) -> TypeFacts:
    """mypy's answers about every module that takes part."""
    wanted = _reachable(program)
    files = [
        SourceFile(m.path, m.name, m.text, compiles=True, asked=bool(m.statements))
        for m in program.modules.values()
        if m.name in wanted
    ]
    return ask(files, cache_dir=config.root / ".motet_cache", search=config.sources)


def _of_project(program: Program, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """mypy's findings, at paths from the project's root."""
    by_path = {str(m.path): m.relative for m in program.modules.values()}
    for finding in found:
        path = by_path.get(finding.span.path, finding.span.path)
        yield replace(finding, span=replace(finding.span, path=path))


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


def _typer(
    program: Program, facts: TypeFacts, module_name: str
) -> Callable[[cst.CSTNode], Type | None]:
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
