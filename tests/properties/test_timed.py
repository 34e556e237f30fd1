"""Random programs with clocks, slices, cycles and early ends do what they say under every order of delivery, and end.

MOTET_TIMED says how many batches to try (more are drawn than continuous integration's fixed one).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from caserun import window_in
from motet.schedule import Outcome, simulate
from properties.project import parts_of, troubles
from properties.timed import WORLD, Notes, Timed

BATCHES = int(os.environ.get("MOTET_TIMED", "1"))
SIZE = 12
ORDERS = range(4)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_passes_is_what_the_source_says(
    tmp_path: Path, shared_cache: Path, batch: int
) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    numbers = range(batch * SIZE, (batch + 1) * SIZE)
    programs = {f"p{n}": Timed(Random(n)) for n in numbers}
    wrong = [*troubles(tmp_path, WORLD, programs, first_trouble)]
    assert not wrong, "\n".join(wrong)


def first_trouble(name: str, program: Timed) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    parts = parts_of(name, ("Ann", "Ben"))
    for order in ORDERS:
        outcome = simulate(
            parts, seed=order, until=60.0, most_steps=50_000, window=window_in(order)
        )
        wrong = wrong_with(program, outcome)
        if wrong:
            yield f"order {order}: {wrong[0]}"
            return


def wrong_with(program: Timed, outcome: Outcome) -> list[str]:
    """What one run has got wrong."""
    if not outcome.ok:
        how = outcome.errors or outcome.deadlock or outcome.leftover or "it goes on for ever"
        return [str(how)]
    world = {place: Notes(outcome.results[place.title()]) for place in ("ann", "ben")}
    return [text for check in program.checks if (text := check(world))]
