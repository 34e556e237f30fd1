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
    UNTYPED,
    Diagnostic,
    Related,
    Span,
)
from motetc.frontend.echoes import (
    FATAL,
    IDLE,
    Echoes,
    is_within,
    lines_of,
    of_locations,
    stands_behind,
)
from motetc.frontend.follow_ups import causes_among
from motetc.frontend.not_found import not_found
from motetc.frontend.operation_forms import meant
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.slice_words import slice_help
from motetc.frontend.tree import inner_statements
from motetc.frontend.undefined import (
    is_of_class,
    once_a_class,
    undefined_classes,
    with_unread,
)
from motetc.frontend.untyped import Untyped

_OF_IMPORTS = frozenset({"missing-place", "missing-type", "not-serializable"})
_NO_MODULE = re.compile(r'Cannot find implementation or library stub for module named "([\w.]+)"$')
_NOT_IN_MODULE = re.compile(r'Module "[\w.]+" has no attribute "(\w+)"')
_MISSING_IMPORT = re.compile(r"\(missing import (?:[\w.]*\.)?(\w+)\)")
_LACKS = re.compile(r"`([\w.]+)` has no `(\w+)`$")
_NO_METHOD = re.compile(r'"(\w+)" has no attribute "(\w+)"$')
_NOT_CALLABLE = re.compile(r'"(\w+)" not callable')


def causes(
    ours: Iterable[Diagnostic], mypys: Iterable[Diagnostic], program: Program
) -> tuple[Diagnostic, ...]:
    """The findings of both layers without echoes: what follows from a broken import, and a line that was reported."""
    found, second = list(ours), [*causes_among(mypys)]
    found = [d for d in found if not _is_of_unawaited(d, found)]
    undecided = [d.span for d in found if d.code == "unknown-choice"]
    first = [
        d for d in found if not _is_consequence(d, second, program) and not _is_apart(d, undecided)
    ]
    unawaited = {d.span.path for d in first if d.code == "not-awaited"}
    first = [d for d in first if not (NEVER_REACHED in d.message and _is_below(d, first))]
    first = [d for d in first if not _is_of_global(d, first) and not _is_after_leaving(d, first)]
    first = _outside_unnamed(first, second, program)
    broken = _with_importers(program, {d.span.path for d in (*first, *second) if d.code in FATAL})
    kept = _of_whole_modules(first, broken, program)
    untyped = Untyped(program, second, kept)
    said = [d for d in kept if not (_may_follow(d) and untyped.follows(d))]
    unknown = undefined_classes(program, second)
    kept = [d for d in once_a_class(_once_a_role(said)) if not is_of_class(d, unknown)]
    echoes = Echoes(program, second, said, kept, broken, untyped, unknown, unawaited)
    for finding in second:
        if not echoes.follows(finding):
            helped = _helped(finding, program)
            if not any(d.span == helped.span and d.help == helped.help != "" for d in kept):
                kept.append(helped)
    typed = {line for d in kept if d not in first for line in lines_of(d)}
    kept = [d for d in kept if d.code != IDLE or typed.isdisjoint(lines_of(d))]
    missing = [
        d for d in kept if d.code in ("name-defined", "return")
    ]  # what was to use it may be what is not there
    kept = [d for d in kept if d.code not in _FOR_NOBODY or not _is_with(d, missing, untyped)]
    empty = [d for d in kept if d.message == "No return value expected"]
    kept = [d for d in kept if not _is_of_none(d, empty, untyped)]
    others = [
        d for d in kept if d.code not in (IDLE, _UNFED)
    ]  # what would feed it may be what is refused
    kept = [
        d for d in kept if d.code != _UNFED or not any(untyped.are_together(d, x) for x in others)
    ]
    told = kept or [*found, *second]  # nothing follows from nothing
    return tuple(sorted(set(told), key=lambda d: (d.span, d.code)))


def _of_whole_modules(
    found: list[Diagnostic], broken: set[str], program: Program
) -> list[Diagnostic]:
    """What does not follow from imports that are broken, or that something is read that a module has not."""
    kept = [d for d in found if d.span.path not in broken or d.code in FATAL]
    unread = {d.span.path for d in kept if d.code == "syntax-error"}
    kept = [
        d
        for d in kept
        if not ((lacks := _LACKS.match(d.message)) and _is_in(lacks[1], lacks[2], unread))
    ]
    unseen = with_unread(program, broken)
    kept = [d for d in kept if d.span.path not in unseen or d.code not in _OF_IMPORTS]
    misspelt = {d.span.path for d in kept if d.message.startswith(READS)}
    return [d for d in kept if d.span.path not in misspelt or d.code != "maybe-unbound"]


def _is_in(package: str, name: str, paths: set[str]) -> bool:
    """Whether one of the files is a module of a package."""
    wanted = f"{package.replace('.', '/')}/{name}.py"
    return any(f"/{path}".endswith(f"/{wanted}") for path in paths)


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
        (not finding.help or finding.code == "union-attr")
        and (told := slice_help(finding.message))
        and _is_in_slice(finding, program)
    ):
        return replace(finding, help=told)
    if not finding.help and of_locations(finding, program) is not None:
        wanted = finding.message.rpartition('"; expected "')[2].rstrip('"')
        help = f"pass the `{wanted}`; for roles that others may play, take type variables: `TypeVar(…, bound=Process)`"
        return replace(finding, help=help)
    if not finding.help and (missing := _NO_METHOD.match(finding.message)) is not None:
        there = missing[1] in {x.rpartition(".")[2] for x in program.locations}
        return replace(finding, help=meant(missing[2])) if there else finding
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
        is_within(finding.span, module.span(block))
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


def _is_of_unawaited(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether it is about who knows a condition in which something is not awaited, which makes it another one."""
    return ours.code == "unknown-choice" and any(
        d.code == "not-awaited" and _is_inside(d.span, ours.span) for d in found
    )


def _is_inside(inner: Span, outer: Span) -> bool:
    """Whether a piece of code is part of another."""
    return (
        inner.path == outer.path
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _is_of_global(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether it is about a value that a choreography changes, which has been refused where it says `global`."""
    changed = _CHANGED.match(ours.message)
    return changed is not None and any(
        d.span.path == ours.span.path
        and re.match(rf"`(global|nonlocal) [^`]*\b{changed[1]}\b", d.message)
        for d in found
    )


def _is_with(ours: Diagnostic, others: list[Diagnostic], untyped: Untyped) -> bool:
    """Whether one of the others is in the same function, or in that which calls the pipeline."""
    here = [ours, *(replace(ours, span=r.span) for r in ours.related if r.message == CALLED)]
    return any(untyped.are_together(at, other) for at in here for other in others)


def _is_of_none(finding: Diagnostic, empty: list[Diagnostic], untyped: Untyped) -> bool:
    """Whether it is about what a function gives that is said to give nothing, and returns something: told once."""
    if finding in empty:
        return any(x.span < finding.span and untyped.are_together(x, finding) for x in empty)
    of_none = finding.code == "func-returns-value" or finding.message.startswith(
        ('"None" has no', _GOT_NONE)
    )
    return of_none and any(x.span.path == finding.span.path for x in empty)


def _is_below(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether something else is told further up in the module: what is wrong there may be of no type."""
    return any(
        d.span.path == ours.span.path and d.span <= ours.span and NEVER_REACHED not in d.message
        for d in found
    )


def _is_after_leaving(ours: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether it is never reached because a block before it is left, which has been refused."""
    return NEVER_REACHED in ours.message and any(
        d.span.path == ours.span.path and d.span.line < ours.span.line and _LEAVES.match(d.message)
        for d in found
    )


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


def _with_importers(program: Program, broken: set[str]) -> set[str]:
    """The paths of modules that are broken, or import one that is: of what they get from it nothing is known."""
    found = set(broken)
    for module in program.modules.values() if broken else ():
        names = with_imported(program.modules, {module.name})
        if any(program.modules[name].relative in broken for name in names):
            found.add(module.relative)
    return found


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
    if ours.code in _OF_UNDEFINED and any(
        d.code == "name-defined" and _is_inside(d.span, ours.span) for d in mypys
    ):
        return True
    if ours.code == "no-common-place" and any(
        d.message == "No return value expected" and is_within(d.span, ours.span) for d in mypys
    ):
        return True
    if ours.code == "not-awaited" and "name-defined" in there:
        return True  # it is given to a function that there is not, which may await it
    if any(_is_refused_at(related, mypys) for related in ours.related):
        return True
    if any(_is_undefined_at(related, mypys, program) for related in ours.related):
        return True
    if ours.code == "unknown-value" and (
        _is_played_by_others(ours, mypys, program) or _is_not_there(ours, mypys)
    ):
        return True
    if ours.message.startswith(UNTYPED) and stands_behind(ours, mypys):
        return True
    if ours.code in _TYPED and "`Never`" in ours.message and there:
        return True  # mypy gives no type to what it refuses
    missing = _MISSING_IMPORT.search(ours.message)
    if missing is not None and any(_is_of_import(d, missing[1], ours.span.path) for d in mypys):
        return True
    if ours.code in _TYPED and ("`Any` (error)" in ours.message or "`Any`:" in ours.message):
        return any(d.span.path == ours.span.path for d in mypys)  # nor to what is made of that
    return ours.code in _UNTYPED and bool(there & {"name-defined", "attr-defined"})


def _is_not_there(ours: Diagnostic, mypys: list[Diagnostic]) -> bool:
    """Whether what somebody is said not to know is nothing that anybody has."""
    return any(d.code == "attr-defined" and d.span == ours.span for d in mypys)


def _is_of_import(finding: Diagnostic, name: str, path: str) -> bool:
    """Whether it says that a module has not what is imported by this name."""
    lacks = _NOT_IN_MODULE.match(finding.message)
    return finding.span.path == path and lacks is not None and lacks[1] == name


def _is_played_by_others(ours: Diagnostic, mypys: list[Diagnostic], program: Program) -> bool:
    """Whether a call is given one location for another: who knows what it is given, or gives, follows from that."""
    return any(
        d.span.path == ours.span.path
        and ours.span.line <= d.span.line <= ours.span.end_line
        and of_locations(d, program) is not None
        for d in mypys
    )


def _is_refused_at(call: Related, mypys: list[Diagnostic]) -> bool:
    """Whether mypy refuses what a pipeline is given where it is called; what follows from that in it is no second
    cause."""
    where = (call.span.path, call.span.line)
    return call.message == CALLED and any(
        d.code in ("arg-type", "name-defined") and (d.span.path, d.span.line) == where
        for d in mypys
    )


def _is_undefined_at(definition: Related, mypys: list[Diagnostic], program: Program) -> bool:
    """Whether a class is no location's because mypy does not know what it is derived from."""
    if definition.message != DEFINED:
        return False
    path, line = definition.span.path, definition.span.line
    misspelt = {
        m[1] for d in mypys if d.span.path == path and (m := _NOT_IN_MODULE.match(d.message))
    }
    texts = (m.text.split("\n")[line - 1] for m in program.modules.values() if m.relative == path)
    return any(
        d.code == "name-defined" and (d.span.path, d.span.line) == (path, line) for d in mypys
    ) or any(misspelt & set(re.findall(r"\w+", text)) for text in texts)


_CHANGED = re.compile(r"`(\w+)` is (read|changed) ")
_LEAVES = re.compile(r"`(return|break|continue)` leaves ")
_ONE_NODE = re.compile(r"`(\w+)` is one node$")
_FOLLOWING = frozenset(
    {"data-dependent-receiver", "maybe-unbound", "missing-type", "unsupported-syntax"}
    | {"no-common-place", "unknown-choice", "unknown-value", "wrong-sender"}
)
_FOR_NOBODY = frozenset({IDLE, "idle-slice"})
_GOT_NONE = 'Incompatible return value type (got "None"'
_UNFED = "unfed-channel"
_OF_UNDEFINED = frozenset({"mutable-agreement", "unsupported-syntax"})
_OF_ANY = frozenset({"mutable-agreement", "not-serializable", "wrong-member"})
_TYPED = frozenset({"not-serializable", "missing-type"})
_UNTYPED = _TYPED | {"data-dependent-receiver", "no-common-place", "unplaced-call"}
