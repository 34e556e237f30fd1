"""Damage to a generated tree is found by the check alone, at a line of the source: the compiler is not trusted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from corruption.damage import Damage, damages
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config

EXAMPLES = Path(__file__).parents[2] / "examples"
EACH = 1  # of a kind, in each file
KINDS = {
    "swapped direction",
    "other payload",
    "no endpoint",
    "no channel",
    "no field",
    "swapped operation",
    "no receive",
    "renamed",
    "foreign state",
}


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, strict_cache: Path) -> Built:
    """An example, built in a place of its own."""
    root = tmp_path / request.param
    ignored = shutil.ignore_patterns(".motet_cache", "__pycache__", "test_*")
    shutil.copytree(EXAMPLES / request.param, root, ignore=ignored)
    (root / ".motet_cache").symlink_to(strict_cache)
    return compile_built(load_config(root))


@pytest.mark.slow
@pytest.mark.parametrize(
    "project", ["bookseller", "two_phase_commit", "kvs_backups"], indirect=True
)
def test_every_damage_is_found_at_a_source_line(project: Built) -> None:
    assert check_generated(generated_by(project)) == []
    tried = list(damages(project.texts, EACH))
    unnoticed = [str(damage) for damage in tried if not _found(project, damage)]
    assert not unnoticed, "\n".join(unnoticed)
    assert {damage.kind for damage in tried} >= KINDS


def _found(project: Built, damage: Damage) -> bool:
    """Put it on disk, and look whether a check tells a place in the source."""
    file = project.config.output / damage.path
    file.write_text(damage.text, "utf-8")
    found = check_generated(generated_by(replace(project)))
    file.write_text(project.texts[damage.path], "utf-8")
    sources = set(project.compilation.sources)
    return any(item.span.path in sources and item.severity == "error" for item in found)
