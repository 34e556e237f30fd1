"""Runs tests/cases: programs and what must come of them. The format is told in casefile.py."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from blackened import blackened
from casefile import Block, Case, read_cases, rewrite
from caserun import run_in_memory
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.ahead import Kept
from mypys import Mypys

ROOT = Path(__file__).parents[1]
FOLDERS = ("tests/cases", "docs")


def _all_cases() -> list[object]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.md"))]
    cases = [case for path in paths for case in read_cases(path)]
    return [pytest.param(case, id=_identifier(case), marks=_marks(case)) for case in cases]


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    if sys.version_info >= case.since:
        return []
    return [pytest.mark.skip(reason=f"needs Python {'.'.join(map(str, case.since))}")]


def _identifier(case: Case) -> str:
    return f"{case.path.relative_to(ROOT).with_suffix('')}/{re.sub(r'[^a-z0-9]+', '-', case.name.lower()).strip('-')}"


@dataclass(frozen=True)
class Outcome:
    """What a block says, and what came out in the same form."""

    block: Block
    got: str
    agrees: bool


@pytest.mark.parametrize("case", _all_cases())
def test_case(
    case: Case,
    tmp_path: Path,
    shared_cache: Path,
    mypys: Mypys,
    request: pytest.FixtureRequest,
) -> None:
    with mypys.kept() as kept:
        built = compile_case(case, tmp_path, shared_cache, kept)
        findings = check_generated(generated_by(built), kept.ahead) if built.files else []
    outcomes = [*_diagnostics(case, built), *_modules(case, built)]
    for text in built.texts.values():
        assert text == blackened(text)
    if built.files:
        assert not findings, "\n".join(f"{_place(found)}: {found.message}" for found in findings)
        outcomes += _runs(case, built)
    wrong = {outcome.block: outcome.got for outcome in outcomes if not outcome.agrees}
    if wrong and request.config.getoption("--update-cases"):
        rewrite(case.path, wrong)
        return
    for block, got in wrong.items():
        assert got == block.body


def compile_case(case: Case, root: Path, cache: Path, kept: Kept) -> Built:
    for title, text in case.sources.items():
        (root / title).parent.mkdir(parents=True, exist_ok=True)
        (root / title).write_text(text, "utf-8")
    (root / ".motet_cache").symlink_to(cache)
    return compile_built(load_config(root), kept=kept)


def _diagnostics(case: Case, built: Built) -> list[Outcome]:
    found = sorted(built.compilation.diagnostics, key=lambda found: found.span)
    blocks = case.of("diagnostics")
    if not blocks:
        assert not found, "\n".join(f"{_place(item)}: {item.message}" for item in found)
        return []
    (block,) = blocks
    wanted = [line for line in block.body.splitlines() if line.strip()]
    got = "".join(f"{_place(item)}: {item.message}\n" for item in found)
    return [Outcome(block, got, _agree(wanted, found))]


def _agree(wanted: list[str], found: list[Diagnostic]) -> bool:
    """Every line meets a finding of its own, and none is left over."""
    left = list(found)
    for line in wanted:
        met = next((item for item in left if _matches(line, item)), None)
        if met is None:
            return False
        left.remove(met)
    return not left


def _matches(wanted: str, found: Diagnostic) -> bool:
    place, _, text = wanted.partition(": ")
    code, _, part = text.partition(": ")
    said = " ".join((found.message, found.help, *(item.message for item in found.related)))
    return f"{place}: {code.strip()}" == _place(found) and part in said


def _place(found: Diagnostic) -> str:
    return f"{found.span.path}:{found.span.line}: {found.code}"


def _modules(case: Case, built: Built) -> list[Outcome]:
    outcomes = []
    for block in case.expected:
        got = built.texts.get(block.title.removeprefix("generated/"), "")
        outcomes.append(Outcome(block, got, got == block.body))
    return outcomes


def _runs(case: Case, built: Built) -> list[Outcome]:
    return [_run(block, built) for block in case.of("run")]


def _run(block: Block, built: Built) -> Outcome:
    command, _, wanted = block.body.rstrip("\n").partition("\n")
    answer = run_in_memory(built, shlex.split(command))
    if answer.failure is not None:
        agrees = wanted.startswith("fails:") and _says(answer.failure, wanted)
        return Outcome(block, f"{command}\nfails: {json.dumps([answer.failure])}\n", agrees)
    got = json.dumps(answer.summary, ensure_ascii=False)
    agrees = not wanted.startswith("fails:") and json.loads(wanted) == answer.summary
    return Outcome(block, f"{command}\n{got}\n", agrees)


def _says(failure: str, wanted: str) -> bool:
    parts: list[str] = json.loads(wanted.removeprefix("fails:"))
    return all(part in failure for part in parts)
