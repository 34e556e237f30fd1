"""How the members of a cluster agree on a condition that each would answer for itself."""

from __future__ import annotations

import ast
import re
from typing import Final

from motetc.diagnostics.model import ONE_ACTS, Span
from motetc.frontend.source import SourceModule

ANY: Final = "lambda a, b: a or b"
"""How members agree on what is true of one of them."""
FIRST: Final = "lambda a, b: a"
_HEAD: Final = re.compile(r"^\s*(if|elif|while) $")
_CHOICE: Final = re.compile(r"^\s*(match|for .+ in) $")
_VALUES: Final = re.compile(r"^\s*(match|for)\b")
_TRUTH: Final = re.compile(r"[<>]|[!=]=|\b(not|in|is)\b")


def agreed(module: SourceModule, condition: Span, cluster: str) -> str:
    """The edit; it has the condition in it where that stands on one line, as the source has it."""
    line = module.text.split("\n")[condition.line - 1]
    before, after = line[: condition.column - 1], line[condition.end_column - 1 :]
    code = line[condition.column - 1 : condition.end_column - 1]
    function = FIRST if _VALUES.search(before) else ANY
    if condition.end_line != condition.line or module.map is not None:
        return f"agree first: `await {cluster}.all_reduce(…, {function})` in its place"
    if which := _which(code, cluster):
        return f"{ONE_ACTS}: write `{cluster}[{which}]` for `{cluster}`"
    if (head := _HEAD.search(before)) is not None:
        return f"agree first: `{head[1]} await {cluster}.all_reduce({truth(code)}, {ANY}):`"
    if (head := _CHOICE.search(before)) is not None and after.startswith(":"):
        return f"agree first: {_chosen(head[1], code, cluster)}"
    value = code if function == FIRST else truth(code)
    return f"agree first: `await {cluster}.all_reduce({value}, {function})` in its place"


def truth(code: str) -> str:
    """A condition as a value that is true or false."""
    return code if _TRUTH.search(code) else f"bool({code})"


def _which(code: str, cluster: str) -> str:
    """The member that a condition asks for, `workers.me.index == 0`; "" if it asks for anything else."""
    match ast.parse(f"({code})", mode="eval").body:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for mine, other in ((left, right), (right, left)):
                which = ast.unparse(other)
                known = which.replace(f"{cluster}.members", "").replace(f"len({cluster})", "")
                own = ast.unparse(mine) in (f"{cluster}.me", f"{cluster}.me.index")
                if own and not re.search(rf"\b{cluster}\b", known):
                    return which
    return ""


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
    return (
        f"`{head} await {cluster}.all_reduce({value}, {FIRST}):`, and all do as the first one would"
    )
