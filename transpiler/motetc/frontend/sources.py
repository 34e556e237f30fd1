"""The sources of a project, read once: their texts and outlines, and what is wrong with them before all else."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass, field
from typing import Final

from motetc.config import Config
from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.discover import Found, discover
from motetc.frontend.module_names import check_names
from motetc.frontend.outline import Outline, see_through_packages
from motetc.frontend.outlines import Outlines
from motetc.frontend.unimported import find_misnamed

_CODING: Final = re.compile(
    rb"(?P<first>[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))??"
    rb"(?P<line>[ \t\f]*#[^\r\n]*?coding[:=][ \t]*(?P<name>[-.\w]+))"
)
"""A declaration of the encoding, in one of the first two lines (PEP 263)."""


_PAGE: Final = re.compile(r"^[ \t\f]*\f(?P<indent>[ \t]*)(?=[^\s#])", re.MULTILINE)


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
    outlines = Outlines(config.cache)
    for source in found:
        made = _read(source, outlines)
        if isinstance(made, Diagnostic):
            sources.broken.append(made)
        else:
            sources.modules[source.module] = made
            if made.unimported is not None:
                sources.broken.append(made.unimported)
    outlines.save()
    tops = {name.partition(".")[0] for name in sources.modules}
    for module in sources.modules.values():
        misnamed = find_misnamed(module.text, module.relative, module.imports, tops)
        if misnamed is not None:
            sources.broken.append(misnamed)
    see_through_packages(sources.modules)
    return sources


def _read(source: Found, outlines: Outlines) -> Outline | Diagnostic:
    try:
        data = source.path.read_bytes()
    except OSError as error:
        return _unreadable(Span(source.relative, 1, 1, 1, 2), *_why(source, error))
    if (declared := _declared(source.relative, data)) is not None:
        return declared
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8").splitlines(keepends=True) or [""]
        line, column = len(before), len(before[-1]) + 1
        if before[-1].endswith(("\n", "\r")):
            line, column = line + 1, 1
        where = Span(source.relative, line, column, line, column + 1)
        what = f"byte {error.object[error.start]:#04x} is not UTF-8: {error.reason}"
        return _unreadable(where, what, "save it as UTF-8")
    text = _without_pages(text.replace("\r\n", "\n").replace("\r", "\n"))
    return outlines.of(source.path, source.relative, source.module, text)


def _without_pages(text: str) -> str:
    """Without form feeds before statements: they undo the indentation before them, which LibCST does not know."""
    for found in reversed([*_PAGE.finditer(text)] if "\f" in text else []):
        mended = text[: found.start()] + found["indent"] + text[found.end() :]
        if _syntax(mended) == _syntax(text):  # which it is not in a string
            text = mended
    return text


def _syntax(text: str) -> str:
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return ""


def _declared(relative: str, data: bytes) -> Diagnostic | None:
    """A declaration of another encoding, by which Python would read another text."""
    found = _CODING.match(data)
    if found is None:
        return None
    name, start = found["name"].decode(), found.start("name") - found.start("line")
    try:
        if data.decode(name) == data.decode():
            return None
    except (LookupError, ValueError):
        pass
    number = 2 if found["first"] else 1
    where = Span(relative, number, start + 1, number, start + len(name) + 1)
    what = f"it is declared as `{name}`, and not as UTF-8"
    return _unreadable(where, what, "save it as UTF-8, without the declaration")


def _why(source: Found, error: OSError) -> tuple[str, str]:
    """Why there is no text, and what helps."""
    exclude = "or exclude it in pyproject.toml"
    if source.path.is_symlink() and not source.path.exists():
        return (
            f"it is a link to {os.readlink(source.path)}, which is not there",
            f"mend the link, {exclude}",
        )
    if source.path.is_dir():
        exclude = f'or write `exclude = ["/{source.relative}/"]` in [tool.motet]'
        return "the folder cannot be listed", f"make it readable, {exclude}"
    return error.strerror or str(error), f"make it readable, {exclude}"


def _unreadable(where: Span, why: str, help: str) -> Diagnostic:
    return Diagnostic("syntax-error", f"cannot be read: {why}", where, help=help)
