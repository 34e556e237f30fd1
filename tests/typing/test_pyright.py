"""A second opinion on the uses: pyright refuses what mypy refuses. It needs `pip install -e '.[pyright]'`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from operator_uses import FILES, FOLDER, expected

STUBS = FOLDER.parents[1] / "typestubs" / "motet-stubs"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """The lines with errors in each file, from one run."""
    pytest.importorskip("basedpyright")
    folder = tmp_path_factory.mktemp("pyright")
    (folder / "stubs").mkdir()
    (folder / "stubs" / "motet").symlink_to(STUBS)
    settings = {
        "include": [str(FOLDER)],
        "extraPaths": [str(FOLDER)],
        "stubPath": "stubs",
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True)
    found: dict[str, set[int]] = defaultdict(set)
    for entry in json.loads(ran.stdout)["generalDiagnostics"]:
        # pyright writes `Ordered | NoOrder` for what mypy knows to be the same as `NoOrder`
        if entry["severity"] == "error" and entry.get("rule") != "reportAssertTypeFailure":
            found[Path(entry["file"]).name].add(entry["range"]["start"]["line"] + 1)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pyright_agrees(path: Path, refused: dict[str, set[int]]):
    assert refused[path.name] == set(expected(path))
