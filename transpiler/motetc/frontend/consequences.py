"""Findings of ours that follow from others, of ours or of mypy's: rules, in rounds.

The rules of one round look at the same findings, those that the rounds before have left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import (
    APART,
    CALLED,
    DEFINED,
    NEVER_REACHED,
    ONE_ACTS,
    UNTYPED,
    Diagnostic,
    Related,
    Span,
)
from motetc.frontend.echoes import is_within, of_locations, stands_behind
from motetc.frontend.program import Program
from motetc.frontend.tree import inner_statements

_CHANGED = re.compile(r"`(\w+)` is (read|changed) ")
_GIVEN = re.compile(r"`(\w+)` (?:takes no more than \d+ argument|has no parameter `(\w+)`)")
_LEAVES = re.compile(r"`(return|break|continue)` leaves ")
_MISSING_IMPORT = re.compile(r"\(missing import (?:[\w.]*\.)?(\w+)\)")
_NOT_IN_MODULE = re.compile(r'Module "[\w.]+" has no attribute "(\w+)"')
_OF_UNDEFINED = frozenset({"mutable-agreement", "unsupported-syntax"})
_TYPED = frozenset({"not-serializable", "missing-type"})
_UNTYPED = _TYPED | {"data-dependent-receiver", "no-common-place", "unplaced-call"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a finding of ours is held against."""

    ours: Sequence[Diagnostic]
    mypys: Sequence[Diagnostic]
    program: Program

    def within(self, ours: Diagnostic) -> list[Diagnostic]:
        """What mypy says of the lines that a finding is about."""
        return [d for d in self.mypys if is_within(d.span, ours.span)]

    def codes_within(self, ours: Diagnostic) -> set[str]:
        """The codes of that; of a stream that several share we know why it has no operators, though."""
        shared = '"SharedStream['
        return {d.code for d in self.within(ours) if not d.message.startswith(shared)}

    def beside(self, ours: Diagnostic) -> list[Diagnostic]:
        """Our findings in the same module."""
        return [d for d in self.ours if d.span.path == ours.span.path]


def without_consequences(
    ours: Sequence[Diagnostic], mypys: Sequence[Diagnostic], program: Program
) -> list[Diagnostic]:
    """The findings of ours that do not follow from any other."""
    left = list(ours)
    for rules in _ROUNDS:
        told = _Told(left, mypys, program)
        left = [d for d in left if not any(follows(d, told) for follows in rules)]
    return left


def outside_unnamed(
    found: Sequence[Diagnostic], mypys: Sequence[Diagnostic], program: Program
) -> list[Diagnostic]:
    """What is found in a `with` of a name that there is not follows from that."""
    missing = {(d.span.path, d.span.line) for d in mypys if d.code == "name-defined"}
    blocks = [
        span
        for module in program.modules.values()
        if any(path == module.relative for path, _ in missing)
        for block in inner_statements(module.tree)
        if isinstance(block, cst.With) and ((span := module.span(block)).path, span.line) in missing
    ]
    return [
        d for d in found if not any(is_within(d.span, b) and d.span.line > b.line for b in blocks)
    ]


def without_lost_parameters(found: Sequence[Diagnostic], program: Program) -> list[Diagnostic]:
    """The findings without what a choreography is given that is no parameter of it, where it reads such a name."""
    undefined = [d for d in found if d.code == "name-defined"]
    return [d for d in found if not undefined or not _is_lost(d, undefined, program)]


def _is_lost(ours: Diagnostic, undefined: Sequence[Diagnostic], program: Program) -> bool:
    given = _GIVEN.match(ours.message)
    spans = [
        program.modules[c.module].span(c.node)
        for c in program.choreographies.values()
        if given is not None and c.name == given[1] and c.module in program.modules
    ]
    named = f'"{given[2] or ""}' if given is not None else ""
    return any(is_within(d.span, span) and named in d.message for d in undefined for span in spans)


def _is_of_unawaited(ours: Diagnostic, told: _Told) -> bool:
    """Who knows a condition in which something is not awaited, which makes it another one."""
    return ours.code == "unknown-choice" and any(
        d.code == "not-awaited" and _is_inside(d.span, ours.span) for d in told.ours
    )


def _is_apart(ours: Diagnostic, told: _Told) -> bool:
    """Operands at different locations of a choice that those who act in it do not know."""
    undecided = (d for d in told.beside(ours) if d.code == "unknown-choice")
    return APART in ours.message and any(is_within(d.span, ours.span) for d in undecided)


def _is_of_undefined_name(ours: Diagnostic, told: _Told) -> bool:
    """A name that does not exist has no type and no place."""
    return ours.code in _OF_UNDEFINED and any(
        d.code == "name-defined" and _is_inside(d.span, ours.span) for d in told.mypys
    )


def _is_of_undefined_function(ours: Diagnostic, told: _Told) -> bool:
    """It is given to a function that there is not, which may await it."""
    return ours.code == "not-awaited" and "name-defined" in told.codes_within(ours)


def _is_of_no_result(ours: Diagnostic, told: _Told) -> bool:
    """Where values are that a choreography returns which is said to return nothing."""
    return ours.code == "no-common-place" and any(
        d.message == "No return value expected" for d in told.within(ours)
    )


def _is_of_refused_call(ours: Diagnostic, told: _Told) -> bool:
    """What follows in a pipeline from what it is given where it is called, which mypy refuses."""
    return any(_is_refused_at(related, told.mypys) for related in ours.related)


def _is_of_undefined_class(ours: Diagnostic, told: _Told) -> bool:
    """A class is no location's because mypy does not know what it is derived from."""
    return any(_is_undefined_at(related, told) for related in ours.related)


def _is_of_other_player(ours: Diagnostic, told: _Told) -> bool:
    """Who knows what a call is given, or gives, in which one location stands for another."""
    return ours.code == "unknown-value" and any(
        of_locations(d, told.program) is not None for d in told.within(ours)
    )


def _is_not_there(ours: Diagnostic, told: _Told) -> bool:
    """What somebody is said not to know is nothing that anybody has."""
    return ours.code in ("unknown-value", "wrong-member") and any(
        d.code == "attr-defined"
        and (_is_inside(d.span, ours.span) or _is_inside(ours.span, d.span))
        for d in told.mypys
    )


def _is_of_one_member(ours: Diagnostic, told: _Told) -> bool:
    """A cluster speaks under a condition that asks for one member, which is to be named instead."""
    asked = (d for d in told.beside(ours) if d.help.startswith(ONE_ACTS))
    return ours.code == "wrong-sender" and any(
        r.span == ours.span for d in asked for r in d.related
    )


def _is_of_change(ours: Diagnostic, told: _Told) -> bool:
    """A call that is to be placed changes what is to be kept elsewhere, which is told."""
    kept = (d for d in told.beside(ours) if d.code == "mutable-agreement")
    return ours.code == "unplaced-call" and any(
        _is_inside(ours.span, r.span) for d in kept for r in d.related
    )


def _is_untyped(ours: Diagnostic, told: _Told) -> bool:
    """Nothing is known of a type, and something else is told further up."""
    return ours.message.startswith(UNTYPED) and stands_behind(ours, told.mypys)


def _is_of_nothing(ours: Diagnostic, told: _Told) -> bool:
    """mypy gives no type to what it refuses."""
    return ours.code in _TYPED and "`Never`" in ours.message and bool(told.codes_within(ours))


def _is_of_missing_import(ours: Diagnostic, told: _Told) -> bool:
    """A type is not known because its module has no such class."""
    missing = _MISSING_IMPORT.search(ours.message)
    return missing is not None and missing[1] in _not_in_modules(ours.span.path, told.mypys)


def _is_made_of_error(ours: Diagnostic, told: _Told) -> bool:
    """Nor does mypy give a type to what is made of what it refuses."""
    of_any = "`Any` (error)" in ours.message or "`Any`:" in ours.message
    here = ours.span.path
    return ours.code in _TYPED and of_any and any(d.span.path == here for d in told.mypys)


def _is_of_undefined(ours: Diagnostic, told: _Told) -> bool:
    """A name or attribute that does not exist has no type and no place; mypy says which, and that is the cause."""
    undefined = {"name-defined", "attr-defined"}
    return ours.code in _UNTYPED and not undefined.isdisjoint(told.codes_within(ours))


def _is_below(ours: Diagnostic, told: _Told) -> bool:
    """It is never reached, and something else is told further up in the module: what is wrong there may be of no
    type."""
    return NEVER_REACHED in ours.message and any(
        d.span <= ours.span and NEVER_REACHED not in d.message for d in told.beside(ours)
    )


def _is_after_leaving(ours: Diagnostic, told: _Told) -> bool:
    """It is never reached because a block before it is left, which has been refused."""
    return NEVER_REACHED in ours.message and any(
        d.span.line < ours.span.line and _LEAVES.match(d.message) for d in told.beside(ours)
    )


def _is_of_global(ours: Diagnostic, told: _Told) -> bool:
    """A value that a choreography changes, which has been refused where it says `global`."""
    changed = _CHANGED.match(ours.message)
    return changed is not None and any(
        re.match(rf"`(global|nonlocal) [^`]*\b{changed[1]}\b", d.message) for d in told.beside(ours)
    )


_ROUNDS: Sequence[Sequence[Callable[[Diagnostic, _Told], bool]]] = (
    (_is_of_unawaited,),
    (
        _is_apart,
        _is_of_undefined_name,
        _is_of_undefined_function,
        _is_of_no_result,
        _is_of_refused_call,
        _is_of_undefined_class,
        _is_of_other_player,
        _is_not_there,
        _is_untyped,
        _is_of_nothing,
        _is_of_missing_import,
        _is_made_of_error,
        _is_of_undefined,
    ),
    (_is_below,),
    (_is_after_leaving, _is_of_global, _is_of_one_member, _is_of_change),
)


def _is_inside(inner: Span, outer: Span) -> bool:
    """Whether a piece of code is part of another."""
    return (
        inner.path == outer.path
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _is_refused_at(call: Related, mypys: Sequence[Diagnostic]) -> bool:
    """Whether mypy refuses what a pipeline is given where it is called."""
    where = (call.span.path, call.span.line)
    return call.message == CALLED and any(
        d.code in ("arg-type", "name-defined") and (d.span.path, d.span.line) == where
        for d in mypys
    )


def _is_undefined_at(definition: Related, told: _Told) -> bool:
    """Whether mypy does not know what is named where a class is defined."""
    if definition.message != DEFINED:
        return False
    path, line = definition.span.path, definition.span.line
    misspelt = _not_in_modules(path, told.mypys)
    modules = (m for m in told.program.modules.values() if m.relative == path)
    texts = (m.text.split("\n")[line - 1] for m in modules)
    return any(
        d.code == "name-defined" and (d.span.path, d.span.line) == (path, line) for d in told.mypys
    ) or any(misspelt & set(re.findall(r"\w+", text)) for text in texts)


def _not_in_modules(path: str, mypys: Sequence[Diagnostic]) -> set[str]:
    """The names that a file imports from modules which have not got them."""
    said = (_NOT_IN_MODULE.match(d.message) for d in mypys if d.span.path == path)
    return {lacks[1] for lacks in said if lacks is not None}
