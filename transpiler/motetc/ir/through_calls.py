"""What the roles of choreographies have by playing others in the choreographies that these call."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from motetc.ir.nodes import Choreography, Invoke
from motetc.ir.walk import operations

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)
Plays = Mapping[str, str]  # the roles of a callee, and who plays them


def through_calls(
    known: Mapping[str, Choreography], own: Callable[[Choreography], Iterable[tuple[str, T]]]
) -> dict[str, tuple[tuple[str, T], ...]]:
    """By choreography: each role and what it has, without repeats, what is its `own` before what calls add."""

    def moved(plays: Plays, pair: tuple[str, T]) -> tuple[str, T] | None:
        formal, thing = pair
        return (plays[formal], thing) if formal in plays else None

    return _least(known, own, moved)


def pairs_through_calls(
    known: Mapping[str, Choreography], own: Callable[[Choreography], Iterable[tuple[str, str]]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The same of two roles that have something to do with each other."""

    def moved(plays: Plays, pair: tuple[str, str]) -> tuple[str, str] | None:
        one, other = pair
        return (plays[one], plays[other]) if one in plays and other in plays else None

    return _least(known, own, moved)


def _least(
    known: Mapping[str, Choreography],
    own: Callable[[Choreography], Iterable[H]],
    moved: Callable[[Plays, H], H | None],
) -> dict[str, tuple[H, ...]]:
    """The least fixed point, since choreographies may call themselves with their roles rotated."""
    first = {key: [*own(choreography)] for key, choreography in known.items()}
    calls = {key: [*_calls(choreography)] for key, choreography in known.items()}
    found = {key: tuple(dict.fromkeys(things)) for key, things in first.items()}
    before = -1
    while before != (before := sum(map(len, found.values()))):
        for key, called in calls.items():
            played = (moved(plays, thing) for callee, plays in called for thing in found[callee])
            more = [thing for thing in played if thing is not None]
            found[key] = tuple(dict.fromkeys([*first[key], *more]))
    return found


def _calls(choreography: Choreography) -> Iterator[tuple[str, dict[str, str]]]:
    """The choreographies called, each with who plays its roles."""
    for op in operations(choreography.body):
        if isinstance(op, Invoke):
            yield op.callee, {formal: seat.role for formal, seat in op.roles}
