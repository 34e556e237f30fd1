"""Where LibCST and mypy draw the edges of an expression differently, found in the text.

LibCST leaves an expression's own parentheses out of its span; CPython, hence mypy, counts those of tuples and
generators in. Only the text between an inner expression and a closing parenthesis is ever looked at, where
nothing but blanks, comments, commas and parentheses can stand.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from motetc.frontend.oracle_columns import source_lines

Point: TypeAlias = tuple[int, int]
Place: TypeAlias = tuple[int, int, int, int]

_FORMATTED: Final = re.compile(r"""[fFrR]['"]""")  # where an f-string may begin


def next_token(lines: list[str], at: Point) -> Point:
    """The first character that is neither blank nor in a comment."""
    line, column = at
    while True:
        rest = lines[line - 1][column:]
        text = rest.lstrip(" \t\f\\")
        if (text and not text.startswith("#")) or line == len(lines):
            return line, column + len(rest) - len(text)
        line, column = line + 1, 0


def end_of(lines: list[str], start: Point, stop: Point, closing: str) -> Point:
    """The end of the last of the `closing` characters that follow `start`, before `stop`."""
    end = at = start
    while True:
        line, column = next_token(lines, at)
        if (line, column) >= stop or not lines[line - 1].startswith(tuple(closing), column):
            return end
        end = at = line, column + 1


def inside_parentheses(lines: list[str], outer: Place, last: Point | None) -> Place:
    """The span within `outer`'s own parentheses; `last` is where its last item ends."""
    line, column, end_line, end_column = outer
    stop = end_line, end_column - 1
    if lines[line - 1][column] != "(" or lines[end_line - 1][end_column - 1] != ")":
        return outer
    if last is None:
        return (*stop, *stop)
    return (*next_token(lines, (line, column + 1)), *end_of(lines, last, stop, "),"))


def find_name(lines: list[str], before: str, name: str, start: Point, stop: Point) -> Place | None:
    """The last `before name` (a pattern and a name on one line) between two points."""
    pattern = re.compile(rf"{before}({re.escape(name)})\b")
    for line in range(min(stop[0], len(lines)), start[0] - 1, -1):
        text = lines[line - 1]
        end = stop[1] if line == stop[0] else len(text)
        found = list(pattern.finditer(text, start[1] if line == start[0] else 0, end))
        if found:
            return line, found[-1].start(1), line, found[-1].end(1)
    return None


def _with_lines(tree: ast.AST, marked: Sequence[int]) -> Iterator[ast.AST]:
    """The nodes of a tree, those of statements apart in which none of the `marked` lines is."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                decorators = getattr(child, "decorator_list", [])
                first = min([child.lineno, *(d.lineno for d in decorators)])
                after = bisect_left(marked, first)
                if after == len(marked) or marked[after] > (child.end_lineno or child.lineno):
                    continue
            stack.append(child)


def formatted_values(text: str) -> dict[Place, Point]:
    """Where the expressions in f-strings start, by their place in mypy, in utf-8 bytes.

    mypy moves the start of such an expression to the start of the replacement field, or of the whole string.
    """
    found: dict[Place, Point] = {}
    marked = [n for n, line in enumerate(source_lines(text), 1) if _FORMATTED.search(line)]
    for node in _with_lines(ast.parse(text), marked):
        if isinstance(node, ast.FormattedValue):
            value = node.value
            end = value.end_lineno or value.lineno, value.end_col_offset or 0
            found[node.lineno, node.col_offset, *end] = value.lineno, value.col_offset
    return found
