"""What a loop was at when an exception left it, read from the frames: the loops themselves do nothing for it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile
from reprlib import Repr
from types import TracebackType
from typing import Final, TypeGuard

from motet.hosting.comprehensions import INLINED, Comprehension, failing_element
from motet.hosting.manifests import Manifest
from motet.wire.futures import RESOLVING

_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 120
_NOT_TOLD: Final = ("self", "cls", ".0")
_Comprehension = Comprehension | ast.GeneratorExp
_Loop = ast.For | _Comprehension | ast.Call


def element_of(error: BaseException, manifest: Manifest) -> str:
    """`word = 'abc'`: the element of the innermost loop of generated code; "" if there was none.

    Of an awaitable that a stream has waited for: what its function was called with.
    """
    traces: list[TracebackType] = []
    trace = error.__traceback__
    while trace is not None:
        traces.append(trace)
        trace = trace.tb_next
    around = cache(_loops_around)
    for trace in reversed(traces):
        code = trace.tb_frame.f_code
        found = _arguments(trace.tb_next) if code is RESOLVING else ""
        if not found and manifest.source_of(code.co_filename, trace.tb_lineno) is not None:
            loops = around(code.co_filename, trace.tb_lineno)
            found = _arguments(trace) if _is_lambda(trace) else _element(loops, error, trace)
        if found:
            return found
    return ""


def _is_lambda(trace: TracebackType) -> bool:
    """Whether it is a function of the source that is called as it stands, as a key of `sort` is."""
    return trace.tb_frame.f_code.co_name == "<lambda>"


def _arguments(trace: TracebackType | None) -> str:
    """The arguments of the function that was at work, as they are by now."""
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    names = [n for n in code.co_varnames[: code.co_argcount] if n not in _NOT_TOLD]
    return _told(trace.tb_frame.f_locals, names)


def _told(values: Mapping[str, object], names: Sequence[str]) -> str:
    shown = ((n, _SHORT.repr(values[n])) for n in names if n in values)
    return ", ".join(text if n == "_" else f"{n} = {text}" for n, text in shown)


def _element(loops: Sequence[_Loop], error: BaseException, trace: TracebackType) -> str:
    for loop in reversed(loops):
        if isinstance(loop, ast.For):
            if _is_within(loop.iter, trace):
                continue  # its variable is still the element before
            found = _told(trace.tb_frame.f_locals, _variables(loop.target))
        elif isinstance(loop, ast.Call):
            found = _asked_for_key(loop, trace.tb_next)
        else:
            found = _in_comprehension(loop, error, trace)
        if found:
            return found
    return ""


def _in_comprehension(loop: _Comprehension, error: BaseException, trace: TracebackType) -> str:
    frame = trace.tb_frame
    begun = takewhile(lambda generator: not _is_within(generator.iter, trace), loop.generators)
    names = [n for generator in begun for n in _variables(generator.target)]
    if not INLINED or isinstance(loop, ast.GeneratorExp):
        return _told(frame.f_locals, names)
    if trace.tb_next is not None:
        return _arguments(trace.tb_next)
    seen = {**frame.f_globals, **frame.f_locals}
    return _told(failing_element(loop, seen, error), names)


def _is_within(node: ast.expr, trace: TracebackType) -> bool:
    """Whether what raised stands in an expression."""
    positions = trace.tb_frame.f_code.co_positions()
    line, last, column, end = next(islice(positions, trace.tb_lasti // 2, None))
    if line is None or last is None or column is None or end is None:
        return False
    first, behind = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return first <= (line, column) and (last, end) <= behind


def _variables(target: ast.expr) -> list[str]:
    """The names in it; one that nobody reads only if there is no other."""
    names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [name for name in names if name != "_"] or names[:1]


def _loops_around(file: str, line: int) -> list[_Loop]:
    """Asked once for a line: exceptions of recursive functions have thousands of frames."""
    try:
        return list(_loops(ast.parse("".join(linecache.getlines(file))), line))
    except SyntaxError:
        return []


def _loops(node: ast.AST, line: int) -> Iterator[_Loop]:
    """The loops around a line, the outermost first: calls that ask a function for each element's key among them."""
    if isinstance(node, ast.For):
        if not _is_around(node.iter, line):  # what it goes through is not at an element of it
            yield node
    elif isinstance(node, _Comprehension) or _asks_for_keys(node):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension) or _is_around(child, line):
            yield from _loops(child, line)


def _asks_for_keys(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it is `sorted(words, key=len)`, `words.sort(key=len)` or the like."""
    return isinstance(node, ast.Call) and any(keyword.arg == "key" for keyword in node.keywords)


def _asked_for_key(call: ast.Call, trace: TracebackType | None) -> str:
    """The element whose key was asked for, if that was what failed: what the function was called with."""
    [key] = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    match key:
        case ast.Lambda():
            name = "<lambda>"
        case ast.Name(name) | ast.Attribute(attr=name):
            pass
        case _:
            return ""
    return _arguments(trace) if trace and trace.tb_frame.f_code.co_name == name else ""


def _is_around(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None)
    return last is not None and first <= line <= last
