"""`motet dump --after PASS`: the program between two passes, as the printer shows it."""

from __future__ import annotations

from collections.abc import Sequence

from motetc.config import Config, ConfigError, closest
from motetc.diagnostics.report import Report


def run_dump(config: Config, passes: Sequence[str], report: Report) -> int:
    """Print the program after each of `passes`."""
    from motetc.build import compile_project
    from motetc.pipeline import PASSES

    for name in passes:
        if name not in PASSES:
            raise ConfigError(
                f"unknown pass `{name}`{closest(name, PASSES)} (there are {', '.join(PASSES)})"
            )
    compilation = compile_project(config, dump=passes)
    dumps = dict(compilation.dumps)
    for name in passes:
        if name in dumps:
            print(dumps[name].rstrip("\n"), file=report.out)
    report.findings(compilation.diagnostics, config.root)
    return report.code
