"""Leads what was found and made in expanded modules back to the sources as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from motetc.backend.output import Origins, OutputModule, StatementOrigin
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.line_map import LineMap
from motetc.frontend.program import Program
from motetc.ir.summary import ChoreographySummary

Maps = Mapping[str, LineMap]  # by path


def maps_of(program: Program) -> Maps:
    """The maps of the modules in which pipelines have been expanded."""
    return {m.relative: m.map for m in program.modules.values() if m.map is not None}


def found_at_source(maps: Maps, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Findings where people can see them."""
    for finding in found:
        back = maps.get(finding.span.path)
        yield back.diagnostic(finding) if back is not None else finding


def typed_at_source(maps: Maps, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """mypy's findings, each cause once."""
    findings = list(found)
    for back in maps.values():
        others = [x for x in findings if x.span.path != back.relative]
        findings = [*others, *back.types(findings)]
    return found_at_source(maps, findings)


def made_at_source(maps: Maps, modules: Iterable[OutputModule]) -> Iterator[OutputModule]:
    """Generated modules whose statements are from lines that exist."""
    for module in modules:
        yield replace(module, origins=partial(_origins, maps, module)) if maps else module


def _origins(maps: Maps, module: OutputModule) -> Origins:
    return tuple(_origin(maps, origin) for origin in module.origins())


def _origin(maps: Maps, origin: StatementOrigin | None) -> StatementOrigin | None:
    back = maps.get(origin.path) if origin is not None else None
    if origin is None or back is None:
        return origin
    first, last = back.at(origin.line), back.at(origin.end_line)
    end = last.line if last.path == first.path and last.line >= first.line else first.line
    return replace(origin, path=first.path, line=first.line, end_line=end)


def summary_at_source(maps: Maps, summary: ChoreographySummary) -> ChoreographySummary:
    """A summary whose lines are the choreography's own: that of the call, for what a pipeline has brought."""
    back = maps.get(summary.path)
    if back is None:
        return summary
    return replace(
        summary,
        line=back.own(summary.line),
        channels=tuple(replace(x, line=back.own(x.line)) for x in summary.channels),
        given=tuple(replace(x, line=back.own(x.line)) for x in summary.given),
        names=tuple(replace(x, line=back.own(x.line)) for x in summary.names),
        nondeterminism=tuple((back.own(line), why) for line, why in summary.nondeterminism),
        reasons=tuple(
            replace(x, line=back.own(x.line), pipeline=back.pipeline(x.line))
            for x in summary.reasons
        ),
        ports=tuple(replace(x, line=back.own(x.line)) for x in summary.ports),
    )
