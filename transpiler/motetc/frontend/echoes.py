"""mypy's findings that say once more what was said, or follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from motetc.diagnostics.model import CALLED, UNNAMED, Diagnostic, Span
from motetc.frontend.oracle_help import is_misplaced, is_of_collections, is_of_same
from motetc.frontend.program import Program
from motetc.frontend.taken_names import is_of_taken
from motetc.frontend.undefined import is_of_class, is_of_refused
from motetc.frontend.untyped import Untyped

FATAL = frozenset({"import-error", "syntax-error"})
IDLE = "never-used"  # what mypy says of the line may be why
_GIVEN = re.compile(r'has incompatible type "(\w+)"; expected "(\w+)"$')
_CALLED = re.compile(r'(?:for|to) "(\w+)"(?: has incompatible type|$)')
_SAME_NAME = re.compile(r'has incompatible type "[\w.]+\.(\w+)"; expected "[\w.]+\.(\w+)"$')


@dataclass(slots=True)
class Echoes:
    """What there is to hold a finding of mypy's against.

    `said` are all findings of ours, `kept` those of them that are told, and what of mypy's is, as it grows. `broken`
    and `unawaited` are paths: of modules with a broken import, and where a call is not awaited. `unknown` are classes.
    """

    program: Program
    mypys: list[Diagnostic]
    said: list[Diagnostic]
    kept: list[Diagnostic]
    broken: set[str]
    untyped: Untyped
    unknown: set[str]
    unawaited: set[str]
    lines: set[tuple[str, int]] = field(init=False)
    files: set[str] = field(init=False)
    unread: list[Span] = field(init=False)
    swapped: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lines = {line for d in self.said if d.code != IDLE for line in lines_of(d)}
        self.files = {d.span.path for d in self.kept}
        self.unread = [*_unread(self.program)]

    def follows(self, finding: Diagnostic) -> bool:
        """Whether what is told already says it, or why it is so."""
        return (
            self._is_of_module(finding)
            or self._has_no_type(finding)
            or self._is_told(finding)
            or self._is_of_collections(finding)
            or self._is_swapped(finding)
        )

    def _is_of_module(self, finding: Diagnostic) -> bool:
        """Whether its module, line, choreography or class has been refused."""
        span = finding.span
        return (
            (span.path in self.broken and finding.code not in FATAL)
            or (span.path, span.line) in self.lines
            or _is_of_decorator(finding, self.files)
            or _is_of_unknown_base(finding, self.mypys)
            or any(is_within(span, x) for x in self.unread)
            or _is_of_call(finding, self.program)
            or is_of_taken(finding, self.program)
        )

    def _has_no_type(self, finding: Diagnostic) -> bool:
        """Whether it is about what has no type since something else is wrong with it."""
        if finding.code == "var-annotated" and _on_line(finding, self.mypys) > 1:
            return True  # mypy could not tell the type of what it refuses
        of_others = finding.code in ("has-type", "no-any-return")
        if of_others and stands_behind(finding, (*self.kept, *self.mypys)):
            return True  # nor is there a type of what is made of that
        if finding.span.path in self.unawaited and "Coroutine[" in finding.message:
            return True
        untyped = finding.code != "name-defined" and self.untyped.follows(finding)
        return untyped or is_of_class(finding, self.unknown)

    def _is_told(self, finding: Diagnostic) -> bool:
        """Whether the same is said of something else."""
        together = self.untyped.are_together
        same = [
            d
            for d in self.kept
            if finding.code == d.code == "no-common-place" and finding.message == d.message
        ]
        return (
            any(together(finding, d) for d in same)
            or (
                finding.code == "name-defined"
                and (self._is_global(finding) or self._is_tick(finding))
            )
            or (finding.code == "return" and is_of_refused(finding, self.kept, self.program))
            or any(_is_of_name(finding, d) and together(finding, d) for d in self.kept)
            or any(
                finding.code == "call-overload" and _is_reason_in(d, finding.span)
                for d in self.kept
            )
            or any(
                _is_at(finding, d) and is_of_same(finding.message, d.message) for d in self.mypys
            )
            or (is_misplaced(finding.message) and _is_said(finding, self.kept))
        )

    def _is_tick(self, finding: Diagnostic) -> bool:
        """Whether a name is not defined behind a slice that has been refused since it has none."""
        return any(
            d.message == UNNAMED
            and d.span.line < finding.span.line
            and self.untyped.are_together(finding, d)
            for d in self.kept
        )

    def _is_global(self, finding: Diagnostic) -> bool:
        """Whether a name is not defined that a refused `global` says."""
        name = finding.message.split('"')[1] if '"' in finding.message else ""
        return any(
            d.span.path == finding.span.path
            and re.match(rf"`global [^`]*\b{name}\b[^`]*`", d.message)
            for d in self.kept
        )

    def _is_of_collections(self, finding: Diagnostic) -> bool:
        """Whether it is about what becomes of a live collection that is refused."""
        message = finding.message
        if is_of_collections(message) and any(is_misplaced(d.message) for d in self.mypys):
            return True
        if "Cannot infer value of type parameter" in message and any(
            x.message == CALLED
            and (x.span.path, x.span.line) == (finding.span.path, finding.span.line)
            for d in self.kept
            for x in d.related
        ):
            return True  # what it is given does not go together, which is told in the pipeline
        in_section = "Atomic[" in message or finding.code == "atomic-section"
        if in_section and any(d.code == "atomic-section" for d in self.kept):
            return True  # what is made of a section that begins or ends in the wrong place
        generator = "async generator function" in message
        return generator and any("no generator" in d.message for d in self.kept)

    def _is_swapped(self, finding: Diagnostic) -> bool:
        """Whether another location of the call has been given for this one, or one of two classes with a name."""
        if (twice := _SAME_NAME.search(finding.message)) and twice[1] == twice[2]:
            text = f".{twice[1]}` would both be written to "
            return any(text in d.message for d in self.kept)
        given = of_locations(finding, self.program)
        if given is None or given in self.swapped:
            return given is not None
        self.swapped.add(given)
        return False


def lines_of(found: Diagnostic) -> Iterator[tuple[str, int]]:
    """The lines that a finding is about."""
    return ((found.span.path, line) for line in range(found.span.line, found.span.end_line + 1))


def is_within(inner: Span, outer: Span) -> bool:
    """Whether a span is in the lines of another."""
    return inner.path == outer.path and outer.line <= inner.line <= outer.end_line


def of_locations(finding: Diagnostic, program: Program) -> tuple[str, int] | None:
    """The line of a call that is given one location for another: what is given for the other is no second cause."""
    classes = {name.rpartition(".")[2] for name in program.locations}
    named = _GIVEN.search(finding.message)
    there = named is not None and {named[1], named[2]} <= classes
    return (finding.span.path, finding.span.line) if there else None


def _is_of_name(finding: Diagnostic, other: Diagnostic) -> bool:
    """Whether both say that one name is not defined, or not bound on every path."""
    if finding.code != "name-defined":
        return False
    unbound = (
        other.code == "maybe-unbound"
        and other.message.split("`")[1:2] == finding.message.split('"')[1:2]
    )
    return unbound or (other.code == finding.code and finding.message == other.message)


def _is_reason_in(ours: Diagnostic, call: Span) -> bool:
    """Whether it is about a reason, or a proof, that a call is given."""
    return ours.code in ("missing-nondet", "missing-proof") and is_within(ours.span, call)


def _is_of_unknown_base(finding: Diagnostic, all_: list[Diagnostic]) -> bool:
    """Whether a class is only refused for a base that is not defined."""
    return "Class cannot subclass" in finding.message and any(
        d.code == "name-defined" and _is_at(finding, d) for d in all_
    )


def _unread(program: Program) -> Iterator[Span]:
    """Choreographies of which it is open who takes part: all else that is to be said of them follows from that."""
    for choreography in program.choreographies.values():
        if not choreography.understood:
            module = program.modules[choreography.module]
            span = module.span(choreography.node)
            yield module.map.span(span) if module.map is not None else span


def _is_of_call(finding: Diagnostic, program: Program) -> bool:
    """Whether it is about what a choreography is given whose own signature has a finding."""
    called = _CALLED.search(finding.message) if finding.code in ("arg-type", "call-arg") else None
    unread = (c for c in program.choreographies.values() if not c.understood)
    return called is not None and any(c.name == called[1] for c in unread)


def _on_line(finding: Diagnostic, all_: list[Diagnostic]) -> int:
    return sum(_is_at(finding, d) for d in all_)


def _is_at(finding: Diagnostic, other: Diagnostic) -> bool:
    """Whether two findings are on one line."""
    return (finding.span.path, finding.span.line) == (other.span.path, other.span.line)


def stands_behind(finding: Diagnostic, all_: Iterable[Diagnostic]) -> bool:
    """Whether something else has been found before it in the module, or on its line."""
    span = finding.span
    return any(
        d.code != finding.code and d.span.path == span.path and d.span.line <= span.line
        for d in all_
    )


def _is_said(finding: Diagnostic, kept: Iterable[Diagnostic]) -> bool:
    """Whether the same is said of another argument of the type."""
    return any(is_misplaced(d.message) and _is_at(finding, d) for d in kept)


def _is_of_decorator(finding: Diagnostic, files: set[str]) -> bool:
    """`@choreography` types every function that it may decorate; a refused one is no second cause."""
    return (
        finding.code == "type-var"
        and '"choreography"' in finding.message
        and finding.span.path in files
    )
