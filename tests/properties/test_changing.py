"""Random pipelines whose functions change what they are given and keep come to what each element by itself comes to.

MOTET_CHANGING says how many batches to try.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from properties.changing import PLACES, Changing, world_source
from properties.project import first_difference, parts_of, troubles

BATCHES = int(os.environ.get("MOTET_CHANGING", "1"))
SIZE = 12
ORDERS = range(4)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_sent_is_as_it_was(tmp_path: Path, shared_cache: Path, batch: int) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    numbers = range(batch * SIZE, (batch + 1) * SIZE)
    programs = {f"p{n}": Changing(Random(n)) for n in numbers}
    wrong = [*troubles(tmp_path, world_source(), programs, first_trouble)]
    assert not wrong, "\n".join(wrong)


def first_trouble(name: str, program: Changing) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    parts = parts_of(name, map(str.title, PLACES))
    return first_difference(parts, program.expected(), ORDERS)
