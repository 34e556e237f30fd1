"""Random pipelines between locations give the same under every order of delivery, end, and leave nothing behind.

MOTET_FLOWS says how many batches to try (more are drawn than continuous integration's fixed one).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from caserun import importable, window_in
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from motet.schedule import Outcome, simulate
from properties.flows import KINDS, WORLD, Flows, generate
from properties.project import build, parts_of

BATCHES = int(os.environ.get("MOTET_FLOWS", "1"))
SIZE = 16
ORDERS = range(10)

BATCH = settings(
    max_examples=BATCHES,
    derandomize="MOTET_FLOWS" not in os.environ,
    database=None,
    phases=[Phase.generate],
)


@pytest.mark.slow
@BATCH
@given(start=st.integers(0, 10**9))
def test_pipelines_do_what_they_say(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, start: int
) -> None:
    root = tmp_path_factory.mktemp("flows")
    (root / ".motet_cache").symlink_to(shared_cache)
    programs = [generate(start + number) for number in range(SIZE)]
    wrong = [f"generate({start + number}): {what}" for number, what in troubles(root, programs)]
    assert not wrong, "\n".join(wrong)


def troubles(root: Path, programs: list[Flows]) -> Iterator[tuple[int, str]]:
    texts = {f"p{number}": program.source for number, program in enumerate(programs)}
    built, found = build(root, {"world": WORLD, **texts})
    for item in found:
        where = Path(item.span.path).stem
        number = int(where[1:]) if where.startswith("p") else -1
        yield number, f"line {item.span.line}: {item.code}: {item.message}"
    if not built.files:
        return
    with importable(built):
        for number, program in enumerate(programs):
            run = _runner(f"p{number}", program)
            wrong = (f"seed {s}: {w}" for s in ORDERS if (w := _compared(program, run(s))))
            what = next(wrong, None)
            if what is not None:
                yield number, what


def _runner(module: str, program: Flows) -> Callable[[int], Outcome]:
    parts = parts_of(module, KINDS.values())
    arguments: dict[str, object] = dict(program.arguments)
    return lambda seed: simulate(parts, program.sizes, arguments, seed, window=window_in(seed))


def _compared(program: Flows, outcome: Outcome) -> str:
    if outcome.errors:
        node, error = next(iter(outcome.errors.items()))
        return f"{node} failed: {type(error).__name__}: {error}"
    if outcome.deadlock or outcome.leftover:
        return f"stuck {[*outcome.deadlock]}, left {[*map(str, outcome.leftover)]}"
    for kind, outs in program.outs.items():
        got = outcome.results[kind]
        wanted = outs if kind in ("Crew", "Host") else outs[0]
        if repr(got) != repr(wanted):
            return f"{kind} has {got}, not {wanted}"
    return ""
