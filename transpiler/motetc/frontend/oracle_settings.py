"""mypy's settings, which are the project's own: what mypy only warns of, and then leaves out, is refused.

It says such things once, to whoever happens to run it, and we do not run it when nothing has changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

from mypy.main import process_options
from mypy.options import Options

from motetc.config import ConfigError, closest

_UNKNOWN: Final = re.compile(r"(.*)Unrecognized option: (\w+) = ")
_ERROR: Final = "mypy: error: "
_HARMLESS: Final = re.compile(r"No \[mypy\] section in config file|: python_version: ")
"""What changes nothing of ours: a file without settings, and a version of Python that mypy no longer knows."""


def read_settings(config: Path | None) -> Options:
    """What mypy is to do for the project. Raises ConfigError for a file that is broken, or says what makes no sense."""
    output = io.StringIO()
    options = None
    with redirect_stdout(output), redirect_stderr(output):
        try:
            arguments = [f"--config-file={config or ''}", "--no-native-parser"]
            _, options = process_options(arguments, require_targets=False)
        except SystemExit:
            pass
    problems = [*_problems(output.getvalue(), options or Options())]
    if problems or options is None:
        said = "; ".join(problems) or "mypy stopped, and gave no reason"
        raise ConfigError(f"{config}: {said}" if config is not None else said)
    return options


def _problems(output: str, options: Options) -> Iterator[str]:
    """What is wrong with the settings, with the table, and without the name of the file."""
    for said in _messages(output):
        unknown = _UNKNOWN.match(said)
        if unknown is None:
            yield said
        elif hint := closest(unknown[2], [*dir(options), "strict"], 0.8):
            yield f"{unknown[1]}unknown key `{unknown[2]}`{hint}"  # others may be those of another mypy


def _messages(output: str) -> list[str]:
    """What mypy says; of some things it speaks on several lines, and it tells how it is called."""
    found: list[str] = []
    usage = False
    for line in output.splitlines():
        usage = line.startswith("usage: ") or (usage and not line.startswith(_ERROR))
        place, _, rest = line.partition(": ")
        if line.startswith(_ERROR):
            found.append(line.removeprefix(_ERROR))
        elif place.endswith((".ini", ".cfg")):
            found.append(rest)
        elif place.endswith(".toml"):
            found.append(rest.replace("[mypy]: ", "[tool.mypy]: "))
        elif found and not usage:
            found[-1] += f" {line.strip()}"
    return [said for said in found if said and not _HARMLESS.search(said)]
