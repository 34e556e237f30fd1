"""Loops over pairs, whose variables are what the body takes the pairs apart into, or puts together again."""

from __future__ import annotations

import ast
import re

from motetc.passes.fuse.code import BODY, Code, Line, mentions

_OVER_ONE = re.compile(r"for (\w+) in (.+):$")
_OVER_SEVERAL = re.compile(r"for (\w+(?:, \w+)+) in (\w+\.items\(\)|enumerate\(.+\)):$")
_PARTED = re.compile(r"(\w+(?:, \w+)+) = (\w+)$")
_JOINED = re.compile(r"(\w+) = \((\w+(?:, \w+)+)\)$")
_TESTED = re.compile(r"if (.+):$")


def take_apart(code: Code) -> None:
    """`for pair in pairs:`, and `key, value = pair` in it, and nothing else of the pair: `for key, value in pairs:`.

    And the other way round, `for key, value in table.items():` with nothing but `pair = (key, value)`.
    """
    for index in range(len(code.lines) - 1, -1, -1):
        head = code.lines[index]
        if head.copied or not head.text.startswith("for "):
            continue
        body = code.lines[index + 1 : code.end_of(index)]
        if any(BODY in line.text for line in body):
            continue
        _apart(code, head, body, code.lines[index + 1 + len(body) :])
        _whole(code, head, body)


def _apart(code: Code, head: Line, body: list[Line], after: list[Line]) -> None:
    over = _OVER_ONE.match(head.text)
    parted = [x for x in body if over and _says(x, over[1])]
    found = _PARTED.match(parted[0].text) if len(parted) == 1 and not parted[0].copied else None
    if over is None or found is None or found[2] != over[1] or _is_read(after, over[1]):
        return
    names = found[1].split(", ")
    first = [next(x for x in body if _says(x, name)) for name in names]
    own = all(n in code.names for n in (over[1], *names)) and over[1] not in names
    same = parted[0] is body[0] or not any(_is_read(after, n) for n in names)
    if own and same and all(x is parted[0] for x in first):
        head.text = f"for {found[1]} in {over[2]}:"
        code.lines.remove(parted[0])


def _whole(code: Code, head: Line, body: list[Line]) -> None:
    over = _OVER_SEVERAL.match(head.text)
    if over is None:
        return
    names = over[1].split(", ")
    said = [x for x in body if any(_says(x, n) for n in names)]
    joined = _JOINED.match(said[0].text) if len(said) == 1 and not said[0].copied else None
    if joined is not None and joined[2] == over[1] and joined[1] in code.names:
        head.text = f"for {joined[1]} in {over[2]}:"
        code.lines.remove(said[0])


def do_what_is_tested(code: Code) -> None:
    """`if f(x):` with nothing below it but `pass`: `f(x)`."""
    for index in range(len(code.lines) - 2, -1, -1):
        head, below = code.lines[index : index + 2]
        tested = None if head.copied else _TESTED.match(head.text)
        after = code.lines[index + 2 : index + 3]
        other = any(x.depth == head.depth and x.text.startswith(("elif ", "else:")) for x in after)
        empty = below.text == "pass" and below.depth == head.depth + 1 and not below.copied
        if tested and empty and not other and _is_call(tested[1]):
            code.lines[index : index + 2] = [Line(head.depth, tested[1], head.span)]


def _is_call(text: str) -> bool:
    """Whether a text is a call and nothing else."""
    return isinstance(ast.parse(text, mode="eval").body, ast.Call)


def _says(line: Line, name: str) -> bool:
    return not line.text.startswith("#") and mentions(line.text, name)


def _is_read(after: list[Line], name: str) -> bool:
    """Whether a name is read further on before it is bound anew."""
    for line in after:
        if _says(line, name):
            bound = (
                rf"((async )?for (.*\b)?{name}\b.* in|(\w+, )*{name}(, \w+)* =) (?!.*\b{name}\b)"
            )
            return not re.match(bound, line.text)
    return False
