"""The last steps of every module: black's style, and which source line each of its statements came from.

Modules are formatted apart from each other, so half of them are by another process if that is worth it. Where
statements came from is found out when somebody asks: mypy may look at the texts meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from motetc.backend.format import Formatter
from motetc.backend.manifest import BuiltFile
from motetc.backend.output import OutputModule
from motetc.backend.sourcemap import SourceMap, align
from motetc.forked import Forked, second_half

WORTH_SHARING = 150_000  # characters from which another process pays


def finish(modules: Iterable[OutputModule], cache: Path, whole: bool = True) -> list[BuiltFile]:
    """Every module as it is to be written; `whole`: these are all that there are."""
    formatter = Formatter(cache)
    mine, theirs = _halves(modules)
    other = Forked((lambda: _formatted(theirs, formatter)) if theirs else None)
    texts = _formatted(mine, formatter)
    texts |= other.result() or _formatted(theirs, formatter)
    if whole:
        formatter.forget_others(module.text for module in (*mine, *theirs))
    return [
        BuiltFile(m.path, texts[m.path], partial(_map, m, texts[m.path])) for m in (*mine, *theirs)
    ]


def _formatted(modules: Sequence[OutputModule], formatter: Formatter) -> dict[str, str]:
    return formatter.format_all({module.path: module.text for module in modules})


def _map(module: OutputModule, formatted: str) -> SourceMap:
    return align(module.text, formatted, module.origins(), module.path)


def _halves(modules: Iterable[OutputModule]) -> tuple[list[OutputModule], list[OutputModule]]:
    """What several locations have of one source has lines in common, and stays together."""
    by_source: dict[str, list[OutputModule]] = {}
    for module in modules:
        by_source.setdefault(module.path.partition("/")[2], []).append(module)
    sizes = {path: sum(len(m.text) for m in group) for path, group in by_source.items()}
    second = second_half(sizes) if sum(sizes.values()) >= WORTH_SHARING else set()
    halves: tuple[list[OutputModule], list[OutputModule]] = ([], [])
    for path, group in by_source.items():
        halves[path in second].extend(group)
    return halves
