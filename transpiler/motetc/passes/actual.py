"""A callee's places in the caller's roles: who plays what in a call."""

from __future__ import annotations

from collections.abc import Mapping

from motetc.ir.facts import Facts
from motetc.ir.nodes import Comm, Seat
from motetc.ir.place import Place


def mapped(place: Place, actual: Mapping[str, Seat]) -> Place:
    """A callee's place, in the caller's roles; a member that plays a process is that member alone."""
    return mapped_apart(place, actual)[0]


def mapped_apart(place: Place, actual: Mapping[str, Seat]) -> list[Place]:
    """The same, one place for each of several members of one cluster, because one place holds one of them."""
    found: list[dict[str, str]] = [{}]
    for formal, mode in place.modes.items():
        seat = actual.get(formal)
        if seat is None:
            continue
        free = next((f for f in found if seat.role not in f), None)
        if free is None:
            free = {}
            found.append(free)
        free[seat.role] = seat.mode if seat.key else mode
    return [Place(modes) for modes in found]


def mixed(op: Comm, facts: Facts) -> bool:
    """Whether the sender's own cluster and others are told the same."""
    told = [s for s in op.receivers if id(s) not in facts.elided]
    return len({s.role == op.sender.role for s in told}) > 1
