"""Estimate pi, run over processes."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

RunExample = Callable[..., dict[str, Any]]


def test_rounds_end_with_a_value(run_example: RunExample) -> None:
    answer = run_example("pi:estimate", "--arg", "rounds=20", "--size", "workers=3")
    assert 3.0 < answer["results"]["Leader"] < 3.3
    assert set(answer["messages"]) == {"Worker->Leader"}


def test_it_prints_as_it_runs_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "motetc", "run", "pi:estimate_pi", "--size", "workers=2"]
    folder = Path(__file__).parent
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        totals = []
        for line in running.stdout:
            found = re.fullmatch(r"leader +\| pi: \d\.\d{6} \((\d+) darts\)\n", line)
            assert found, line
            totals.append(int(found.group(1)))
            if len(totals) == 3:
                running.send_signal(signal.SIGINT)
                break
        running.stdout.read()
    assert totals[0] < totals[1] < totals[2]
    assert running.returncode != 0
