"""Variables that are bound several times: the first binding says the type where a type checker might see less in it.

Below `if total is not None:` what is made of `total` is never None to a type checker, though it may be where the same
name is bound again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, mentions

_BOUND = re.compile(r"(\w+) = (.+)$")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_TESTS = ("if ", "elif ", "while ")


def say_first(
    code: Code, types: Mapping[str, Type], annotation: Callable[[Type | None], str]
) -> None:
    """All of one function. `types`: of variables that it does not have for itself."""
    seen = set(code.assigned)
    for index, line in enumerate(code.lines):
        bound = None if line.copied else _BOUND.match(line.text)
        if bound is None or bound[1] in seen:
            continue
        name, text = bound.groups()
        seen.add(name)
        known = code.names.get(name) or types.get(name)
        again = any(x.text.startswith(f"{name} = ") for x in code.lines[index + 1 :])
        if (
            again
            and known is not None
            and known.kind == "union"
            and _is_narrowed(code, index, text)
        ):
            line.text = f"{name}: {annotation(known)} = {text}"


def _is_narrowed(code: Code, index: int, text: str) -> bool:
    """Whether a condition above asks about something that is read in a value."""
    names = _NAME.findall(text)
    tests = [x.text for x in code.lines[:index] if x.text.startswith(_TESTS)]
    return any(mentions(test, name) for test in tests for name in names)
