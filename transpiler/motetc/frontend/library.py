"""The pipelines of `motet.std`: their source is read where the runtime is installed, and nothing of it is imported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from motetc.diagnostics.findings import Findings
from motetc.frontend.pipelines import Pipeline, pipelines_of
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule, parse

_PACKAGE = "motet.std"
_MODULE = f"{_PACKAGE}.streams"
_RELATIVE = "motet/std/streams.py"


def library_pipelines(program: Program) -> Mapping[str, Pipeline]:
    """The pipelines of `motet.std`, by every full name they may be called by; none if no module imports from there."""
    imported = (i.full_name for m in program.modules.values() for i in m.imports.values())
    text = _text() if any(name.startswith(_PACKAGE) for name in imported) else ""
    if not text:
        return {}
    module = parse(_path(), _RELATIVE, _MODULE, text)
    assert isinstance(module, SourceModule)
    found = [*pipelines_of(program, module, Findings())]
    return {f"{home}.{p.name}": p for p in found for home in (_PACKAGE, _MODULE)}


def _path() -> Path:
    spec = find_spec("motet")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ()), "")).parent / _RELATIVE


@cache
def _text() -> str:
    path = _path()
    return path.read_text(encoding="utf-8") if path.is_file() else ""
