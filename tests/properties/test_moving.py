"""Random choreographies whose names move from location to location come to what they come to in one process.

MOTET_MOVING says how many batches to try, MOTET_MOVING_FIRST where to begin.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from properties.moving import Moving
from properties.moving_world import world_source
from properties.project import first_trouble, troubles

BATCHES = int(os.environ.get("MOTET_MOVING", "1"))
FIRST = int(os.environ.get("MOTET_MOVING_FIRST", "0"))
SIZE = 15


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(FIRST, FIRST + BATCHES))
def test_names_are_what_they_were_bound_to(tmp_path: Path, shared_cache: Path, batch: int) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    programs = {f"p{n}": Moving(n) for n in range(batch * SIZE, (batch + 1) * SIZE)}
    wrong = [*troubles(tmp_path, world_source(), programs, first_trouble)]
    assert not wrong, "\n".join(wrong)
