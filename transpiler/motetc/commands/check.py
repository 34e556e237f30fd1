"""`motet check`: places, types of the source, types of the generated modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motetc.backend.recorded import NAME, is_damaged
from motetc.check.verdict import remember_clean, verdict_key, was_clean
from motetc.commands.aside import note_aside
from motetc.commands.empty import nothing_in
from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import CLEAN, Report, count
from motetc.outside import Outside, recorded_outside
from motetc.state import State

if TYPE_CHECKING:
    from motetc.build import Built
    from motetc.check.layers import Generated

_NO_FINDINGS = "no findings"


def run_check(config: Config, report: Report) -> int:
    """All three layers; the third only when the first two are clean, because only then there are modules.

    A module that a person has edited is drift, whatever it says, and so is a damaged manifest.
    """
    state = State(config)
    key = verdict_key(state)
    if was_clean(config, key):
        report.findings((), config.root)
        report.note(f"{_NO_FINDINGS} (nothing changed)")
        return report.code
    with report.working("checking"):
        findings, outside = _find(state, report)
    errors = report.findings(findings, config.root)
    if not findings and report.code == CLEAN:
        remember_clean(config, key, outside)
    edited = "" if report.code == CLEAN else ", but `motet build --diff` shows what was edited"
    report.note(f"found {count(errors, 'error')}" if findings else f"{_NO_FINDINGS}{edited}")
    note_aside(findings, config, report)
    return report.code


def _find(state: State, report: Report) -> tuple[Sequence[Diagnostic], Outside]:
    """What there is to say, and what was read besides the sources.

    A build that is up to date had no findings of its own, and its modules are on disk.
    """
    config = state.config
    if state.is_current():
        from motetc.check.layers import check_generated, generated_on_disk

        found = check_generated(generated_on_disk(config))
        return found, recorded_outside(state.load()) or Outside()
    from motetc.frontend.ahead import Kept

    with Kept() as kept:
        kept.start(config)
        from motetc.build import compile_built

        built = compile_built(config, kept=kept, state=state)
        if not (built.compilation.choreographies or built.compilation.diagnostics):
            report.note(nothing_in(config, built.compilation.sources))
        if not built.files:
            return built.compilation.diagnostics, built.compilation.outside
        from motetc.check.layers import check_generated, generated_by

        generated = generated_by(built)
        for path in built.changes.by_hand:
            report.drift(
                f"{_shown(config, path)} was edited by hand; {_treated(path, built, generated)}"
            )
        if is_damaged(config.output):
            report.drift(f"{_shown(config, NAME)} is damaged; `motet build` writes it again")
        found = [*generated.known, *check_generated(generated, kept.ahead)]
        return found, built.compilation.outside


def _treated(path: str, built: Built, generated: Generated) -> str:
    if path in generated.by_hand:
        return "it is checked as it is"
    return "it is not text" if path in built.texts else "nothing in the sources makes it any more"


def _shown(config: Config, path: str) -> str:
    return shown(str(config.output / path), config.root)
