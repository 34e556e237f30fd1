"""Random pipelines whose functions change what they are given and keep come to what each element by itself comes to.

MOTET_CHANGING says how many batches to try.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from caserun import importable, window_in
from motet.schedule import Part, simulate
from properties.changing import PLACES, Changing, world_source
from properties.project import build

BATCHES = int(os.environ.get("MOTET_CHANGING", "1"))
SIZE = 12
ORDERS = range(4)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_sent_is_as_it_was(tmp_path: Path, shared_cache: Path, batch: int) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    numbers = range(batch * SIZE, (batch + 1) * SIZE)
    wrong = [*troubles(tmp_path, {f"p{n}": Changing(Random(n)) for n in numbers})]
    assert not wrong, "\n".join(wrong)


def troubles(root: Path, programs: dict[str, Changing]) -> Iterator[str]:
    """Everything that is wrong with some programs, each a module of one project."""
    texts = {name: program.make() for name, program in programs.items()}
    built, found = build(root, {"world": world_source(), **texts})
    for item in found:
        yield f"{item.span.path}:{item.span.line}: {item.code}: {item.message}"
    if not built.files:
        return
    with importable(built):
        for name, program in programs.items():
            wanted = program.expected()
            parts: dict[str, Part] = {}
            for location in map(str.title, PLACES):
                module = importlib.import_module(f"generated.{location.lower()}.__main__")
                parts[location] = Part(getattr(module, location), module.ENTRIES[f"{name}:main"])
            for order in ORDERS:
                outcome = simulate(parts, seed=order, window=window_in(order))
                if not outcome.ok or dict(outcome.results) != wanted:
                    yield f"{name}, order {order}: {outcome}, not {wanted}"
                    break
