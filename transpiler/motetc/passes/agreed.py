"""How the members of a cluster agree on a condition that each would answer for itself."""

from __future__ import annotations

import ast
import re
from typing import Final

from motetc.diagnostics.model import Span
from motetc.frontend.source import SourceModule

_HEAD: Final = re.compile(r"^\s*(if|elif|while) $")
_CHOICE: Final = re.compile(r"^\s*(match|for .+ in) $")
_INNER: Final = re.compile(r"\b(if|and|or|not) $")
_TRUTH: Final = re.compile(r"[<>]|[!=]=|\b(not|in|is)\b")


def agreed(module: SourceModule, condition: Span, cluster: str) -> str:
    """What to write in the place of a condition, if it stands on one line, behind a word that says that it is one."""
    line = module.text.split("\n")[condition.line - 1]
    before, after = line[: condition.column - 1], line[condition.end_column - 1 :]
    code = line[condition.column - 1 : condition.end_column - 1]
    if condition.end_line != condition.line or module.map is not None:
        return f"`await {cluster}.all_reduce(…, f)`"
    if (head := _HEAD.search(before)) is not None:
        return f"`{head[1]} await {cluster}.all_reduce({_truth(code)}, lambda a, b: a or b):`"
    if (head := _CHOICE.search(before)) is not None and after.startswith(":"):
        return _chosen(head[1], code, cluster)
    if _INNER.search(before) is not None:
        return f"`await {cluster}.all_reduce({_truth(code)}, lambda a, b: a or b)` in its place"
    return f"`await {cluster}.all_reduce(…, f)`"


def _truth(code: str) -> str:
    return code if _TRUTH.search(code) else f"bool({code})"


def _chosen(head: str, code: str, cluster: str) -> str:
    """A `match` or a `for` for all members, its head up to what is matched or gone over, which is `code`."""
    value = f"tuple({code})"
    match ast.parse(code, mode="eval").body:
        case ast.Call(func=ast.Name(id="range"), args=[_], keywords=[]) if head != "match":
            most = code.removeprefix("range(").removesuffix(")")
            return f"`{head} range(await {cluster}.all_reduce({most}, max)):`"
        case ast.Tuple() if head == "match":
            value = f"({code})"
        case _ if head == "match":
            value = code
    return f"`{head} await {cluster}.all_reduce({value}, lambda a, b: a):`, and all do as the first one would"
