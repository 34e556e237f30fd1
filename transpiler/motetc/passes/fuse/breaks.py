"""A loop that is left as soon as something is found is left where it is found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from motetc.passes.fuse.code import Code, Line

_ANY_OVER = re.compile(r"for .+ in (\w+):$")
_OVER = re.compile(r"for (\w+) in (\w+):$")
_FOUND = re.compile(r"if (\w+) is not None:$")
_TRUE = re.compile(r"if (\w+):$")
_FALSE = re.compile(r"if not (\w+):$")
_SET = re.compile(r"(\w+) = (.+)$")


def _look_once(code: Code) -> None:
    """`for item in batch:` around `found = item` and `break` is `found = batch[0]`: a batch is never empty."""
    for index in range(len(code.lines) - 3, -1, -1):
        head, first, last = code.lines[index : index + 3]
        over = None if head.copied else _OVER.match(head.text)
        made = None if first.copied or first.called else _SET.match(first.text)
        inside = first.depth == last.depth == head.depth + 1 and last.text == "break"
        if over is None or made is None or not inside or not code.is_batch(over[2], head.depth):
            continue
        if made[2] in (over[1], "True", "False"):
            value = f"{over[2]}[0]" if made[2] == over[1] else made[2]
            line = replace(first, depth=head.depth, text=f"{made[1]} = {value}")
            code.lines[index : index + 3] = [line]


def break_at_once(parts: Sequence[Code]) -> None:
    """`found = x`, and behind it `if found is not None: break`, is `found = x` and `break`.

    That is the same where nothing else sets the variable: it is not set before, or the loop would have been left.
    """
    for code in parts:
        _leave_where_found(code, parts)
        _look_once(code)
        _leave_where_found(code, parts)
        _leave_behind(code, parts)


def _leave_behind(code: Code, parts: Sequence[Code]) -> None:
    """Behind a loop over a batch that is left with its first element, `if found is not None:` is always so."""
    for index, head in enumerate(code.lines):
        over = None if head.copied else _ANY_OVER.match(head.text)
        end = code.end_of(index)
        body, behind = code.lines[index + 1 : end], code.lines[end : end + 2]
        if over is None or len(behind) < 2 or not code.is_batch(over[1], head.depth):
            continue
        straight = all(x.depth == head.depth + 1 and not x.copied for x in body)
        if not straight or [x.text for x in body if x.text == "break"] != [body[-1].text]:
            continue
        made = [
            m
            for x in body
            if (m := _SET.match(x.text)) is not None and _times_set(parts, m[1]) == 1
        ]
        leaves = (behind[1].text, behind[1].depth) == ("break", head.depth + 1)
        if (
            leaves
            and behind[0].depth == head.depth
            and any(_asks(behind[0].text, *m.groups()) for m in made)
        ):
            behind[1].depth = head.depth
            code.lines.remove(behind[0])


def _leave_where_found(code: Code, parts: Sequence[Code]) -> None:
    index = 1
    while index < len(code.lines) - 1:
        name = _set_before(code.lines, index)
        if name and _times_set(parts, name) == 1:
            code.lines[index + 1].depth = code.lines[index - 1].depth
            del code.lines[index]
        index += 1


def _set_before(lines: list[Line], index: int) -> str:
    """The variable whose value a line has just changed so that `if …: break` in the next two leaves; "" if none."""
    before, test, leaves = lines[index - 1 : index + 2]
    made = _SET.match(before.text)
    if before.copied or made is None or (leaves.text, leaves.depth) != ("break", test.depth + 1):
        return ""
    return made[1] if _asks(test.text, *made.groups()) and _only_ifs(lines, index) else ""


def _asks(test: str, name: str, value: str) -> bool:
    """Whether a test is true for certain of what a variable has got; what is looked for is never None itself."""
    if value in ("True", "False"):
        asked = (_TRUE if value == "True" else _FALSE).match(test)
    else:
        asked = _FOUND.match(test)
    return asked is not None and asked[1] == name


def _only_ifs(lines: list[Line], index: int) -> bool:
    """Whether between a line and the one before it, which is as deep or deeper, only conditions are opened."""
    depth = lines[index - 1].depth
    for line in reversed(lines[: index - 1]):
        if depth <= lines[index].depth:
            return True
        if line.depth < depth:
            if line.copied or not line.text.startswith("if "):
                return False
            depth = line.depth
    return depth <= lines[index].depth


def _times_set(parts: Sequence[Code], name: str) -> int:
    setting = re.compile(rf"(?:[^=]*[\s,(])?{name}\b(?:, \w+)*(?:: [^=]+)? [-+*/|&]?=(?!=)")
    return sum(1 for code in parts for line in code.lines if setting.match(line.text))
