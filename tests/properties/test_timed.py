"""Random programs with clocks, slices, cycles and early ends do what they say under every order of delivery, and end.

MOTET_TIMED says how many batches to try (more are drawn than continuous integration's fixed one).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from caserun import importable, window_in
from motet.schedule import Outcome, Part, simulate
from properties.project import build
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
    wrong = [*troubles(tmp_path, {f"p{n}": Timed(Random(n)) for n in numbers})]
    assert not wrong, "\n".join(wrong)


def troubles(root: Path, programs: dict[str, Timed]) -> Iterator[str]:
    """Everything that is wrong with some programs, each a module of one project."""
    texts = {name: program.make() for name, program in programs.items()}
    built, found = build(root, {"world": WORLD, **texts})
    for item in found:
        yield f"{item.span.path}:{item.span.line}: {item.code}: {item.message}"
    if not built.files:
        return
    with importable(built):
        for name, program in programs.items():
            parts: dict[str, Part] = {}
            for location in ("Ann", "Ben"):
                module = importlib.import_module(f"generated.{location.lower()}.__main__")
                parts[location] = Part(getattr(module, location), module.ENTRIES[f"{name}:main"])
            yield from first_trouble(name, program, parts)


def first_trouble(name: str, program: Timed, parts: dict[str, Part]) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    for order in ORDERS:
        outcome = simulate(
            parts, seed=order, until=60.0, most_steps=50_000, window=window_in(order)
        )
        wrong = wrong_with(program, outcome)
        if wrong:
            yield f"{name}, order {order}: {wrong[0]}"
            return


def wrong_with(program: Timed, outcome: Outcome) -> list[str]:
    """What one run has got wrong."""
    if not outcome.ok:
        how = outcome.errors or outcome.deadlock or outcome.leftover or "it goes on for ever"
        return [str(how)]
    world = {place: Notes(outcome.results[place.title()]) for place in ("ann", "ben")}
    return [text for check in program.checks if (text := check(world))]
