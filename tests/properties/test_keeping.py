"""Random choreographies that change their values, under several names, come to what they come to in one process.

MOTET_KEEPING says how many batches to try.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from properties.keeping import Keeping
from properties.keeping_world import world_source
from properties.project import first_trouble, troubles

BATCHES = int(os.environ.get("MOTET_KEEPING", "1"))
FIRST = int(os.environ.get("MOTET_KEEPING_FIRST", "0"))
SIZE = 12


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(FIRST, FIRST + BATCHES))
def test_what_is_changed_is_changed_where_it_is(
    tmp_path: Path, shared_cache: Path, batch: int
) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    programs = {f"p{n}": Keeping(n) for n in range(batch * SIZE, (batch + 1) * SIZE)}
    wrong = [*troubles(tmp_path, world_source(), programs, first_trouble)]
    assert not wrong, "\n".join(wrong)
