"""Runs an example the way its README says: every location its own process, over real sockets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunExample = Callable[..., dict[str, Any]]


@pytest.fixture
def run_example(request: pytest.FixtureRequest) -> RunExample:
    """`motet run ARGUMENTS --json` in the folder of the test; the object that its last line holds."""
    folder = Path(request.path).parent

    def run(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "motetc", "run", *arguments, "--json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    return run
