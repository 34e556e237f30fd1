"""One cause, one finding: mypy often sees, in its own words, what the compiler has said in those of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.model import (
    APART,
    AS_CLUSTER,
    CALLED,
    DEFINED,
    NEVER_REACHED,
    READS,
    Diagnostic,
    Related,
    Span,
)
from motetc.frontend.not_found import not_found
from motetc.frontend.oracle_help import is_misplaced, is_of_collections, is_of_same
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.slice_words import slice_help
from motetc.frontend.tree import inner_statements
from motetc.frontend.undefined import (
    is_of_class,
    is_of_refused,
    once_a_class,
    undefined_classes,
    with_unread,
)
from motetc.frontend.untyped import Untyped

_FATAL = frozenset({"import-error", "syntax-error"})
_OF_IMPORTS = frozenset({"missing-place", "missing-type", "not-serializable"})
_IDLE = "never-used"  # what mypy says of the line may be why
_NO_MODULE = re.compile(
    r'Cannot find implementation or library stub for module named "([\w.]+)"$'
)
_NOT_CALLABLE = re.compile(r'"(\w+)" not callable')


def causes(
    ours: Iterable[Diagnostic], mypys: Iterable[Diagnostic], program: Program
) -> tuple[Diagnostic, ...]:
    """The findings of both layers without echoes: what follows from a broken import, and a line that was reported."""
    second = list(mypys)
    found = list(ours)
    undecided = [d.span for d in found if d.code == "unknown-choice"]
    first = [d for d in found if not _is_consequence(d, second, program) and not _is_apart(d, undecided)]
    unawaited = {d.span.path for d in first if d.code == "not-awaited"}
    first = [d for d in first if not (NEVER_REACHED in d.message and d.span.path in unawaited)]
    first = [d for d in first if not _is_of_global(d, first) and not _is_after_leaving(d, first)]
    first = _outside_unnamed(first, second, program)
    broken = _with_importers(program, {d.span.path for d in (*first, *second) if d.code in _FATAL})
    kept = [d for d in first if d.span.path not in broken or d.code in _FATAL]
    unseen = with_unread(program, broken)
    kept = [d for d in kept if d.span.path not in unseen or d.code not in _OF_IMPORTS]
    misspelt = {d.span.path for d in kept if d.message.startswith(READS)}
    kept = [d for d in kept if d.span.path not in misspelt or d.code != "maybe-unbound"]
    untyped = Untyped(program, second, kept)
    kept = [d for d in kept if not (_may_follow(d) and untyped.follows(d))]
    said, kept = kept, [*once_a_class(_once_a_role(kept))]
    unknown = undefined_classes(program, second)
    kept = [d for d in kept if not is_of_class(d, unknown)]
    lines = {line for d in said if d.code != _IDLE for line in _lines(d)}
    files = {d.span.path for d in kept}
    unread = [*_unread(program)]
    swapped: set[tuple[str, int] | None] = set()
    misplaced = any(is_misplaced(d.message) for d in second)
    nested = any(d.code == "atomic-section" for d in kept)
    for finding in second:
        if finding.span.path in broken and finding.code not in _FATAL:
            continue
        if (finding.span.path, finding.span.line) in lines or _is_echo(finding, files):
            continue
        if _is_of_unknown_base(finding, second) or any(_within(finding.span, x) for x in unread):
            continue
        if finding.code == "var-annotated" and _on_line(finding, second) > 1:
            continue  # mypy could not tell the type of what it refuses
        if (finding.code != "name-defined" and untyped.follows(finding)) or is_of_class(finding, unknown):
            continue
        if finding.code == "return" and is_of_refused(finding, kept, program):
            continue
        if any(_is_of_name(finding, d) and untyped.are_together(finding, d) for d in kept):
            continue
        if finding.code == "has-type" and _stands_behind(finding, (*kept, *second)):
            continue
        if any(_is_at(finding, d) and is_of_same(finding.message, d.message) for d in second):
            continue
        if is_misplaced(finding.message) and _is_said(finding, kept):
            continue
        given = _of_locations(finding, program)
        if given is not None and given in swapped:
            continue
        swapped.add(given)
        if misplaced and is_of_collections(finding.message):
            continue
        if "Cannot infer value of type parameter" in finding.message and any(
            x.message == CALLED and x.span.path == finding.span.path and x.span.line == finding.span.line
            for d in kept
            for x in d.related
        ):
            continue  # what it is given does not go together, which is told in the pipeline
        if nested and "Atomic[Atomic[" in finding.message:
            continue  # what is made of a section inside of another
        if "async generator function" in finding.message and any(
            "no generator" in d.message for d in kept
        ):
            continue
        if finding.span.path in unawaited and "Coroutine[" in finding.message:
            continue
        if finding.code == "no-any-return" and _stands_behind(finding, (*kept, *second)):
            continue  # nor is there a type of what is made of that
        helped = _helped(finding, program)
        if not any(d.span == helped.span and d.help == helped.help != "" for d in kept):
            kept.append(helped)
    typed = {line for d in kept if d not in first for line in _lines(d)}
    kept = [d for d in kept if d.code != _IDLE or typed.isdisjoint(_lines(d))]
    told = kept or [*found, *second]  # nothing follows from nothing
    return tuple(sorted(set(told), key=lambda d: (d.span, d.code)))


def _lines(found: Diagnostic) -> Iterator[tuple[str, int]]:
    """The lines that a finding is about."""
    return ((found.span.path, line) for line in range(found.span.line, found.span.end_line + 1))


def _is_of_name(finding: Diagnostic, other: Diagnostic) -> bool:
    """Whether both say that one name is not defined."""
    return finding.code == other.code == "name-defined" and finding.message == other.message


def _may_follow(ours: Diagnostic) -> bool:
    """Whether it may be that something has no type, or none that says anything, or is not there at all."""
    return ours.code in _FOLLOWING or (ours.code in _OF_ANY and "Any" in ours.message)


def _once_a_role(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """A process that is taken for a cluster in all that it does is one cause."""
    told: set[tuple[str, str]] = set()
    found = list(found)
    own = {d.span.path for d in found if d.message.startswith("`Each` is for clusters")}
    for finding in found:
        named = _ONE_NODE.search(finding.message)
        if named is not None and finding.span.path in own:
            continue
        role = (finding.span.path, named[1]) if named is not None else None
        if role is None or role not in told or AS_CLUSTER not in finding.help:
            yield finding
        if role is not None:
            told.add(role)


def _helped(finding: Diagnostic, program: Program) -> Diagnostic:
    """With what to do about a call of a location, of which mypy only says what it is not, or an operator in a slice."""
    if (
        not finding.help
        and (told := slice_help(finding.message))
        and _is_in_slice(finding, program)
    ):
        return replace(finding, help=told)
    if not finding.help and _of_locations(finding, program) is not None:
        wanted = finding.message.rpartition('"; expected "')[2].rstrip('"')
        help = f"pass the `{wanted}`; for roles that others may play, take type variables: `TypeVar(…, bound=Process)`"
        return replace(finding, help=help)
    if (missing := _NO_MODULE.match(finding.message)) is not None:
        return not_found(finding, missing[1], program)
    called = _NOT_CALLABLE.fullmatch(finding.message)
    if called is None or called[1] not in {x.rpartition(".")[2] for x in program.locations}:
        return finding
    help = (
        "leave the call away: an expression is evaluated where the values in it are, one without values by all; "
        "or say who evaluates it: `with …:`"
    )
    return replace(finding, help=help)


def _is_in_slice(finding: Diagnostic, program: Program) -> bool:
    """Whether it is about the body of a `with location.sliced(…) as tick:`."""
    return any(
        _within(finding.span, module.span(block))
        for module in program.modules.values()
        if module.relative == finding.span.path
        for block in inner_statements(module.tree)
        if isinstance(block, cst.With) and any(map(_is_slice, block.items))
    )


def _is_slice(item: cst.WithItem) -> bool:
    match item.item:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="sliced"))):
            return True
    return False


def _is_of_global(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether it is about a value that a choreography changes, which has been refused where it says `global`."""
    changed = _CHANGED.match(ours.message)
    return changed is not None and any(
        d.span.path == ours.span.path and re.match(rf"`(global|nonlocal) [^`]*\b{changed[1]}\b", d.message)
        for d in found
    )


def _is_after_leaving(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether it is never reached because a block before it is left, which has been refused."""
    return NEVER_REACHED in ours.message and any(
        d.span.path == ours.span.path and d.span.line < ours.span.line and _LEAVES.match(d.message)
        for d in found
    )


def _is_of_unknown_base(finding: Diagnostic, all_: list[Diagnostic]) -> bool:
    """Whether a class is only refused for a base that is not defined."""
    return "Class cannot subclass" in finding.message and any(
        d.code == "name-defined"
        and (d.span.path, d.span.line) == (finding.span.path, finding.span.line)
        for d in all_
    )


def _unread(program: Program) -> Iterator[Span]:
    """Choreographies of which it is open who takes part: all else that is to be said of them follows from that."""
    for choreography in program.choreographies.values():
        if not choreography.understood:
            module = program.modules[choreography.module]
            span = module.span(choreography.node)
            yield module.map.span(span) if module.map is not None else span


def _within(inner: Span, outer: Span) -> bool:
    return inner.path == outer.path and outer.line <= inner.line <= outer.end_line


def _outside_unnamed(
    found: list[Diagnostic], mypys: list[Diagnostic], program: Program
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
        d
        for d in found
        if not any(b.path == d.span.path and b.line < d.span.line <= b.end_line for b in blocks)
    ]


def _of_locations(finding: Diagnostic, program: Program) -> tuple[str, int] | None:
    """The line of a call that is given one location for another: what is given for the other is no second cause."""
    classes = {name.rpartition(".")[2] for name in program.locations}
    named = _GIVEN.search(finding.message)
    there = named is not None and {named[1], named[2]} <= classes
    return (finding.span.path, finding.span.line) if there else None


def _with_importers(program: Program, broken: set[str]) -> set[str]:
    """The paths of modules that are broken, or import one that is: of what they get from it nothing is known."""
    found = set(broken)
    for module in program.modules.values() if broken else ():
        names = with_imported(program.modules, {module.name})
        if any(program.modules[name].relative in broken for name in names):
            found.add(module.relative)
    return found


def _on_line(finding: Diagnostic, all_: list[Diagnostic]) -> int:
    span = finding.span
    return sum(d.span.path == span.path and d.span.line == span.line for d in all_)


def _is_at(finding: Diagnostic, other: Diagnostic) -> bool:
    """Whether two findings are on one line."""
    return (finding.span.path, finding.span.line) == (other.span.path, other.span.line)


def _stands_behind(finding: Diagnostic, all_: Iterable[Diagnostic]) -> bool:
    """Whether something else has been found before it in the module, or on its line."""
    span = finding.span
    return any(
        d.code != finding.code and d.span.path == span.path and d.span.line <= span.line
        for d in all_
    )


def _is_said(finding: Diagnostic, kept: Iterable[Diagnostic]) -> bool:
    """Whether the same is said of another argument of the type."""
    span = finding.span
    return any(
        is_misplaced(d.message) and (d.span.path, d.span.line) == (span.path, span.line)
        for d in kept
    )


def _is_echo(finding: Diagnostic, files: set[str]) -> bool:
    """`@choreography` types every function that it may decorate; a refused one is no second cause."""
    return (
        finding.code == "type-var"
        and '"choreography"' in finding.message
        and finding.span.path in files
    )


def _is_apart(ours: Diagnostic, undecided: list[Span]) -> bool:
    """Operands at different locations of a choice that those who act in it do not know."""
    return APART in ours.message and any(
        s.path == ours.span.path and ours.span.line <= s.line <= ours.span.end_line
        for s in undecided
    )


def _is_consequence(ours: Diagnostic, mypys: list[Diagnostic], program: Program) -> bool:
    """A name or attribute that does not exist has no type and no place; mypy says which, and that is the cause.

    Of a stream that several share we know why it has no operators, though.
    """
    there = {
        d.code
        for d in mypys
        if d.span.path == ours.span.path
        and ours.span.line <= d.span.line <= ours.span.end_line
        and not d.message.startswith('"SharedStream[')
    }
    if any(_is_refused_at(related, mypys) for related in ours.related):
        return True
    if any(_is_undefined_at(related, mypys) for related in ours.related):
        return True
    if ours.code == "unknown-value" and _is_played_by_others(ours, mypys, program):
        return True
    if ours.code in _TYPED and "`Never`" in ours.message and there:
        return True  # mypy gives no type to what it refuses
    if ours.code in _TYPED and ("`Any` (error)" in ours.message or "`Any`:" in ours.message):
        return any(d.span.path == ours.span.path for d in mypys)  # nor to what is made of that
    return ours.code in _UNTYPED and bool(there & {"name-defined", "attr-defined"})


def _is_played_by_others(ours: Diagnostic, mypys: list[Diagnostic], program: Program) -> bool:
    """Whether a call is given one location for another: who knows what it is given, or gives, follows from that."""
    return any(
        d.span.path == ours.span.path
        and ours.span.line <= d.span.line <= ours.span.end_line
        and _of_locations(d, program) is not None
        for d in mypys
    )


def _is_refused_at(call: Related, mypys: list[Diagnostic]) -> bool:
    """Whether mypy refuses what a pipeline is given where it is called; what follows from that in it is no second
    cause."""
    where = (call.span.path, call.span.line)
    return call.message == CALLED and any(
        d.code == "arg-type" and (d.span.path, d.span.line) == where for d in mypys
    )


def _is_undefined_at(definition: Related, mypys: list[Diagnostic]) -> bool:
    """Whether a class is no location's because mypy does not know what it is derived from."""
    where = (definition.span.path, definition.span.line)
    return definition.message == DEFINED and any(
        d.code == "name-defined" and (d.span.path, d.span.line) == where for d in mypys
    )


_CHANGED = re.compile(r"`(\w+)` is (read|changed) ")
_LEAVES = re.compile(r"`(return|break|continue)` leaves ")
_GIVEN = re.compile(r'has incompatible type "(\w+)"; expected "(\w+)"$')
_ONE_NODE = re.compile(r"`(\w+)` is one node$")
_FOLLOWING = frozenset(
    {"data-dependent-receiver", "maybe-unbound", "missing-type", "unsupported-syntax"}
)
_OF_ANY = frozenset({"mutable-agreement", "not-serializable", "wrong-member"})
_TYPED = frozenset({"not-serializable", "missing-type"})
_UNTYPED = _TYPED | {"data-dependent-receiver", "no-common-place", "unplaced-call"}
