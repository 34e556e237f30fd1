"""Break the long lines that every generated module has, the way black is going to, or better.

Black reads a text once if there is nothing to change, and three times if there is (it formats its own result again,
and so do we, to see that it is stable). Nearly all that there is to change are imports, channels and signatures that
are too long for one line. A guess that black does not share costs time and nothing else: black has the last word.

Except for two things: a line that is too long only because of the comment that tells where it comes from, and several
values for several names. Black would break the statement in the middle of its last value; people would put the comment
above it, and each value on a line of its own, and so do we.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

WIDTH = 88
_IMPORT = re.compile(r" *from [\w.]+ import [\w, ]+")
_DEFINITION = re.compile(r" *(async )?def \w+(?=\()")
_CONDITION = re.compile(r" *(el)?if (?P<test>.+):")
_PAIR = re.compile(r"(?P<head> *[\w.\[\]]+(?:, [\w.\[\]]+)+) = (?P<values>[^=].*)")
_ORIGIN = re.compile(
    r"(?P<indent> *)(?!(?:else|elif|except|finally)\b|case [^=].*:  #)(?P<code>\S.*?)  (?P<comment># [←→⇄] .+)"
)
_DOCSTRING = re.compile(r'\A("""(?:[^"\\]|"(?!""))*""")\n(?=\S)')
_ONE_BLANK = re.compile(r"(?<=[^\n])\n\n(?=(?:class|def|async def) )")
_AFTER_BODY = re.compile(r"^ +\S[^\n]*\n\n(?=\w)", re.MULTILINE)
_BLOCK = re.compile(r"\n(?:if|try|else|for|while|with|except|finally|match)\b")
_MANY_BLANK = re.compile(r"\n{4,}(?=\S)")
_OPERATORS = (" else ", " and ", " or ", " + ", " - ", " * ", " / ", " | ", " & ", " == ", " != ")
_OPEN, _CLOSE = "([{", ")]}"


def prewrap(text: str) -> str:
    """The same program, with fewer lines that are too long; as it is, if that would change what it says."""
    for breaking in (broken, _told_above):
        changed = _changed(text, breaking)
        if changed == text or _means(changed) == _means(text):
            return changed
    return text


def _means(text: str) -> str | None:
    """The program apart from its layout: lines of a long string may look like code."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return None


def _changed(text: str, breaking: Callable[[str], Iterable[str]]) -> str:
    lines = "\n".join(part for line in text.split("\n") for part in breaking(line))
    apart = _AFTER_BODY.sub(_behind, _ONE_BLANK.sub("\n\n\n", lines))
    tidy = _DOCSTRING.sub(r"\1\n\n", _MANY_BLANK.sub("\n\n\n", apart)).rstrip()
    return f"{tidy}\n" if tidy else ""


def _behind(body: re.Match[str]) -> str:
    """The last line of a body and what keeps the next statement apart: behind a definition that is more than a line."""
    text, start = body.string, body.start()
    while start > 0 and text[start] in " \n":
        start = text.rfind("\n", 0, start - 1) + 1
    return body[0] if _BLOCK.match(text, start - 1) else f"{body[0]}\n"


def broken(line: str) -> Iterator[str]:
    """A line in parts that are short enough, if it is known how black would break it."""
    above = _told_above(line)
    if len(above) > 1:
        yield from above
    elif len(line) <= WIDTH or "#" in line or "'" in line or '"""' in line or line.count('"') % 2:
        yield line
    elif _IMPORT.fullmatch(line):
        head, _, names = line.partition(" import ")
        yield from _exploded(f"{head} import (", names.split(", "), ")")
    elif signature := _DEFINITION.match(line):
        yield from _bracketed(line, signature.end(), _closing(line, signature.end()))
    elif condition := _CONDITION.fullmatch(line):
        yield from _wrapped(line, condition["test"])
    elif (pair := _PAIR.fullmatch(line)) and len(values := _parts(pair["values"], ",")) > 1:
        yield from _exploded(f"{pair['head']} = (", values, ")")
    elif (end := len(line.removesuffix(",")) - 1) and line[end] in _CLOSE:
        start = _opening(line, end)
        yield from (line,) if _is_operand(line[:start]) else _bracketed(line, start, end)
    else:
        yield line


def _told_above(line: str) -> list[str]:
    """Where a line comes from in a line of its own, if both are too long for one."""
    sent = _ORIGIN.fullmatch(line) if len(line) > WIDTH else None
    if sent is None or len(sent["indent"] + sent["code"]) > WIDTH:
        return [line]
    return [sent["indent"] + sent["comment"], sent["indent"] + sent["code"]]


def _is_operand(head: str) -> bool:
    """Whether what follows is one of several operands: black may break between them."""
    there = (operator for operator in _OPERATORS if operator in head)
    return any(len(_parts(f"{head}_", operator)) > 1 for operator in there)


def _bracketed(line: str, start: int | None, end: int | None) -> Iterator[str]:
    """Broken inside one pair of brackets: the contents on a line of their own, or a line each."""
    if start is None or end is None or end == start + 1 or start >= WIDTH:
        yield line
        return
    head, inner, tail = line[: start + 1], line[start + 1 : end], _indent(line) + line[end:]
    one_line = f"{_indent(line)}    {inner}"
    literal = not (line[start - 1].isalnum() or line[start - 1] in "_])")
    parts = _parts(inner, ",")
    if len(one_line) <= WIDTH and not (literal and len(parts) > 1):
        yield from (head, one_line, tail)
    elif len(parts) == 1 and not inner.endswith(",") and not tail.endswith(":"):
        yield from (head, *broken(one_line), tail)
    else:
        yield from _exploded(head, parts, tail)


def _wrapped(line: str, test: str) -> Iterator[str]:
    """A condition in brackets of its own, a line for each of its parts."""
    indent, head = _indent(line), line[: -len(test) - 1]
    one_line = f"{indent}    {test}"
    first, *rest = _parts(test, " and ")
    if len(one_line) > WIDTH and (not rest or len(_parts(test, " or ")) > 1):
        yield line
        return
    yield f"{head}("
    if len(one_line) <= WIDTH:
        yield one_line
    else:
        yield f"{indent}    {first}"
        yield from (f"{indent}    and {part}" for part in rest)
    yield f"{indent}):"


def _exploded(head: str, parts: list[str], tail: str) -> Iterator[str]:
    indent = _indent(head)
    yield head
    for part in parts:
        yield from broken(f"{indent}    {part},")
    yield indent + tail.lstrip()


def _closing(line: str, start: int) -> int | None:
    depth = 0
    for position in range(start, len(line)):
        depth += (line[position] in _OPEN) - (line[position] in _CLOSE)
        if depth == 0:
            return position
    return None


def _opening(line: str, end: int) -> int | None:
    depth = 0
    for position in range(end, -1, -1):
        depth += (line[position] in _CLOSE) - (line[position] in _OPEN)
        if depth == 0:
            return position
    return None


def _parts(text: str, separator: str) -> list[str]:
    """What stands between separators that are in no bracket."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and text.startswith(separator, position):
            parts.append(text[start:position].strip())
            start = position + len(separator)
    return [part for part in (*parts, text[start:].strip()) if part]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
