"""Tells whether a statement that is broken inside brackets is broken where and as black would break it.

Three ways are known, and only inside brackets that are the last thing of their line: a line for each item, every one
with its comma; all of the contents on one line, when all on one line would be too long; and a condition of several
parts in brackets of its own. "No" may also mean "not known".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from motetc.backend.spelling import is_settled

WIDTH: Final = 88
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
_NAMES: Final = re.compile(r"[^\W\d]\w*(?: as [^\W\d]\w*)?,")
_IMPORT: Final = re.compile(r"from [\w.]+ import \(")
_DEFINITION: Final = re.compile(r"(?:async )?def \w+\(")
_DEFINITION_END: Final = re.compile(r"\)(?: -> [^()]+)?:")
_CONDITION: Final = re.compile(r"(?:if|elif|while) \(")
_TARGET: Final = r"(?:return |raise |(?:self\.)?[^\W\d]\w*(?:: [^=()]+)? = |\w+(?:, \w+)+ = )?"
_CALL: Final = re.compile(_TARGET + r"(?:await )?(?:[^\W\d]\w*\.)*[^\W\d]\w*\(")
_DISPLAY: Final = re.compile(r"(?:return |[^\W\d]\w*(?:: [^=()]+)? = )[(\[{]")
_INNER: Final = re.compile(r'(?:[^\W\d]\w*=|"[^"\\]*": )?[(\[{]')
_SPREAD: Final = re.compile(r"\b(?:for|lambda)\b")
_ITEM: Final = re.compile(r'(?:[^\W\d]\w*=|"[^"\\]*": )?[^\W\d]\w*\(')


def are_settled(lines: Sequence[str], indent: int) -> bool:
    """Whether black would not touch a statement of these lines, given without their indentation of `indent`."""
    head, tail = lines[0], lines[-1]
    if _IMPORT.fullmatch(head):
        return tail == ")" and all(
            _NAMES.fullmatch(line[4:]) and _is_at(line, 4) for line in lines[1:-1]
        )
    joined = join(lines)
    if _CONDITION.fullmatch(head) and tail == "):":
        joined = head[:-1] + joined[len(head) : -2] + ":"
        return is_settled(joined) and _is_condition(lines[1:-1], joined, indent)
    if not is_settled(joined):
        return False
    if _DEFINITION.fullmatch(head):
        return _DEFINITION_END.fullmatch(tail) is not None and _is_filled(lines, joined, indent)
    if _CALL.fullmatch(head):
        return tail == ")" and _is_filled(lines, joined, indent)
    if _DISPLAY.fullmatch(head):
        return len(tail) == 1 and len(lines) > 3 and _has_items(lines, indent)
    return False


def join(lines: Sequence[str]) -> str:
    """All on one line, without the commas that only stand before a line's end."""
    found = lines[0]
    for line in map(str.strip, lines[1:]):
        if line[:1] in (")", "]", "}"):
            found = found.removesuffix(",") + line
        elif found[-1] in _OPENING:
            found += line
        else:
            found += f" {line}"
    return found


def _is_filled(lines: Sequence[str], joined: str, indent: int) -> bool:
    if len(lines) == 3 and not lines[1].endswith(","):
        definition = _DEFINITION.fullmatch(lines[0]) is not None
        several = not definition or not _holds_one(lines[1])
        return several and indent + len(joined) > WIDTH and _is_at(lines[1], 4)
    return _has_items(lines, indent)


def _has_items(lines: Sequence[str], indent: int) -> bool:
    """A line for each item, or an item that is itself broken."""
    inner = [line[4:] for line in lines[1:-1] if _is_at(line, 4) or line.startswith("     ")]
    if len(inner) != len(lines) - 2:
        return False
    start = 0
    for index, line in enumerate(inner):
        if line[0] in " )]}" and index == start:
            return False
        if line[0] == " " or line[-1] in _OPENING:
            continue
        if not line.endswith(",") or not _is_item(inner[start : index + 1], indent + 4):
            return False
        start = index + 1
    return start == len(inner)


def _is_item(lines: Sequence[str], indent: int) -> bool:
    if len(lines) == 1:
        return _holds_one(lines[0][:-1])
    joined = join(lines)
    return (
        _ITEM.fullmatch(lines[0]) is not None
        and lines[-1] == "),"
        and _is_filled(lines, joined, indent)
    ) or (
        _INNER.fullmatch(lines[0]) is not None
        and len(lines[-1]) == 2
        and (len(lines) > 3 or lines[0][-1] != "(")
        and _has_items(lines, indent)
    )


def _holds_one(text: str) -> bool:
    """One item, and a plain one: outside brackets and quotes there is no comma, and no comprehension or lambda."""
    depth, quoted = 0, False
    outside: list[str] = []
    for char in text:
        quoted ^= char == '"'
        if not quoted:
            depth += (char in "([{") - (char in ")]}")
            if depth == 0:
                outside.append(char)
    bare = "".join(outside)
    return not quoted and "," not in bare and not _SPREAD.search(bare)


def _is_at(line: str, indent: int) -> bool:
    return line[:indent].isspace() and line[indent : indent + 1] not in ("", " ")


def _is_condition(parts: Sequence[str], joined: str, indent: int) -> bool:
    """At least three parts that all must hold."""
    if indent + len(joined) <= WIDTH or not all(_is_at(part, 4) for part in parts):
        return False
    texts = [part[4:] for part in parts]
    if len(texts) == 1:
        texts = texts[0].split(" and ")
    elif (
        not all(text.startswith("and ") for text in texts[1:])
        or indent + 4 + sum(len(t) + 1 for t in texts) - 1 <= WIDTH
    ):
        return False
    whole = " ".join(texts)
    return len(texts) > 2 and not re.search(r"\b(?:or|if|for|not)\b|\"|:=", whole) and _flat(texts)


def _flat(texts: Sequence[str]) -> bool:
    """Every part has its brackets to itself, and no ` and ` inside them."""
    bare = [text.removeprefix("and ") for text in texts]
    return all(
        text.count("(") == text.count(")")
        and text.count("[") == text.count("]")
        and " and " not in text
        for text in bare
    )
