"""Waiting at several channels at once."""

from __future__ import annotations

from collections.abc import Sequence

from motet.errors import MotetError
from motet.ports import Inlet
from motet.transport.inlets import LinkInlet
from motet.transport.waits import Wait


async def any_arrival(wait: Wait, inlets: Sequence[Inlet], needed: int) -> None:
    """Return when one of the inlets has items; raise when too few for `needed` ever will."""
    try:
        while True:
            living, problem = _watch(inlets, wait)
            if any(inlet.items for inlet in living):
                return
            if problem is not None and len(living) < needed:
                raise problem
            await wait
    finally:
        _unwatch(inlets, wait)


def _watch(inlets: Sequence[Inlet], wait: Wait) -> tuple[list[LinkInlet], MotetError | None]:
    """Wait for all that still may have something; those, and why others never will."""
    living: list[LinkInlet] = []
    problem: MotetError | None = None
    for inlet in inlets:
        assert isinstance(inlet, LinkInlet)
        try:
            inlet.drop_late()
            if not inlet.items and inlet.waiter is not wait:
                inlet.wake_first(wait)
        except MotetError as lost:
            problem = lost
            inlet.tolerate()
        else:
            living.append(inlet)
    return living, problem


def _unwatch(inlets: Sequence[Inlet], wait: Wait) -> None:
    for inlet in inlets:
        if isinstance(inlet, LinkInlet) and inlet.waiter is wait:
            inlet.waiter = None
