"""What the roles of choreographies have by playing others in the choreographies that these call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from motetc.ir.nodes import Choreography, Invoke
from motetc.ir.walk import operations

T = TypeVar("T")


def through_calls(
    known: Mapping[str, Choreography], own: Callable[[Choreography], Iterable[tuple[str, T]]]
) -> dict[str, tuple[tuple[str, T], ...]]:
    """By choreography: each role and what it has, without repeats, what is its `own` before what calls add.

    The least fixed point, since choreographies may call themselves with their roles rotated.
    """
    first = {key: [*own(choreography)] for key, choreography in known.items()}
    calls = {key: [*_calls(choreography)] for key, choreography in known.items()}
    found = {key: tuple(dict.fromkeys(pairs)) for key, pairs in first.items()}
    before = -1
    while before != (before := sum(map(len, found.values()))):
        for key, called in calls.items():
            played = (
                (plays[formal], thing)
                for callee, plays in called
                for formal, thing in found[callee]
                if formal in plays
            )
            found[key] = tuple(dict.fromkeys([*first[key], *played]))
    return found


def _calls(choreography: Choreography) -> Iterator[tuple[str, dict[str, str]]]:
    """The choreographies called, each with who plays its roles."""
    for op in operations(choreography.body):
        if isinstance(op, Invoke):
            yield op.callee, {formal: seat.role for formal, seat in op.roles}
