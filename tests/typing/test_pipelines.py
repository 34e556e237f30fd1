"""Pipelines keep their signatures for type checkers, and those of `motet.std` are what their stubs say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from operator_uses import FOLDER

ROOT = FOLDER.parents[1]
SOURCE = ROOT / "runtime_stub" / "motet" / "std" / "streams.py"
CALLS = '''"""Calls of a generic pipeline."""

from __future__ import annotations

from typing import TypeVar, assert_type

from motet import Bounded, ExactlyOnce, NoOrder, Ordered, Process, Stream, pipeline
from motet.std import collect_quorum, join_responses

P = TypeVar("P", bound=Process)
Q = TypeVar("Q", bound=Process)
T = TypeVar("T")


class A(Process):
    """Sends."""


class B(Process):
    """Receives."""


@pipeline
def shipped(
    xs: Stream[T, P, Ordered, ExactlyOnce, Bounded], to: Q, times: int = 1
) -> Stream[T, Q, Ordered, ExactlyOnce, Bounded]:
    """Over the wire."""
    return xs.send(to=to)


def use(a: A, b: B) -> None:
    """Right and wrong."""
    there = shipped(a.source([1]), b)
    assert_type(there, Stream[int, B, Ordered, ExactlyOnce, Bounded])
    assert_type(
        collect_quorum(there.map(lambda x: (x, x > 1)), 1, of=2),
        Stream[int, B, NoOrder, ExactlyOnce, Bounded],
    )
    assert_type(
        join_responses(there.map(lambda x: (x, "a")), there.map(lambda x: (x, 1.5))),
        Stream[tuple[int, tuple[float, str]], B, NoOrder, ExactlyOnce, Bounded],
    )
    shipped(there, to=a, times="twice")  # wrong
    shipped(a.source([1]).map(str).first(), b)  # wrong
    collect_quorum(there, 1, of=2)  # wrong
'''


def _errors(path: Path, cache: Path) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    ran = subprocess.run(
        [*command, str(path)],
        env={**os.environ, "MYPYPATH": str(ROOT / "typestubs")},
        capture_output=True,
        text=True,
        cwd=path.parent,
    )
    return [line for line in ran.stdout.splitlines() if " error: " in line]


def test_a_pipeline_is_the_function_it_decorates(tmp_path: Path) -> None:
    module = tmp_path / "calls.py"
    module.write_text(CALLS, "utf-8")
    wrong = [n for n, line in enumerate(CALLS.splitlines(), 1) if line.endswith("# wrong")]
    assert [int(e.split(":")[1]) for e in _errors(module, tmp_path / "cache")] == wrong


def test_the_library_is_typed_as_its_stubs_say(tmp_path: Path) -> None:
    """Its source has the types that users' programs have, and is checked as one of them."""
    module = tmp_path / "pieces.py"
    module.write_text(SOURCE.read_text("utf-8"), "utf-8")
    assert _errors(module, tmp_path / "cache") == []
    stub = SOURCE.with_suffix(".pyi").name
    declared = (ROOT / "typestubs" / "motet-stubs" / "std" / stub).read_text("utf-8")
    for head in _signatures(SOURCE.read_text("utf-8")):
        assert head in _signatures(declared)


def _signatures(text: str) -> list[str]:
    """`def name(…) -> …` of every function, on one line."""
    found = [part.partition(":\n")[0].partition(": ...")[0] for part in text.split("\ndef ")[1:]]
    return ["".join(head.split()) for head in found]
