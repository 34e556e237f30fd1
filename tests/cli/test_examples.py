"""What is committed of the examples passes `motet check`: sources and generated modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from motetc.check.layers import check_generated, generated_on_disk
from motetc.config import load_config

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_no_findings(folder: Path) -> None:
    findings = check_generated(generated_on_disk(load_config(folder)))
    assert not findings, "\n".join(f"{found.span}: {found.message}" for found in findings)
