"""What a loop was at when an exception left it, read from the frames: the loops themselves do nothing for it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from reprlib import Repr
from types import FrameType, TracebackType
from typing import Final

from motet.hosting.manifests import Manifest
from motet.wire.futures import RESOLVING

_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 120
_Loop = ast.For | ast.comprehension


def element_of(error: BaseException, manifest: Manifest) -> str:
    """`word = 'abc'`: the element of the innermost loop of generated code; "" if there was none.

    Of an awaitable that a stream has waited for: what its function was called with.
    """
    found = ""
    trace = error.__traceback__
    while trace is not None:
        frame, line = trace.tb_frame, trace.tb_lineno
        if manifest.source_of(frame.f_code.co_filename, line) is not None:
            found = _element(frame, line) or found
        if frame.f_code is RESOLVING:
            found = _arguments(trace.tb_next) or found
        trace = trace.tb_next
    return found


def _arguments(trace: TracebackType | None) -> str:
    """The arguments of the function that was at work, as they are by now."""
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    names = [n for n in code.co_varnames[: code.co_argcount] if n not in ("self", "cls")]
    return _told(trace.tb_frame, names)


def _told(frame: FrameType, names: Sequence[str]) -> str:
    known = [n for n in names if n in frame.f_locals]
    return ", ".join(f"{n} = {_SHORT.repr(frame.f_locals[n])}" for n in known)


def _element(frame: FrameType, line: int) -> str:
    text = "".join(linecache.getlines(frame.f_code.co_filename))
    try:
        loops = list(_loops(ast.parse(text), line))
    except SyntaxError:
        return ""
    for loop in reversed(loops):
        names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name) and n.id != "_"]
        found = _told(frame, names)
        if found:
            return found
    return ""


def _loops(node: ast.AST, line: int) -> Iterator[_Loop]:
    """The loops around a line, the outermost first."""
    if isinstance(node, ast.For | ast.comprehension):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension) or _is_around(child, line):
            yield from _loops(child, line)


def _is_around(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None)
    return last is not None and first <= line <= last
