"""Random programs as modules of one project: written, built, and held to the strict check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caserun import write_out
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config
from motetc.diagnostics.model import Diagnostic


def build(root: Path, modules: Mapping[str, str]) -> tuple[Built, list[Diagnostic]]:
    """The project with its modules generated and written, if they could be; and everything that is found in it."""
    (root / "pyproject.toml").write_text("[tool.motet]\n", "utf-8")
    for name, text in modules.items():
        (root / f"{name}.py").write_text(text, "utf-8")
    built = compile_built(load_config(root))
    found = [*built.compilation.diagnostics]
    if built.files:
        found += check_generated(generated_by(built))
        write_out(built)
    return built, found
