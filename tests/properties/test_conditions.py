"""Conditions with messages in them do what they do in Python, wherever they stand."""

from __future__ import annotations

import importlib
from pathlib import Path
from random import Random

import pytest
from caserun import importable
from motet.schedule import Part, simulate
from motetc.build import Built
from properties.conditions import HEAD, LOCATIONS, Conditions, expected
from properties.project import build

COUNT = 40


def _built(root: Path, text: str, cache: Path) -> Built:
    (root / ".motet_cache").symlink_to(cache)
    built, found = build(root, {"conditions": text})
    assert not found, "\n".join(f"{f.span.line}: {f.code}: {f.message}" for f in found)
    return built


@pytest.mark.slow
def test_conditions_are_what_they_are_in_python(tmp_path: Path, shared_cache: Path) -> None:
    text = HEAD + LOCATIONS + "".join(Conditions(Random(n)).choreography(n) for n in range(COUNT))
    with importable(_built(tmp_path, text, shared_cache)):
        mains = [importlib.import_module(f"generated.{name}.__main__") for name in ("ann", "ben")]
        for number in range(COUNT):
            parts = {
                kind: Part(getattr(main, kind), main.ENTRIES[f"conditions:f{number}"])
                for kind, main in zip(("Ann", "Ben"), mains, strict=True)
            }
            for x in range(4):
                for y in (0, 2):
                    outcome = simulate(parts, {}, {"x": x, "y": y}, seed=x + y)
                    ann, ben = expected(text, f"f{number}", x, y)
                    assert outcome.ok, (number, x, y, outcome)
                    assert outcome.results == {"Ann": ann, "Ben": ben}, (number, x, y)
