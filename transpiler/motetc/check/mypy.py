"""One strict run of mypy over all generated modules, in this process, with the cache that the type oracle filled."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_FLAGS = (
    "--strict",
    "--warn-unreachable",
    "--explicit-package-bases",
    "--output=json",
    "--no-error-summary",
    "--config-file=",
)


@dataclass(frozen=True, slots=True)
class MypyFinding:
    """An error as mypy puts it: lines 1-based, columns 0-based bytes, `column` < 0 when unknown."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    message: str
    hint: str


def run_mypy(files: Sequence[Path], search: Sequence[Path], cache: Path) -> list[MypyFinding]:
    """Every error that mypy reports in `files` or in what they import."""
    from mypy import api

    arguments = [*_FLAGS, f"--cache-dir={cache}", f"--python-executable={sys.executable}", "--"]
    with _mypy_path(search):
        out, err, code = api.run(arguments + [str(file) for file in files])
    findings = [found for line in out.splitlines() if (found := _read(line)) is not None]
    if code not in (0, 1) and not findings:
        raise RuntimeError(f"mypy failed: {err or out}")
    return findings


def _read(line: str) -> MypyFinding | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if found["severity"] != "error":
        return None
    return MypyFinding(
        path=found["file"],
        line=max(found["line"], 1),
        column=found["column"],
        end_line=found.get("end_line") or found["line"],
        end_column=found.get("end_column") or -1,
        code=found["code"] or "misc",
        message=found["message"],
        hint=found["hint"] or "",
    )


@contextmanager
def _mypy_path(search: Sequence[Path]) -> Iterator[None]:
    """mypy takes its search path from the environment or from a file only."""
    before = os.environ.get("MYPYPATH")
    os.environ["MYPYPATH"] = os.pathsep.join(
        [*map(str, search), *(before.split(os.pathsep) if before else [])]
    )
    try:
        yield
    finally:
        if before is None:
            del os.environ["MYPYPATH"]
        else:
            os.environ["MYPYPATH"] = before
