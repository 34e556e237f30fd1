"""Random pipelines of live collections, run under many delivery orders, equal a direct evaluation in plain Python.

MOTET_BATCHES says how many batches to try (more are drawn than continuous integration's fixed few).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import properties.pipeline_streams
import properties.pipeline_values
import pytest
from caserun import importable, window_in
from motet.schedule import Part, simulate
from motetc.build import Built
from properties.pipelines import WORLD, Program, generate
from properties.project import build

BATCHES = int(os.environ.get("MOTET_BATCHES", "2"))
SIZE = 25
ORDERS = range(6)
assert properties.pipeline_streams  # importing the steps is what makes them known
assert properties.pipeline_values


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_pipeline_comes_to_what_its_source_says(
    tmp_path: Path, shared_cache: Path, batch: int
) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    start = batch * SIZE
    programs = {f"p{number}": generate(number) for number in range(start, start + SIZE)}
    wrong = [f"{name}: {what}" for name, what in troubles(tmp_path, programs, ORDERS)]
    assert not wrong, "\n".join(wrong)


def troubles(
    root: Path, programs: dict[str, Program], orders: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with some programs, each a module of one project."""
    texts = {name: program.source for name, program in programs.items()}
    built, found = build(root, {"world": WORLD, **texts})
    for item in found:
        yield Path(item.span.path).stem, f"{item.span.path}:{item.span.line}: {item.message}"
    if built.files:
        with importable(built):
            for name, program in programs.items():
                yield from ((name, what) for what in _differences(built, name, program, orders))


def _differences(built: Built, name: str, program: Program, orders: Sequence[int]) -> Iterator[str]:
    parts: dict[str, Part] = {}
    for location in ("Client", "Server"):
        module = importlib.import_module(f"{built.config.output.name}.{location.lower()}.__main__")
        entry = module.ENTRIES.get(f"{name}:main")
        if entry is not None:
            parts[location] = Part(getattr(module, location), entry)
    for order in orders:
        outcome = simulate(parts, {}, {}, order, window=window_in(order))
        if outcome.errors or outcome.deadlock or outcome.leftover:
            yield f"order {order}: {outcome.errors or outcome.deadlock or outcome.leftover}"
            return
        got = {k: _as_tuple(v) for k, v in outcome.results.items()}
        wanted = {k: v for k, v in program.expected.items() if v}
        if got != wanted:
            yield f"order {order}: {got} instead of {wanted}"
            return


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
