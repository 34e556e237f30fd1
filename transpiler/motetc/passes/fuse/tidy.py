"""The last look at the lines of a role: lists that are built to be used at once are written where they are used."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

import libcst as cst

from motetc.passes.fuse.breaks import break_at_once
from motetc.passes.fuse.code import BODY, Code, Line
from motetc.passes.fuse.plain_loops import do_what_is_tested, take_apart
from motetc.passes.fuse.plainer import (
    begin_counted,
    keep_one,
    leave_out_counters,
    sort_at_once,
)
from motetc.passes.fuse.temporaries import (
    inline_temporaries,
    join_elses,
    merge_conditions,
    name_nobody,
    unread_unnamed,
)
from motetc.passes.nameless import NOBODY

_EMPTY = re.compile(r"(\w+): (.+) = (\[\]|set\(\))$")
_FILLED = re.compile(r"(\w+)\.(extend|update)\((.*)\)$")
_SENT = re.compile(r"(await .+\.\w+)\((\w+)\)(  # .*)$")
_PARTED = re.compile(r"(\w+), (\w+) = (\w+)$")
_LOOP = re.compile(r"for (.+?) in (\w+(\.(items|values)\(\))?):$")
_ANY_LOOP = re.compile(r"for (.+?) in (.+):$")
_MADE = re.compile(r"(\w+) = (?:list\((\w+)\)|(\[.+\]))$")
_WIDE = 88
_BARE = {"extend": "list", "update": "set"}


def tidy(
    state: Code, functions: Sequence[Code], body: Code, read: Set[str], nobody: str = NOBODY
) -> None:
    """All that is tidied. `read`: names that are read further on; `nobody`: what is called so that nobody reads."""
    for code in (*functions, body):
        if nobody != NOBODY:
            name_nobody(code, nobody)
        _leave_out_passes(code)
        _keep_pairs(code)
        inline_temporaries(code)
        take_apart(code)
        do_what_is_tested(code)
        unread_unnamed(code, nobody)
    leave_out_counters(state, [*functions, body], read)
    break_at_once([*functions, body])
    for code in (*functions, body):
        merge_conditions(code)
        join_elses(code)
    for code in (*functions, body):
        _filled_once(code)
        _extended_at_once(code, [state, *functions, body])
    _send_at_once(state, [*functions, body])
    _listed_at_once(state.lines, [x for f in functions for x in f.lines], body)
    keep_one(state, functions, body)
    _begin_full(state.lines, [x for f in functions for x in f.lines], body.lines)
    begin_counted(state, functions, body)
    sort_at_once(functions, body)


def _leave_out_passes(code: Code) -> None:
    """`pass` among other statements."""
    lines = code.lines
    for index in reversed(range(len(lines))):
        depth = lines[index].depth
        above = index > 0 and lines[index - 1].depth >= depth
        below = index + 1 < len(lines) and lines[index + 1].depth == depth
        if lines[index].text == "pass" and not lines[index].copied and (above or below):
            del lines[index]


def _keep_pairs(code: Code) -> None:
    """`key, value = pair`, for nothing but `found.append((key, value))`: `found.append(pair)`."""
    for line in list(code.lines):
        parted = None if line.copied else _PARTED.match(line.text)
        if parted is None or parted[3] in parted.groups()[:2]:
            continue
        at = next(i for i, x in enumerate(code.lines) if x is line)
        below = code.lines[at + 1] if at + 1 < len(code.lines) else line
        pair = f".append(({parted[1]}, {parted[2]}))"
        names = parted.groups()[:2]
        read = [x for x in code.lines if BODY in x.text or any(_mentions(x.text, n) for n in names)]
        alone = read == [line, below] and all(n in code.names for n in names)
        if below.text.endswith(pair) and below.depth == line.depth and alone:
            below.text = f"{below.text.removesuffix(pair)}.append({parted[3]})"
            code.lines.remove(line)


def _extended_at_once(code: Code, parts: Sequence[Code]) -> None:
    """`made = […]`, for nothing but `found.extend(made)` right behind it: `found.extend([…])`."""
    for line, below in list(pairwise(code.lines)):
        made = None if line.copied or line.depth != below.depth else _MADE.match(line.text)
        filled = None if made is None or below.copied else _FILLED.match(below.text)
        if made is None or filled is None or filled[3] != made[1]:
            continue
        said = [x for p in parts for x in p.lines if BODY in x.text or _mentions(x.text, made[1])]
        text = f"{filled[1]}.{filled[2]}({made[2] or made[3]})"
        if len(said) == 2 and below.depth * 4 + len(text) <= _WIDE:
            below.text = text
            code.lines.remove(line)


def _filled_once(code: Code) -> None:
    """`found: list[int] = []` in a loop, of which nothing is said before `found.extend(made)`: `found = list(made)`,
    and of what the same loop has made and nobody reads again, `found = made`."""
    for line in list(code.lines):
        empty = _EMPTY.match(line.text) if line.depth and not line.copied else None
        if empty is None:
            continue
        at, depth = next(i for i, x in enumerate(code.lines) if x is line), line.depth
        below = code.lines[at + 1 :]
        block = below[: next((i for i, x in enumerate(below) if x.depth < depth), len(below))]
        fill = next((x for x in block if BODY in x.text or _mentions(x.text, empty[1])), line)
        filled = _FILLED.match(fill.text) if fill.depth == line.depth and not fill.copied else None
        if filled is None or filled[1] != empty[1] or not filled[3].isidentifier():
            continue
        behind = next(i for i, x in enumerate(block) if x is fill)
        made = [x for x in block[:behind] if re.match(rf"{filled[3]}(: .+)? = [\[(]", x.text)]
        read = any(BODY in x.text or _mentions(x.text, filled[3]) for x in block[behind + 1 :])
        own = bool(made) and made[-1].depth == line.depth and not read
        fill.text = f"{empty[1]} = {filled[3]}" if own else _full(filled, empty[2])
        code.lines.remove(line)


def _begin_full(state: list[Line], between: list[Line], body: list[Line]) -> None:
    """`found: list[int] = []`, and then `found.extend(x)` before anything else reads it: `found = list(x)`."""
    for line in list(body):
        filled = _FILLED.match(line.text) if line.depth == 0 else None
        if filled is None:
            continue
        first = next((x for x in (*between, *body) if _mentions(x.text, filled[1])), None)
        declared = _declaration(state, filled[1])
        empty = _EMPTY.match(declared.text) if declared is not None else None
        read = any(_mentions(x.text, filled[1]) for x in state if x is not declared)
        if first is line and empty is not None and declared is not None and not read:
            state.remove(declared)
            line.text = _full(filled, empty[2])


def _listed_at_once(state: list[Line], between: list[Line], body: Code) -> None:
    """A loop that appends to a list before anything else reads it is a comprehension."""
    for declared in list(state):
        empty = _EMPTY.match(declared.text)
        name = empty[1] if empty is not None and empty[3] == "[]" else ""
        said = [x for x in (*state, *between, *body.lines) if name and _mentions(x.text, name)]
        if (
            len(said) < 2
            or said[0] is not declared
            or any(x is said[1] for x in (*state, *between))
        ):
            continue
        at = next(i for i, x in enumerate(body.lines) if x is said[1])
        above = [x for x in body.lines[: at + 1] if not x.text.startswith("#")]
        start, text = _gathered(above, name, 0, _ANY_LOOP)
        begin = next(i for i, x in enumerate(body.lines) if x is above[start])
        alone = all(x.depth for x in body.lines[begin + 1 : at + 1])
        loops = [x for x in body.lines[begin : at + 1] if x.text.startswith("for ")]
        alone = (
            alone and len(loops) == 1
        )  # in loops within loops a failure could not tell its element
        last = at + 1 == len(body.lines) or not body.lines[at + 1].depth
        if text and alone and last and at > begin and not said[1].called and empty is not None:
            state.remove(declared)
            line = Line(0, f"{name}: {empty[2]} = {text}", said[1].span)
            body.lines[begin : at + 1] = [*_comments(body.lines[begin : at + 1], 0), line]


def _full(filled: re.Match[str], type_: str) -> str:
    name, method, items = filled[1], filled[2], filled[3]
    made = cst.parse_expression(items)
    if method == "extend" and _is_sorted(made):
        return f"{name} = {items}"
    if isinstance(made, cst.List):
        text = items if method == "extend" else f"{{{items[1:-1]}}}"
        return f"{name}: {type_} = {text if text != '{}' else 'set()'}"
    return f"{name}: {type_} = {_BARE[method]}({items})"


def _is_sorted(made: cst.BaseExpression) -> bool:
    """Whether this is a new list by itself: `sorted(…)`, or a slice of it."""
    if isinstance(made, cst.Subscript):
        return isinstance(made.slice[0].slice, cst.Slice) and _is_sorted(made.value)
    return (
        isinstance(made, cst.Call)
        and isinstance(made.func, cst.Name)
        and made.func.value == "sorted"
    )


def _send_at_once(state: Code, parts: Sequence[Code]) -> None:
    """A list that is filled from one batch or table, or with one value, and sent is written where it is sent.

    So it is if every time that it is filled it is sent at once, so that it is empty in between.
    """
    for declared in list(state.lines):
        name = declared.text.partition(":")[0]
        if not name.isidentifier():
            continue  # `state = Bag([])` says no type
        mentions = [x for p in parts for x in p.lines if _mentions(x.text, name)]
        sends = [x for x in mentions if (sent := _SENT.match(x.text)) and sent[2] == name]
        if (
            not sends
            or len(mentions) != 2 * len(sends)
            or _declaration(state.lines, name) is not declared
        ):
            continue
        found = [(p, x) for p in parts for x in p.lines if any(x is y for y in sends)]
        if all(_filled_before(code, line)[1] for code, line in found):
            for code, line in found:
                _written_there(code, line)
            state.lines.remove(declared)


def _filled_before(code: Code, line: Line) -> tuple[int, str]:
    """Where the lines begin that fill the list that is sent, and what is in it then; "" if that is not all."""
    sent = _SENT.match(line.text)
    assert sent is not None
    at = next(i for i, x in enumerate(code.lines) if x is line)
    above = [x for x in code.lines[:at] if not x.text.startswith("#")]
    start, text = _gathered(above, sent[2], line.depth)
    own = [x for x in above[start:] if _mentions(x.text, sent[2])]
    begin = next((i for i, x in enumerate(code.lines) if above and x is above[start]), 0)
    return begin, text if len(own) == 1 else ""


def _written_there(code: Code, line: Line) -> None:
    sent = _SENT.match(line.text)
    assert sent is not None
    begin, text = _filled_before(code, line)
    at = next(i for i, x in enumerate(code.lines) if x is line)
    line.text = f"{sent[1]}({text}){sent[3]}"
    code.lines[begin:at] = _comments(code.lines[begin:at], line.depth)


def _comments(lines: list[Line], depth: int) -> list[Line]:
    """The comments among lines of which one expression has been made: they stand before it."""
    found = [x for x in lines if x.text.startswith("#")]
    for comment in found:
        comment.depth = depth
    return found


def _gathered(
    lines: list[Line], name: str, depth: int, loop_head: re.Pattern[str] = _LOOP
) -> tuple[int, str]:
    """Where the lines begin that fill a list from a batch, and what is in it then."""
    if not lines:
        return 0, ""
    filled = _FILLED.match(lines[-1].text)
    if filled is not None and filled[1] == name and lines[-1].depth == depth:
        made = cst.parse_expression(filled[3])
        new = _is_sorted(made) or isinstance(made, (cst.List, cst.ListComp))
        is_list = new or _is_batch(lines, filled[3])
        return len(lines) - 1, filled[3] if is_list else f"list({filled[3]})"
    end = f"{name}.append("
    at = len(lines) - 1
    if not lines[at].text.startswith(end) or "await " in lines[at].text:
        return 0, ""
    element = lines[at].text.removeprefix(end)[:-1]
    if lines[at].depth == depth:
        return at, f"[{element}]"
    clauses: list[str] = []
    while at and lines[at].depth > depth:
        at -= 1
        if lines[at].depth != lines[at + 1].depth - 1:
            return 0, ""
        clauses.insert(0, lines[at].text.removesuffix(":"))
    shape = clauses and loop_head.match(f"{clauses[0]}:") and len(clauses) <= 2
    if not shape or not all(map(_is_clause, clauses)):
        return 0, ""
    loop = loop_head.match(f"{clauses[0]}:")
    if loop is not None and len(clauses) == 1 and element in (loop[1], f"({loop[1]})"):
        return at, loop[2] if _is_batch(lines, loop[2]) else f"list({loop[2]})"
    return at, f"[{element} {' '.join(clauses)}]"


def _is_clause(text: str) -> bool:
    """Whether the head of a loop or of an `if` may stand in a comprehension as it is."""
    expr = text.removeprefix("if ") if text.startswith("if ") else text.partition(" in ")[2]
    if not text.startswith(("for ", "if ")):
        return False
    return not isinstance(cst.parse_expression(expr), (cst.IfExp, cst.Lambda, cst.NamedExpr))


def _is_batch(lines: list[Line], name: str) -> bool:
    """Whether a name stands for a batch that has come, a list which may be sent: sending empties it."""
    return name.isidentifier() and any(
        x.text.startswith("async for ") and re.search(rf"\b{name} in ", x.text) for x in lines
    )


def _declaration(state: list[Line], name: str) -> Line | None:
    return next((x for x in state if x.text.startswith(f"{name}: ")), None)


def _mentions(text: str, name: str) -> bool:
    return not text.startswith("#") and bool(re.search(rf"(?<![\w.]){name}\b", text))
