"""`motet check`: places, types of the source, types of the generated modules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from motetc.backend.files import digest_of, sha256, write_atomically
from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import Report, count
from motetc.state import State, prepare_cache

_NO_FINDINGS = "no findings"


def run_check(config: Config, report: Report) -> int:
    """All three layers; the third only when the first two are clean, because only then there are modules."""
    key = _key(config)
    if _was_clean(config, key):
        report.findings((), config.root)
        report.note(f"{_NO_FINDINGS} (nothing changed)")
        return report.code
    with report.working("checking"):
        findings = _find(config, report)
    errors = report.findings(findings, config.root)
    if not findings:
        _remember_clean(config, key)
    report.note(f"found {count(errors, 'error')}" if findings else _NO_FINDINGS)
    return report.code


def _find(config: Config, report: Report) -> Sequence[Diagnostic]:
    """A build that is up to date had no findings of its own, and its modules are on disk."""
    if State(config).is_current():
        from motetc.check.layers import check_generated, generated_on_disk

        return check_generated(generated_on_disk(config))
    from motetc.build import compile_built

    built = compile_built(config)
    if not built.files:
        return built.compilation.diagnostics
    from motetc.check.layers import check_generated, generated_by

    generated = generated_by(built)
    for path in generated.by_hand:
        where = shown(str(config.output / path), config.root)
        report.note(f"{where} was edited by hand; it is checked as it is")
    return [*generated.known, *check_generated(generated)]


def _key(config: Config) -> str:
    """All that a check looks at: what a build reads, and what is in the output folder."""
    files = [*sorted(config.output.rglob("*.py")), config.output / "manifest.json"]
    rows = [f"{path.relative_to(config.output)} {digest_of(path)}" for path in files]
    return sha256("\n".join([State(config).inputs, *rows]).encode())


def _was_clean(config: Config, key: str) -> bool:
    try:
        saved = json.loads(_file(config).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(saved, dict) and saved.get("clean") == key


def _remember_clean(config: Config, key: str) -> None:
    prepare_cache(config)
    write_atomically(_file(config), json.dumps({"clean": key}))


def _file(config: Config) -> Path:
    return config.cache / "check.json"
