"""Outlines that are kept are those that would be made; whatever is wrong with what is kept, they are made."""

from __future__ import annotations

from pathlib import Path

import pytest
from motetc.diagnostics.model import Diagnostic
from motetc.frontend import outlines
from motetc.frontend.outline import outline

TEXTS = {
    "plain.py": "import os\nfrom a.b import c as d\n\ndef f():\n    import json\n    from . import x\n",
    "pkg/__init__.py": "from .mod import name\n",
    "pkg/mod.py": "from . import other\n\nclass C:\n    from .. import up\n",
    "empty.py": "# nothing\n",
    "star.py": "from motet import *\n",
}


def read(folder: Path) -> dict[str, object]:
    kept = outlines.Outlines(folder)
    found = {}
    for path, text in TEXTS.items():
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        module = kept.of(folder / path, path, name, text)
        assert not isinstance(module, Diagnostic)
        found[path] = (module.is_package, module.empty, module.imports, module.stars, module.inner)
    kept.save()
    return found


def test_what_is_kept_is_what_would_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = read(tmp_path)
    asked: list[str] = []

    def noted(path: Path, relative: str, name: str, text: str) -> object:
        asked.append(relative)
        return outline(path, relative, name, text)

    monkeypatch.setattr(outlines.outline, "outline", noted)
    assert read(tmp_path) == made
    assert asked == ["star.py"]


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 1}', "[" * 100_000, "more"])
def test_damage_is_nothing_to_go_by(tmp_path: Path, damage: str) -> None:
    made = read(tmp_path)
    file = tmp_path / "outlines.json"
    file.write_text(file.read_text().replace("false", "1, false") if damage == "more" else damage)
    assert read(tmp_path) == made


def test_a_mistake_is_told_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        kept = outlines.Outlines(tmp_path)
        assert isinstance(kept.of(tmp_path / "a.py", "a.py", "a", "def (:\n"), Diagnostic)
        kept.save()
