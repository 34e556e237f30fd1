"""From sources to modules: parse, ask mypy, place, project, name, write. Nothing here touches the output.

Bad input of any kind comes back as findings; an exception out of here is our bug.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module

import libcst as cst

from motetc.backend.asked import join
from motetc.backend.at_source import (
    found_at_source,
    made_at_source,
    maps_of,
    summary_at_source,
    typed_at_source,
)
from motetc.backend.codecs import Codecs
from motetc.backend.links import Links, Part
from motetc.backend.meetings import Meetings
from motetc.backend.modules import Backend
from motetc.backend.openings import Openings
from motetc.backend.plan import Compiled, Plan, touches_of
from motetc.backend.summarize import summarize
from motetc.compilation import Compilation
from motetc.config import Config, ConfigError
from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.ahead import Kept, source_files
from motetc.frontend.causes import causes
from motetc.frontend.compound_keys import Lowered
from motetc.frontend.expand import expand_pipelines
from motetc.frontend.foreign import check_foreign
from motetc.frontend.forgotten import check_forgotten
from motetc.frontend.generics import find_data_variables
from motetc.frontend.import_checks import check_conditional, check_imports, check_main
from motetc.frontend.locations import find_locations, find_mirrored
from motetc.frontend.normal_names import check_names
from motetc.frontend.outline import Outline, concerned, with_imported
from motetc.frontend.own_file import check_own_file
from motetc.frontend.positions import forget_positions
from motetc.frontend.program import Program
from motetc.frontend.signature import find_choreographies
from motetc.frontend.source import SourceModule, of_outline, read_syntax
from motetc.frontend.sources import Sources
from motetc.frontend.types import SourceFile, TypeFacts, ask
from motetc.ir.live import Flow
from motetc.ir.nodes import Facts
from motetc.ir.pieces import lines_of
from motetc.ir.printer import print_program, print_projections
from motetc.ir.types import Type
from motetc.ir.verify import verify, verify_completeness, verify_duality, verify_places
from motetc.ir.walk import statements
from motetc.passes.chance import check_pure
from motetc.passes.endless import Endless
from motetc.passes.guarantees import check_guarantees
from motetc.passes.mended import Placing, project_mended
from motetc.passes.name_channels import name_channels
from motetc.passes.orders import find_orders
from motetc.passes.places import find_places
from motetc.passes.project import project
from motetc.passes.races import Races
from motetc.passes.states import states_used
from motetc.passes.type_arguments import TypeArguments

_FUSING = ("motetc.passes.project_flows",)
PASSES = ("lower", "places", "project", "name_channels")


class _Apart(Exception):
    """What was made of a part of a program would not go with the rest."""


def compile_part(config: Config, sources: Sources, kept: Kept, part: Part) -> Compilation | None:
    """Compile some modules, where what is there of the others is to stay; None if it cannot."""
    try:
        return compile_sources(config, sources, kept, part=part)
    except _Apart:
        return None


def compile_sources(
    config: Config,
    sources: Sources,
    kept: Kept,
    dump: Sequence[str] = (),
    part: Part | None = None,
) -> Compilation:
    """Compile every source module of a project, or those of a part."""
    written, findings = Findings(), Findings()
    forget_positions()
    for problem in sources.broken:
        written.add(problem)
    wanted = sources.modules if part is None else part.modules
    modules = {n: of_outline(m) for n, m in sources.modules.items() if n in wanted}
    program = Program(modules, {} if part is None else sources.modules)
    _read_syntax(program, written)
    if not expand_pipelines(program, written, lambda: _ask_as_written(config, program)):
        return Compilation((), written.sorted(), (), sources.files)
    find_locations(program, findings)
    if part is not None and not join(program, part):
        raise _Apart
    find_mirrored(program)
    check_imports(program, findings)
    check_names(program, findings)
    check_foreign(program, findings)
    find_choreographies(program, findings)
    check_main(program, findings)
    check_own_file(program, findings)
    check_conditional(program, findings)
    check_forgotten(program, findings)
    check_pure(program, findings)
    lowered = Lowered(program)
    lowered.lower_all()
    if part is None and not program.choreographies and not program.locations:
        return Compilation((), _at_source(program, written, findings), (), sources.files)
    try:
        facts = _ask(config, program, kept, part)
    except ConfigError:
        if not sources.broken:
            raise
        lowered.report(findings)  # mypy stops at a broken file that others import
        found = causes(_at_source(program, written, findings), (), program)
        return Compilation((), found, (), sources.files)
    lowered.lower_again(facts.at)
    lowered.report(findings)
    verify(program.choreographies.values())
    dumps = [("lower", print_program(program.choreographies.values()))] if "lower" in dump else []
    return _finish(config, program, facts, written, findings, sources.files, dumps, dump, part)


def _at_source(program: Program, written: Findings, findings: Findings) -> tuple[Diagnostic, ...]:
    """What was found in the sources as they are written, and in what became of them."""
    return (*written.sorted(), *found_at_source(maps_of(program), findings.sorted()))


def _finish(
    config: Config,
    program: Program,
    facts: TypeFacts,
    written: Findings,
    findings: Findings,
    sources: tuple[str, ...],
    dumps: list[tuple[str, str]],
    dump: Sequence[str],
    part: Part | None,
) -> Compilation:
    codecs = Codecs(facts.decl, frozenset(program.registered), program.locations)
    check = codecs.check
    compiled: dict[str, Compiled] = {}
    find_data_variables(program, facts, findings)
    Endless(program, findings).run()
    anywhere, placed = _anywhere(program, facts), dict[str, Facts]()
    touched, openings = states_used(program.choreographies), Openings(program.choreographies)
    places: dict[str, Placing] = {}
    found_placing: dict[str, Findings] = {}
    for key, choreography in program.choreographies.items():
        type_of = partial(anywhere, choreography.module)
        find_orders(choreography, type_of)
        check_guarantees(program.modules[choreography.module], choreography, findings)
        places[key] = partial(
            find_places, program, choreography, type_of, facts.decl, check, touched
        )
        found_placing[key] = Findings()
        placed[key] = places[key](found_placing[key])
    TypeArguments(program, placed, anywhere, facts.decl, check, findings, found_placing).run()
    Races(program, placed, anywhere, facts.decl, touched, findings).run(found_placing)
    for key, choreography in program.choreographies.items():
        type_of = partial(anywhere, choreography.module)
        projections, unified = project_mended(
            choreography,
            placed[key],
            found_placing[key],
            places[key],
            partial(project, program, choreography, type_of),
            findings,
        )
        names, at_sender = name_channels(choreography, placed[key], unified)
        compiled[key] = Compiled(
            choreography, placed[key], projections, names, at_sender, unified.find
        )
    for name in dump:
        if name != "lower" and name in PASSES:
            dumps.append((name, print_projections(compiled.values(), name)))
    maps = maps_of(program)
    mypys = typed_at_source(maps, _of_project(program, facts.findings))
    found = causes(_at_source(program, written, findings), mypys, program)
    summaries = tuple(
        summary_at_source(maps, summarize(program, c, openings)) for c in compiled.values()
    )
    if any(d.severity == "error" for d in found):
        return Compilation((), found, summaries, sources, tuple(dumps))
    for passed in compiled.values():
        _verify(passed)
    meetings = Meetings(program.choreographies, placed)
    plan = Plan(
        program, config.output.name, compiled, facts.decl, anywhere, codecs, openings, meetings
    )
    backend = Backend(plan, part)
    modules = tuple(made_at_source(maps, backend.run()))
    ours = {str(m.path) for m in program.everything.values()}
    outside = facts.outside.apart_from(ours)
    made = Compilation(modules, found, summaries, sources, tuple(dumps), outside=outside)
    if found or maps or backend.effects.across:
        if part is not None:
            raise _Apart
        return made
    links = backend.links(facts.digests(), facts.declared)
    return replace(made, links=links) if part is None else _joined(made, links, plan, part)


def _joined(made: Compilation, links: Links, plan: Plan, part: Part) -> Compilation:
    """What was made of a part, if it goes with what is there of the rest."""
    before, again = part.before, part.again
    if not part.fits(links) or any(plan.is_used(n) != was for n, was in before.used.items()):
        raise _Apart
    own = tuple(s for s in made.choreographies if s.key.partition(":")[0] in again)
    return replace(made, choreographies=own, links=part.joined(links), again=again, faces=part.faces)


def _verify(passed: Compiled) -> None:
    """Our own work, looked over before it is written: a breach is an internal error."""
    pieces = [p for projection in passed.projections.values() for p in projection.pieces]
    touched = [(t.uid, t.side) for t in touches_of(pieces)]
    verify_places(passed.choreography, passed.facts)
    verify_duality(passed.choreography, touched, passed.leaders, passed.facts)
    merged = {line for projection in passed.projections.values() for line in projection.merged}
    lines = frozenset({*lines_of(pieces), *merged})
    verify_completeness(passed.choreography, passed.facts, lines)


def _read_syntax(program: Program, findings: Findings) -> None:
    """The trees of all modules but those that have nothing to do with locations."""
    for name in sorted(concerned(program.modules)):
        problem = read_syntax(program.modules[name])
        if problem is not None:
            findings.add(problem)
            del program.modules[name]


def _prepare(program: Program) -> None:
    """While mypy works there is time to import what is dear and will be wanted, or most probably."""
    bodies = [choreography.body for choreography in program.choreographies.values()]
    flows = any(isinstance(stmt, Flow) for body in bodies for stmt in statements(body))
    for name in ("motetc.backend.finish", "black", *_FUSING[:flows]):
        import_module(name)


def _ask(config: Config, program: Program, kept: Kept, part: Part | None) -> TypeFacts:
    """mypy's answers about every module that takes part."""
    others = part.before.mirrored - part.modules if part is not None else set()
    files = _files(program, program.mirrored | others)
    if kept.ahead is None:
        kept.ahead = kept.begin(files, cache_dir=config.cache, search=config.sources)
    if kept.ahead.is_under_way():
        _prepare(program)
    facts = ask(files, cache_dir=config.cache, search=config.sources, ahead=kept.ahead)
    decided = part is not None and bool(facts.findings) and not part.inner
    if part is not None and not decided and not part.same_types(facts.digests(), facts.declared):
        raise _Apart
    return facts


def _ask_as_written(config: Config, program: Program) -> TypeFacts:
    """mypy's answers before pipelines are expanded; kept apart, so that both are there when nothing changes."""
    files = _files(program, {m.name for m in program.modules.values() if m.statements})
    return ask(files, cache_dir=config.cache / "written", search=config.sources)


def _files(program: Program, names: set[str]) -> list[SourceFile]:
    """Modules and what they import, as mypy is to see them."""
    everything = program.everything
    wanted = with_imported(everything, names)
    modules = [m for m in everything.values() if m.name in wanted]
    ours = concerned(everything) if program.project else ()
    return source_files(modules, {m.name for m in modules if _has_statements(m, ours)})


def _has_statements(module: Outline, ours: Container[str]) -> bool:
    """Whether it has some that may have to do with locations."""
    if isinstance(module, SourceModule):
        return bool(module.statements)
    return module.name in ours and not module.empty


def _of_project(program: Program, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """mypy's findings, at paths from the project's root."""
    by_path = {str(m.path): m.relative for m in program.everything.values()}
    for finding in found:
        path = by_path.get(finding.span.path, finding.span.path)
        yield replace(finding, span=replace(finding.span, path=path))


def _anywhere(program: Program, facts: TypeFacts) -> Callable[[str, cst.CSTNode], Type | None]:
    return lambda module, node: facts.at(program.modules[module], node)
