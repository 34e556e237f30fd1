"""Variables of ours that can be done without, and names with a number whose name without it is free."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set

from motetc.frontend.naming import free_name
from motetc.passes.fuse.code import BODY, Code, Line, mentions
from motetc.passes.fuse.inline import is_calm
from motetc.passes.fuse.wording import RESERVED

_ZERO = re.compile(r"(\w+) = 0$")
_ADDED = re.compile(r"(\w+) \+= (.+)$")
_LIST = re.compile(r"(\w+): list\[.*\] = \[\]$")
_LISTED = re.compile(r"(\w+): list\[.*\] = list\((\w+)\)$")
_NEW = re.compile(r"(list|sorted)\(\w+\)(\[[\w:]*\])?$")
_BOUND = re.compile(r"\w+(?:: .+?)? = (.+)$")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_NUMBERED = re.compile(r"(?<![\w.])([A-Za-z]\w*?)_\d+\b")


def leave_out_counters(state: Code, parts: Sequence[Code], read: Set[str]) -> None:
    """`index = 0` and `index += 1`, and nothing else: nobody reads it. `read`: what is read further on."""
    for line in list(state.lines):
        counter = _ZERO.match(line.text)
        if counter is None or counter[1] in read:
            continue
        lines = [x for p in (state, *parts) for x in p.lines if x is not line]
        said = [x for x in lines if BODY in x.text or mentions(x.text, counter[1])]
        counts = [x for x in said if x.text == f"{counter[1]} += 1" and not x.copied]
        declares = [x for x in said if x.text.startswith("nonlocal ")]
        if len(counts) + len(declares) == len(said) and not any(
            _is_alone(p, counts) for p in parts
        ):
            state.lines.remove(line)
            for part in parts:
                part.lines = [x for x in map(_without(counter[1]), part.lines) if x not in counts]
                part.lines = [x for x in part.lines if x.text != "nonlocal "]


def _is_alone(part: Code, gone: Sequence[Line]) -> bool:
    """Whether a block of some code would be empty without some lines."""
    lines = part.lines
    for index, line in enumerate(lines):
        if any(line is x for x in gone):
            above = index > 0 and lines[index - 1].depth >= line.depth
            below = index + 1 < len(lines) and lines[index + 1].depth >= line.depth
            if not (above or below):
                return True
    return False


def keep_one(state: Code, functions: Sequence[Code], body: Code) -> None:
    """A list into which one value is put, to be added to another later on: the value is added.

    Before: `waiting.append(total)`, …, `result.extend(waiting)`. After: …, `result.append(total)`.
    """
    for line in list(state.lines):
        listed = _LIST.match(line.text)
        if listed is None:
            continue
        name, every = listed[1], [x for p in (state, *functions, body) for x in p.lines]
        said = [x for x in every if mentions(x.text, name) and x is not line]
        if len(said) != 2 or any(BODY in x.text for x in every):
            continue
        first, last = said
        one = re.fullmatch(rf"{name}\.append\((\w+)\)", first.text)
        into = re.fullmatch(rf"(\w+)\.extend\({name}\)", last.text)
        if one is None or into is None or first.depth or not _follows(body, first, last):
            continue
        after = next(i for i, x in enumerate(every) if x is first)
        if not any(_changes(x.text, one[1]) for x in (*_lines(functions), *every[after:])):
            state.lines.remove(line)
            body.lines.remove(first)
            last.text = f"{into[1]}.append({one[1]})"


def _lines(functions: Sequence[Code]) -> list[Line]:
    return [x for f in functions for x in f.lines]


def _follows(body: Code, first: Line, last: Line) -> bool:
    lines = [x for x in body.lines if x is first or x is last]
    return lines == [first, last] and not last.depth


def _changes(text: str, name: str) -> bool:
    return re.match(rf"(nonlocal .*\b)?{name}\b(?!\.)", text) is not None


def begin_counted(state: Code, functions: Sequence[Code], body: Code) -> None:
    """`total = 0`, and then `total += len(xs)` before anything else reads it: `total = len(xs)`."""
    between = _lines(functions)
    for line in list(body.lines):
        added = _ADDED.match(line.text) if not line.depth and not line.copied else None
        if added is None or mentions(added[2], added[1]):
            continue
        first = next((x for x in (*between, *body.lines) if mentions(x.text, added[1])), None)
        declared = [x for x in state.lines if mentions(x.text, added[1])]
        if first is line and [x.text for x in declared] == [f"{added[1]} = 0"]:
            state.lines.remove(declared[0])
            line.text = f"{added[1]} = {added[2]}"


def sort_at_once(functions: Sequence[Code], body: Code) -> None:
    """`words = list(texts)`, for nothing but `sorted(words)` soon after it: `sorted(texts)`."""
    for line in list(body.lines):
        listed = _LISTED.match(line.text) if not line.depth and not line.copied else None
        every = [*_lines(functions), *body.lines]
        said = [x for x in every if listed is not None and mentions(x.text, listed[1])]
        if listed is None or len(said) != 2 or said[0] is not line or said[1].depth:
            continue
        if not any(x is said[1] for x in body.lines):
            continue
        first, last = (next(i for i, x in enumerate(body.lines) if x is y) for y in said)
        between = [_BOUND.match(x.text) for x in body.lines[first + 1 : last]]
        once = said[1].text.count(f"sorted({listed[1]}") == 1
        once = once and len(re.findall(rf"\b{listed[1]}\b", said[1].text)) == 1
        if once and all(b is not None and (is_calm(b[1]) or _NEW.match(b[1])) for b in between):
            said[1].text = said[1].text.replace(f"sorted({listed[1]}", f"sorted({listed[2]}")
            body.lines.remove(line)


def renumber(state: Code, functions: Sequence[Code], body: Code, given: Set[str]) -> set[str]:
    """`item_2` is `item` where no other `item` is, and `item_3` then `item_2`; the names that have come about are given
    back. What a function alone means by a name is none of the others' business."""
    parts = [state, *functions, body]
    made = _renumbered([x for p in parts for x in p.lines], given)
    outer = {word for x in state.lines for word in _words(x)} | given
    for part in functions:
        own = {name for name in part.names if not any(_is_shared(x, name) for x in part.lines)}
        _renumbered(part.lines, outer, own)
    return made


def _renumbered(lines: Sequence[Line], given: Set[str], own: Set[str] | None = None) -> set[str]:
    """`own`: those that may be called otherwise; None: all."""
    words = {word for x in lines for word in _words(x)}
    made = set[str]()
    for name, base in sorted({(m[0], m[1]) for x in lines for m in _numbered(x)}):
        taken = (words | given | RESERVED) - {name}
        new = free_name(base, taken.__contains__)
        if name in given or new == name or (own is not None and name not in own):
            continue
        if any(_is_quoted(x.text, name) or (x.copied and mentions(x.text, name)) for x in lines):
            continue
        words.add(new)
        made.add(new)
        for line in lines:
            line.text = re.sub(rf"(?<![\w.]){name}\b", new, line.text)
    return made


def _words(line: Line) -> list[str]:
    return re.findall(r"\w+", line.text)


def _is_shared(line: Line, name: str) -> bool:
    return line.text.startswith("nonlocal ") and mentions(line.text, name)


def _numbered(line: Line) -> Iterator[re.Match[str]]:
    return iter(()) if line.copied or line.text.startswith("#") else _NUMBERED.finditer(line.text)


def _is_quoted(text: str, name: str) -> bool:
    """Whether a name may be a word of a string or of a comment."""
    code, _, comment = text.partition("  # ")
    return any(name in quoted for quoted in (*_STRING.findall(code), comment))


def _without(name: str) -> Callable[[Line], Line]:
    def changed(line: Line) -> Line:
        if line.text.startswith("nonlocal "):
            names = [n for n in line.text.removeprefix("nonlocal ").split(", ") if n != name]
            line.text = f"nonlocal {', '.join(names)}"
        return line

    return changed
