"""What a loop was at when an exception left it, read from the frames: the loops themselves do nothing for it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping, Sequence
from reprlib import Repr
from types import TracebackType
from typing import Final

from motet.hosting.comprehensions import INLINED, Comprehension, failing_element
from motet.hosting.manifests import Manifest
from motet.wire.futures import RESOLVING

_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 120
_NOT_TOLD: Final = ("self", "cls", ".0")
_Comprehension = Comprehension | ast.GeneratorExp


def element_of(error: BaseException, manifest: Manifest) -> str:
    """`word = 'abc'`: the element of the innermost loop of generated code; "" if there was none.

    Of an awaitable that a stream has waited for: what its function was called with.
    """
    found = ""
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if manifest.source_of(frame.f_code.co_filename, trace.tb_lineno) is not None:
            found = _element(error, trace) or found
        if frame.f_code is RESOLVING:
            found = _arguments(trace.tb_next) or found
        trace = trace.tb_next
    return found


def _arguments(trace: TracebackType | None) -> str:
    """The arguments of the function that was at work, as they are by now."""
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    names = [n for n in code.co_varnames[: code.co_argcount] if n not in _NOT_TOLD]
    return _told(trace.tb_frame.f_locals, names)


def _told(values: Mapping[str, object], names: Sequence[str]) -> str:
    return ", ".join(f"{n} = {_SHORT.repr(values[n])}" for n in names if n in values)


def _element(error: BaseException, trace: TracebackType) -> str:
    frame = trace.tb_frame
    text = "".join(linecache.getlines(frame.f_code.co_filename))
    try:
        loops = list(_loops(ast.parse(text), trace.tb_lineno))
    except SyntaxError:
        return ""
    for loop in reversed(loops):
        if isinstance(loop, ast.For):
            found = _told(frame.f_locals, _variables(loop.target))
        else:
            found = _in_comprehension(loop, error, trace)
        if found:
            return found
    return ""


def _in_comprehension(loop: _Comprehension, error: BaseException, trace: TracebackType) -> str:
    frame = trace.tb_frame
    names = [n for generator in loop.generators for n in _variables(generator.target)]
    if not INLINED or isinstance(loop, ast.GeneratorExp):
        return _told(frame.f_locals, names)
    if trace.tb_next is not None:
        return _arguments(trace.tb_next)
    seen = {**frame.f_globals, **frame.f_locals}
    return _told(failing_element(loop, seen, error), names)


def _variables(target: ast.expr) -> list[str]:
    return [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and n.id != "_"]


def _loops(node: ast.AST, line: int) -> Iterator[ast.For | _Comprehension]:
    """The loops around a line, the outermost first."""
    if isinstance(node, ast.For | _Comprehension):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension) or _is_around(child, line):
            yield from _loops(child, line)


def _is_around(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None)
    return last is not None and first <= line <= last
