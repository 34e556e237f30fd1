"""Every code of the registry is raised by its rejected example, and its accepted example compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config
from motetc.diagnostics.codes import CODES, PRELUDE, Code
from motetc.frontend.ahead import Kept
from mypys import Mypys

REJECTED = [pytest.param(entry, id=entry.word) for entry in CODES.values() if entry.rejected]
ACCEPTED = [pytest.param(entry, id=entry.word) for entry in CODES.values() if entry.accepted]
WITHOUT_EXAMPLE = {"wire-change", "wire-mismatch"}


def compiled(program: str, root: Path, cache: Path, kept: Kept) -> Built:
    (root / "shop.py").write_text(f"{PRELUDE}\n\n{program}\n")
    (root / ".motet_cache").symlink_to(cache)
    return compile_built(load_config(root), kept=kept)


@pytest.mark.parametrize("entry", REJECTED)
def test_the_rejected_example_is_rejected_for_its_reason(
    entry: Code, tmp_path: Path, shared_cache: Path, mypys: Mypys
):
    with mypys.kept() as kept:
        found = compiled(entry.rejected, tmp_path, shared_cache, kept).compilation.diagnostics
    assert {item.code for item in found} == {entry.word}, [item.message for item in found]


@pytest.mark.parametrize("entry", ACCEPTED)
def test_the_accepted_example_compiles(
    entry: Code, tmp_path: Path, shared_cache: Path, mypys: Mypys
):
    with mypys.kept() as kept:
        built = compiled(entry.accepted, tmp_path, shared_cache, kept)
        assert built.compilation.diagnostics == ()
        assert check_generated(generated_by(built), kept.ahead) == []


def test_every_code_has_both_examples():
    incomplete = {entry.word for entry in CODES.values() if not (entry.rejected and entry.accepted)}
    assert incomplete == WITHOUT_EXAMPLE


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.word) for entry in CODES.values()])
def test_entries_are_written_alike(entry: Code):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", entry.word)
    assert entry.summary[0].islower() or entry.summary.startswith("`")
    assert not entry.summary.endswith(".")
    assert entry.why.endswith((".", "?"))
    assert not entry.fix.endswith(".")
