from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from operator_table import OPERATORS
from operator_uses import FILES, FOLDER, expected, uses

ROOT = FOLDER.parents[1]
PAGE = ROOT / "docs" / "reference" / "live-collections.md"


def _blocks(page: Path) -> str:
    """The Python of a page as one module in which every line has the number that it has there."""
    kept, inside = [], False
    for line in page.read_text("utf-8").splitlines():
        fence = line.startswith("```")
        inside = (not inside and line == "```python") if fence else inside
        kept.append(line if inside and not fence else "")
    return "\n".join(kept) + "\n"


@pytest.fixture(scope="module")
def findings(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[int, set[str]]]:
    """mypy's errors in all the uses and in the page, from one run."""
    page = tmp_path_factory.mktemp("page") / f"{PAGE.stem.replace('-', '_')}.py"
    page.write_text(_blocks(PAGE), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--output=json"]
    cache = pytestconfig.rootpath / ".motet_cache" / "tests" / "uses"
    ran = subprocess.run(
        [*command, f"--cache-dir={cache}", *map(str, [*FILES, page])],
        env={**os.environ, "MYPYPATH": f"{ROOT / 'typestubs'}{os.pathsep}{FOLDER}"},
        capture_output=True,
        text=True,
        cwd=FOLDER,
    )
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in ran.stdout.splitlines():
        entry = json.loads(line)
        if entry["severity"] == "error":
            found[Path(entry["file"]).stem][entry["line"]].add(entry["code"])
    assert ran.returncode == 1, ran.stderr
    return found


@pytest.mark.parametrize("path", [*FILES, PAGE], ids=lambda path: path.stem)
def test_mypy_agrees(path: Path, findings: dict[str, dict[int, set[str]]]):
    assert findings[path.stem.replace("-", "_")] == expected(path)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.use)
def test_every_operator_is_shown(operator):
    shown = uses()[operator.use]
    assert shown.accepted
    assert shown.refused


def test_every_operator_is_explained():
    assert [o.use for o in OPERATORS if not o.summary] == []
