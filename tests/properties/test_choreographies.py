"""Random well-placed choreographies, compiled and run under many delivery orders, equal a direct evaluation.

MOTET_BATCHES says how many batches to try (more are drawn than continuous integration's fixed few).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from properties.batch import troubles
from properties.programs import generate

BATCHES = int(os.environ.get("MOTET_BATCHES", "2"))
SIZE = 20
ORDERS = range(12)

# Smaller programs are no more telling here than the failing one, and each try costs a build: nothing is shrunk.
BATCH = settings(
    max_examples=BATCHES,
    derandomize="MOTET_BATCHES" not in os.environ,
    database=None,
    phases=[Phase.generate],
)


@pytest.mark.slow
@BATCH
@given(start=st.integers(0, 10**9))
def test_every_program_does_what_its_source_says(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, start: int
) -> None:
    root = tmp_path_factory.mktemp("batch")
    (root / ".motet_cache").symlink_to(shared_cache)
    programs = [generate(start + number) for number in range(SIZE)]
    wrong = [
        f"generate({start + int(t.module[1:])}): {t.what}" for t in troubles(root, programs, ORDERS)
    ]
    assert not wrong, "\n".join(wrong)
