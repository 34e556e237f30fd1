"""The page on machines, on a real Ray: needs the `bench` extra."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/place-on-machines.md"

pytest.importorskip("ray")


@pytest.mark.slow
def test_actors_run_the_modules_as_they_are(tmp_path: Path) -> None:
    block = re.search(
        r'^```python title="on_ray.py"\n(.*?)^```', PAGE.read_text("utf-8"), re.M | re.S
    )
    assert block is not None
    (tmp_path / "on_ray.py").write_text(block[1], "utf-8")
    shutil.copytree(ROOT / "examples/wordcount/generated", tmp_path / "generated")
    done = subprocess.run(
        [sys.executable, "on_ray.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "'result': {'be': 2, 'not': 1, 'or': 1, 'to': 2}" in done.stdout, done.stderr
