"""The sources of a project, read once: their texts and outlines, and what is wrong with them before all else."""

from __future__ import annotations

from dataclasses import dataclass, field

from motetc.config import Config
from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.discover import Found, discover
from motetc.frontend.module_names import check_names
from motetc.frontend.outline import Outline, outline


@dataclass(frozen=True, slots=True)
class Sources:
    """`files`: every path from the root, those of broken files included. `modules`: outlines by name."""

    files: tuple[str, ...]
    modules: dict[str, Outline] = field(default_factory=dict)
    broken: list[Diagnostic] = field(default_factory=list)


def read_sources(config: Config) -> Sources:
    """Every source module of a project."""
    found = discover(config)
    check_names(config, found)
    sources = Sources(tuple(f.relative for f in found))
    for source in found:
        made = _read(source)
        if isinstance(made, Diagnostic):
            sources.broken.append(made)
        else:
            sources.modules[source.module] = made
    return sources


def _read(source: Found) -> Outline | Diagnostic:
    try:
        text = source.path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(source, error)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return outline(source.path, source.relative, source.module, text)


def _unreadable(source: Found, error: Exception) -> Diagnostic:
    return Diagnostic(
        "syntax-error",
        f"cannot be read: {error}",
        Span(source.relative, 1, 1, 1, 2),
        help="save it as UTF-8"
        if isinstance(error, UnicodeDecodeError)
        else "make it readable, or exclude it in pyproject.toml",
    )
