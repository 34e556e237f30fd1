"""Random choreographies whose members change what they have come to what each statement comes to by itself.

MOTET_CREWS says how many batches to try.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from properties.crews import WORLD, Crews
from properties.project import first_difference, parts_of, troubles

BATCHES = int(os.environ.get("MOTET_CREWS", "1"))
SIZE = 12
ORDERS = range(6)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_each_member_has_its_own(tmp_path: Path, shared_cache: Path, batch: int) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    programs = {f"p{n}": Crews(Random(n)) for n in range(batch * SIZE, (batch + 1) * SIZE)}
    wrong = [*troubles(tmp_path, WORLD, programs, first_trouble)]
    assert not wrong, "\n".join(wrong)


def first_trouble(name: str, program: Crews) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    parts = parts_of(name, ("Lead", "Back", "Crew"))
    return first_difference(parts, program.expected(), ORDERS, {"crew": program.size})
