"""Variables that are bound to be read once, in the line below: what they are bound to stands there instead.

Only where nothing changes its place in the order of evaluation that could matter. What the source itself names (in the
body of a slice) keeps its name.
"""

from __future__ import annotations

import ast
import re

import libcst as cst

from motetc.passes.fuse.code import Code, Line, mentions
from motetc.passes.fuse.conditions import in_turn
from motetc.passes.fuse.inline import is_calm, is_idle, reads_first, substituted, uses
from motetc.passes.nameless import NOBODY

_BOUND = re.compile(r"(\w+) = (.+)$")
_HEAD = re.compile(r"((?:async )?for )(.+?)(?= in )")
_PARTED = re.compile(r"(?P<names>\w+(?:, \w+)+) = (.+)$")
_PAIRS = re.compile(r"for (?P<names>\w+(?:, \w+)+) in \w+:$")
_WIDE = 88


def inline_temporaries(code: Code) -> None:
    """All of one function."""
    index = len(code.lines) - 1
    while index >= 0:
        line = code.lines[index]
        bound = None if line.copied else _BOUND.match(line.text)
        if bound is not None and bound[1] in code.names and _is_last(code.lines, index, bound[1]):
            _inline(code.lines, index, bound[1], bound[2])
        index -= 1


def name_nobody(code: Code, name: str) -> None:
    """What loops bind and nobody reads, under another name than `_`, by which the program means something."""
    for line in code.lines:
        head = None if line.copied else _HEAD.match(line.text)
        if head is not None:
            target = re.sub(r"\b_\b", name, head[2])
            line.text = f"{head[1]}{target}{line.text[head.end() :]}"


def unread_unnamed(code: Code, nobody: str = NOBODY) -> None:
    """`_` for what is taken apart and not read: `key, _ = pair`, `for key, _ in pairs:`."""
    for index in range(len(code.lines) - 1, -1, -1):
        line = code.lines[index]
        parted = None if line.copied else _PARTED.match(line.text) or _PAIRS.match(line.text)
        names = parted["names"].split(", ") if parted is not None else []
        if parted is None or not all(n in code.names for n in names):
            continue
        said = ", ".join(n if _is_read_on(code.lines, index, n) else nobody for n in names)
        line.text = f"{line.text[: parted.start('names')]}{said}{line.text[parted.end('names') :]}"


def _is_read_on(lines: list[Line], index: int, name: str) -> bool:
    """Whether what a line has bound may be read, further down or in another turn of a loop."""
    return _is_read_later(lines, index, name) or not _is_last(lines, index, name)


def _inline(lines: list[Line], index: int, name: str, text: str) -> None:
    """Put the value into the next line, if that is where it is read; leave out the name of what nobody reads."""
    line, below = lines[index], lines[index + 1] if index + 1 < len(lines) else None
    if below is None or not below.may_read(name):
        if _is_read_later(lines, index, name):
            return
        if is_idle(text):
            del lines[index]
        else:
            line.text = text
        return
    if below.depth != line.depth or below.copied or _is_read_later(lines, index + 1, name):
        return
    merged = _merged(below.text, name, text)
    if merged and below.depth * 4 + len(merged.partition("  # ")[0]) <= _WIDE:
        below.text = merged
        del lines[index]


def _is_last(lines: list[Line], index: int, name: str) -> bool:
    """Whether the next line may be the only one that reads the name: no loop comes round to read it again."""
    depth = lines[index].depth
    while depth > 0 and index > 0:
        index -= 1
        if lines[index].depth < depth:
            depth = lines[index].depth
            head = lines[index].text
            if head.startswith(("for ", "async for ", "while ")):
                return _binds(head, name) or not _reads_before(lines, index, name)
    return True


def _reads_before(lines: list[Line], head: int, name: str) -> bool:
    """Whether a loop reads a name before it binds it."""
    for line in lines[head + 1 :]:
        if line.depth <= lines[head].depth:
            return False
        bound = _BOUND.match(line.text)
        if bound is not None and bound[1] == name:
            return mentions(bound[2], name)
        if _binds(line.text, name):
            return False
        if line.may_read(name):
            return True
    return False


def _is_read_later(lines: list[Line], index: int, name: str) -> bool:
    """Whether a line below reads a name before it is bound anew."""
    for line in lines[index + 1 :]:
        if _binds(line.text, name) and line.depth <= lines[index].depth:
            return False
        if line.may_read(name):
            return True
    return False


def _binds(text: str, name: str) -> bool:
    """Whether a line binds a name and reads nothing of it."""
    head = re.match(r"(?:async )?for (.+?) in (.*):$", text.partition("  # ")[0])
    if head is not None:
        return mentions(head[1], name) and not mentions(head[2], name)
    bound = _BOUND.match(text) or _PARTED.match(text)
    names = bound[1].split(", ") if bound is not None else []
    return bound is not None and name in names and not mentions(bound[2], name)


def _merged(line: str, name: str, text: str) -> str:
    """The line with the value for the name; "" if that would change what is evaluated when."""
    if "await " in text or line.startswith(("while ", "elif ", "nonlocal ", "return ")):
        return ""
    compound = line.partition("  # ")[0].endswith(":")
    try:
        parsed = ast.parse(f"{line}\n    pass" if compound else line).body[0]
    except SyntaxError:
        return ""
    value = _evaluated_first(parsed)
    if value is None or value.end_col_offset is None:
        return ""
    data, start, end = line.encode(), value.col_offset, value.end_col_offset
    before, inside, after = data[:start].decode(), data[start:end].decode(), data[end:].decode()
    if mentions(before, name) or mentions(after.partition("  # ")[0], name):
        return _into_target(parsed, line, name, text)
    expr = cst.parse_expression(inside)
    if uses(expr, name) != 1 or not reads_first(expr, name, text):
        return ""
    return f"{before}{substituted(expr, {name: text})}{after}"


def _evaluated_first(node: ast.stmt) -> ast.expr | None:
    match node:
        case ast.Expr() | ast.Assign() | ast.AugAssign(target=ast.Name()):
            return node.value
        case ast.If():
            return node.test
        case ast.For():
            return node.iter
        case _:
            return None


def _into_target(parsed: ast.stmt, line: str, name: str, text: str) -> str:
    """`table[key] = value`: the key stands in its place if neither it nor the value does anything."""
    match parsed:
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(), slice=ast.Name(id=found))], value=value
        ) if found == name:
            table, rest = line.split(f"[{name}] = ", 1)
            if is_calm(text) and is_calm(ast.unparse(value)) and not mentions(rest, name):
                return f"{table}[{text}] = {rest}"
    return ""


def merge_conditions(code: Code) -> None:
    """`if a:` with nothing below it but `if b:` is `if a and b:`."""
    for index in range(len(code.lines) - 2, -1, -1):
        outer, inner = code.lines[index : index + 2]
        if not (_is_if(outer) and _is_if(inner) and inner.depth == outer.depth + 1):
            continue
        end = code.end_of(index)
        inside, after = code.lines[index + 2 : end], code.lines[end : end + 1]
        alone = all(line.depth > inner.depth for line in inside)
        text = f"if {in_turn(outer.text[3:-1], inner.text[3:-1])}:"
        other = any(x.depth == outer.depth and x.text.startswith(("else", "elif")) for x in after)
        if alone and not other and outer.depth * 4 + len(text) <= _WIDE:
            for line in inside:
                line.depth -= 1
            code.lines[index : index + 2] = [Line(outer.depth, text, outer.span)]


def join_elses(code: Code) -> None:
    """`else:` with nothing below it but an `if` is `elif`."""
    for index in range(len(code.lines) - 2, -1, -1):
        outer, inner = code.lines[index : index + 2]
        if (
            outer.copied
            or outer.text != "else:"
            or not _is_if(inner)
            or inner.depth != outer.depth + 1
        ):
            continue
        rest = code.lines[index + 2 : code.end_of(index)]
        if all(x.depth > inner.depth or x.text.startswith(("elif ", "else:")) for x in rest):
            for line in rest:
                line.depth -= 1
            code.lines[index : index + 2] = [Line(outer.depth, f"el{inner.text}", inner.span)]


def _is_if(line: Line) -> bool:
    return not line.copied and line.text.startswith("if ") and line.text.endswith(":")
