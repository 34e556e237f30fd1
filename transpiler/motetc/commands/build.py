"""`motet build`: what it decides, what it says, and how it exits."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from motetc.backend.recorded import NAME, is_damaged
from motetc.commands.aside import note_aside
from motetc.commands.empty import nothing_in
from motetc.config import Config
from motetc.diagnostics.internal import SelfCheckError
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import FINDINGS, Report, count
from motetc.state import State

if TYPE_CHECKING:
    from motetc.build import Built
    from motetc.frontend.types import Ahead


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The flags of `motet build`."""

    check: bool = False
    diff: bool = False
    force: bool = False
    verify: bool = False
    judge: bool = True  # whether what was written is checked while mypy has all else in memory


def run_build(config: Config, options: BuildOptions, report: Report) -> int:
    """Build the project, or say what a build would do."""
    state = State(config)
    if state.is_current() and not options.verify:
        report.findings((), config.root)
        report.note(f"nothing to do: {_shown(config)} is up to date")
        return report.code
    from motetc.frontend.ahead import Kept

    with Kept() as kept:
        with report.working("compiling"):
            kept.start(config)
            from motetc.build import compile_built

            whole = options.verify or options.check  # what is kept counts for nothing
            built = compile_built(config, kept=kept, state=None if whole else state)
        if errors := report.findings(built.compilation.diagnostics, config.root):
            report.note(f"found {count(errors, 'error')}; nothing was written")
            note_aside(built.compilation.diagnostics, config, report)
            return report.code
        if options.verify:
            _verify(config, built.texts)
        if options.check or options.diff:
            return _compare(built, options, report)
        if _is_stopped(built, options, report):
            return report.code
        ahead = kept.ahead
        if options.judge and ahead and ahead.is_there() and not built.compilation.diagnostics:
            _write_and_judge(built, state, report, ahead)
        else:
            _write(built, state, report)
    return report.code


def _compare(built: Built, options: BuildOptions, report: Report) -> int:
    from motetc.backend.write import diff

    changes, output = built.changes, _shown(built.config)
    if options.diff:
        report.diff(diff(changes, f"{output}/"))
    for path in changes.touched:
        verb = (
            "remove"
            if path in changes.remove
            else "change"
            if (changes.output / path).exists()
            else "add"
        )
        hand = " (edited by hand)" if path in changes.by_hand else ""
        report.drift(f"would {verb} {output}/{path}{hand}")
    if built.manifest_drifted and not changes.touched:
        report.drift(f"would change {output}/manifest.json")
    stale = report.code == FINDINGS
    report.note(
        f"{output} is out of date: run `motet build`" if stale else f"{output} is up to date"
    )
    return report.code


def _is_stopped(built: Built, options: BuildOptions, report: Report) -> bool:
    """Whether files are in the way that a person has put their hand to; they are reported."""
    by_hand, output = built.changes.by_hand, _shown(built.config)
    if not by_hand or options.force:
        return False
    for path in by_hand:
        report.drift(f"{output}/{path} was edited by hand, or is not ours")
    if is_damaged(built.config.output):
        report.note(f"{output}/{NAME} is damaged: what it would say is ours is not known")
    report.note(
        "nothing was written; `motet build --force` overwrites these files, `--diff` shows what would be lost"
    )
    return True


def _write_and_judge(built: Built, state: State, report: Report, ahead: Ahead) -> None:
    """Write, while the mypy that knows the sources checks what is written: then a check has nothing left to do."""
    from motetc.check.layers import Generated, checking
    from motetc.check.verdict import remember_clean, verdict_key

    with checking(Generated(built.config, built.files, {}), ahead) as check:
        _write(built, state, report)
        if check.is_clean():
            known = {**built.texts, NAME: built.manifest}
            remember_clean(built.config, verdict_key(state, known), built.compilation.outside)


def _write(built: Built, state: State, report: Report) -> None:
    from motetc.build import write

    changes, output = built.changes, _shown(built.config)
    write(built, state)
    if not built.compilation.choreographies and built.compilation.again is None:
        report.note(nothing_in(built.config, built.compilation.sources))
    if built.config.alone and changes.remove:
        report.note(
            f"{built.config.alone} is the whole program: what {output} had of other files is removed, "
            "and `motet build` writes it again"
        )
    written = count(len(changes.write), "file")
    removed = f", removed {len(changes.remove)}" if changes.remove else ""
    unchanged = len(built.files) - len(changes.write)
    report.note(f"wrote {written} to {output}{removed}, left {unchanged} unchanged")


def _verify(config: Config, texts: dict[str, str]) -> None:
    """Compile again in a process with another hash seed; every byte must be the same."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    script = "import sys; from motetc.commands.build import print_digest; print_digest(sys.argv[1])"
    again = subprocess.run(
        [sys.executable, "-c", script, str(config.root)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    if again.stdout.strip() != _digest(texts):
        raise SelfCheckError(
            "a second build of the same sources gives other bytes", again.stdout + again.stderr
        )


def print_digest(directory: str) -> None:
    """One line over all that a build of `directory` would write; the other half of `--verify`."""
    from pathlib import Path

    from motetc.build import compile_built
    from motetc.config import load_config

    sys.stdout.write(_digest(compile_built(load_config(Path(directory))).texts))


def _digest(texts: dict[str, str]) -> str:
    from motetc.files import sha256

    return sha256("\0".join(f"{path}\0{texts[path]}" for path in sorted(texts)).encode())


def _shown(config: Config) -> str:
    return shown(str(config.output), config.root)
