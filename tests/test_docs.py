from __future__ import annotations

import fnmatch
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from update_docs import PAGES, REFERENCE

DOCS = REFERENCE.parent
ROOT = DOCS.parent
TOPS = ("transpiler", "runtime_stub", "tests", "bench")
PARTS = ("frontend", "ir", "passes", "backend")


@pytest.mark.parametrize("name", list(PAGES))
def test_generated_pages_are_up_to_date(name: str):
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name](), (
        "run `python tests/update_docs.py`"
    )


@pytest.mark.parametrize(
    "page", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "``", page.read_text("utf-8"), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose)
    missing = [
        target for target in targets if "://" not in target and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_architecture_page_names_the_parts_of_the_compiler():
    page = (DOCS / "architecture.md").read_text("utf-8")
    named = {name.rpartition("/")[2] for name in re.findall(r"`([\w/*.]+\.py)`", page)}
    there = {path.name for top in TOPS for path in (ROOT / top).rglob("*.py")}
    assert [name for name in sorted(named) if not fnmatch.filter(there, name)] == []
    parts = (p for part in PARTS for p in (ROOT / "transpiler/motetc" / part).rglob("[a-z]*.py"))
    untold = [p.name for p in parts if not any(fnmatch.fnmatch(p.name, name) for name in named)]
    assert untold == []


def test_the_tutorial_is_what_happens(tmp_path: Path):
    """Every `motet` command of the tutorial, given to the program as it is at that point, prints what stands there."""
    tried = []
    for command, expected in _steps(DOCS / "tutorial.md", tmp_path):
        arguments = [sys.executable, "-m", "motetc", *shlex.split(command)[1:]]
        done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True)
        assert [command, *f"{done.stdout}\n{done.stderr}".split()] == [command, *expected.split()]
        tried.append(command.split()[1])
    assert set(tried) == {"run", "check", "plan"}


def _steps(page: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Commands with what they print; programs are written in between."""
    block = r'^```(\w+)(?: title="([\w.]+)")?\n(.*?)^```'
    for language, title, body in re.findall(block, page.read_text("utf-8"), re.M | re.S):
        if language == "python":
            (folder / title).write_text(body, "utf-8")
        if language == "console":
            for step in re.split(r"^\$ ", body, flags=re.M):
                command, _, printed = step.partition("\n")
                if command.startswith("motet "):
                    yield command, printed
