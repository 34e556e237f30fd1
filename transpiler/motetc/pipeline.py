"""From sources to modules: parse, ask mypy, place, project, name, write. Nothing here touches the output.

Bad input of any kind comes back as findings; an exception out of here is our bug.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from motetc.analysis import Analysis
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
from motetc.frontend.choreographies import find_choreographies
from motetc.frontend.class_checks import check_classes
from motetc.frontend.compound_keys import Lowered
from motetc.frontend.expand import expand_pipelines
from motetc.frontend.foreign import check_foreign
from motetc.frontend.forgotten import check_forgotten
from motetc.frontend.import_checks import check_conditional, check_imports, check_main
from motetc.frontend.locations import find_locations, find_mirrored
from motetc.frontend.normal_names import check_names
from motetc.frontend.outline import Outline, concerned, with_imported
from motetc.frontend.own_module import check_own_module
from motetc.frontend.own_scope import check_own_scope
from motetc.frontend.positions import forget_positions
from motetc.frontend.program import Program
from motetc.frontend.reaches import reaches_of
from motetc.frontend.source import SourceModule, of_outline, read_syntax
from motetc.frontend.sources import Sources
from motetc.frontend.taken_names import check_taken
from motetc.frontend.types import Ahead, SourceFile, TypeFacts, ask
from motetc.ir.nodes import Flow
from motetc.ir.pieces import lines_of
from motetc.ir.printer import print_program, print_projections
from motetc.ir.verify import (
    verify,
    verify_completeness,
    verify_duality,
    verify_names,
    verify_places,
)
from motetc.ir.walk import statements
from motetc.passes.promises import check_pure
from motetc.passes.strangers import check_strangers

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
    forget_positions()
    wanted = sources.modules if part is None else part.modules
    modules = {n: of_outline(m) for n, m in sources.modules.items() if n in wanted}
    program = Program(modules, {} if part is None else sources.modules)
    return _Compiler(config, sources, kept, dump, part, program).run()


@dataclass(slots=True)
class _Compiler:
    """One compilation under way. `written` is wrong with the sources as they are written, `findings` with what they
    are once pipelines are expanded."""

    config: Config
    sources: Sources
    kept: Kept
    dump: Sequence[str]
    part: Part | None
    program: Program
    written: Findings = field(default_factory=Findings)
    findings: Findings = field(default_factory=Findings)
    dumps: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> Compilation:
        """The modules, or what is wrong."""
        program = self.program
        for problem in self.sources.broken:
            self.written.add(problem)
        _read_syntax(program, self.written)
        if not expand_pipelines(program, self.written, self._ask_as_written):
            return self._made(causes(self.written.sorted(), (), program))
        self._find()
        lowered = Lowered(program)
        lowered.lower_all()
        if self.part is None and not program.choreographies and not program.locations:
            return self._made(self._at_source())
        try:
            types = self._ask()
        except ConfigError:
            if not self.sources.broken:
                raise
            lowered.report(self.findings)  # mypy stops at a broken file that others import
            return self._made(causes(self._at_source(), (), program))
        lowered.lower_again(types.at)
        lowered.report(self.findings)
        verify(program.choreographies.values())
        if "lower" in self.dump:
            self.dumps.append(("lower", print_program(program.choreographies.values())))
        return self._finish(types)

    def _find(self) -> None:
        """Locations and choreographies, and what is wrong with modules as a whole."""
        program, findings = self.program, self.findings
        find_locations(program, findings)
        check_taken(program, findings)
        if self.part is not None and not join(program, self.part):
            raise _Apart
        find_mirrored(program)
        check_imports(program, findings)
        check_names(program, findings)
        check_foreign(program, findings)
        find_choreographies(program, findings)
        check_main(program, findings)
        check_own_module(program, findings)
        check_own_scope(program, findings)
        check_conditional(program, findings)
        check_forgotten(program, findings)
        check_classes(program, findings)
        check_pure(program, findings)
        check_strangers(program, findings)

    def _finish(self, types: TypeFacts) -> Compilation:
        """What is known of everything, through the passes and the backend."""
        program = self.program
        codecs = Codecs(types.decl, frozenset(program.registered), program.locations)
        openings = Openings(program.choreographies)
        analysis = Analysis(program, types, codecs, self.findings)
        compiled = analysis.run()
        for name in self.dump:
            if name != "lower" and name in PASSES:
                self.dumps.append((name, print_projections(compiled.values(), name)))
        maps = maps_of(program)
        mypys = typed_at_source(maps, _of_project(program, types.findings))
        found = causes(self._at_source(), mypys, program)
        summaries = tuple(
            summary_at_source(maps, summarize(program, c, openings)) for c in compiled.values()
        )
        if any(d.severity == "error" for d in found):
            return self._made(found, choreographies=summaries)
        for passed in compiled.values():
            _verify(passed)
        plan = Plan(
            program,
            self.config.output.name,
            compiled,
            types.decl,
            analysis.anywhere,
            codecs,
            openings,
            Meetings(program.choreographies, analysis.placed),
        )
        backend = Backend(plan, self.part)
        modules = tuple(made_at_source(maps, backend.run()))
        outside = types.outside.apart_from({str(m.path) for m in program.everything.values()})
        made = self._made(found, modules=modules, choreographies=summaries, outside=outside)
        if found or maps or backend.effects.across:
            if self.part is not None:
                raise _Apart
            return made
        links = backend.links(types.digests(), types.declared)
        if self.part is None:
            return replace(made, links=links)
        return _joined(made, links, plan, self.part)

    def _made(self, found: tuple[Diagnostic, ...], **more: Any) -> Compilation:
        made = Compilation((), found, (), self.sources.files, tuple(self.dumps))
        return replace(made, **more)

    def _at_source(self) -> tuple[Diagnostic, ...]:
        """What was found in the sources as they are written, and in what became of them."""
        found = found_at_source(maps_of(self.program), self.findings.sorted())
        return (*self.written.sorted(), *found)

    def _ask(self) -> TypeFacts:
        """mypy's answers about every module that takes part."""
        program, kept, part = self.program, self.kept, self.part
        others = part.before.mirrored - part.modules if part is not None else set()
        files = _files(program, program.mirrored | others)
        cache, search = self.config.cache, self.config.sources
        if kept.ahead is None:
            kept.ahead = kept.begin(files, cache_dir=cache, search=search)
        if kept.ahead.is_under_way():
            _prepare(program, kept.ahead)
        facts = ask(files, cache_dir=cache, search=search, ahead=kept.ahead)
        decided = part is not None and bool(facts.findings) and not part.inner
        same = part is None or decided or part.same_types(facts.digests(), facts.declared)
        if not same:
            raise _Apart
        return facts

    def _ask_as_written(self) -> TypeFacts:
        """mypy's answers before pipelines are expanded; kept apart, so that both are there when nothing changes."""
        files = _files(
            self.program, {m.name for m in self.program.modules.values() if m.statements}
        )
        return ask(files, cache_dir=self.config.cache / "written", search=self.config.sources)


def _joined(made: Compilation, links: Links, plan: Plan, part: Part) -> Compilation:
    """What was made of a part, if it goes with what is there of the rest."""
    before, again = part.before, part.again
    if not part.fits(links) or any(plan.is_used(n) != was for n, was in before.used.items()):
        raise _Apart
    own = tuple(s for s in made.choreographies if s.key.partition(":")[0] in again)
    return replace(
        made, choreographies=own, links=part.joined(links), again=again, faces=part.faces
    )


def _verify(passed: Compiled) -> None:
    """Our own work, looked over before it is written: a breach is an internal error."""
    pieces = [p for projection in passed.projections.values() for p in projection.pieces]
    roles = passed.projections.items()
    ends = [(role, touch) for role, own in roles for touch in touches_of(own.pieces)]
    verify_places(passed.choreography, passed.facts)
    verify_duality(passed.choreography, ends, passed.leaders, passed.facts)
    merged = {line for projection in passed.projections.values() for line in projection.merged}
    lines = frozenset({*lines_of(pieces), *merged})
    verify_completeness(passed.choreography, passed.facts, lines)
    verify_names(passed.choreography, passed.names, passed.leaders)


def _read_syntax(program: Program, findings: Findings) -> None:
    """The trees of all modules but those that have nothing to do with locations."""
    for name in sorted(concerned(program.modules)):
        problem = read_syntax(program.modules[name])
        if problem is not None:
            findings.add(problem)
            del program.modules[name]


def _prepare(program: Program, ahead: Ahead) -> None:
    """While mypy works there is time to import what is dear and will be wanted, or most probably, and to find out what
    functions reach, which is asked of every module in the end."""
    bodies = [choreography.body for choreography in program.choreographies.values()]
    flows = any(isinstance(stmt, Flow) for body in bodies for stmt in statements(body))
    for name in ("motetc.backend.finish", "black", *_FUSING[:flows]):
        import_module(name)
    for module in program.everything.values():
        if not ahead.is_under_way():
            break
        reaches_of(module.text, module.package)


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
