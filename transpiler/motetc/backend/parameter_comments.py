"""Comments among the parameters of a choreography stay with those that a role has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.tree import parameters


@dataclass(slots=True)
class Told:
    """The comments on lines of their own before a parameter and, of the last one, below it; and the one behind it."""

    above: list[str] = field(default_factory=list)
    behind: str = ""
    below: list[str] = field(default_factory=list)


def told_of(function: cst.FunctionDef) -> Mapping[str, Told]:
    """What comments say of each parameter."""
    found: dict[str, Told] = {}
    above = _comments(function.whitespace_before_params)
    for param in parameters(function.params):
        after = [param.whitespace_after_param]
        if isinstance(param.comma, cst.Comma):
            after.append(param.comma.whitespace_after)
        first = (c for space in after for c in _comments(space, behind=True))
        found[param.name.value] = Told(above, next(first, ""))
        above = [c for space in after for c in _comments(space, behind=False)]
    for last in [*found.values()][-1:]:
        last.below = above
    return found


def _comments(space: cst.BaseParenthesizableWhitespace, behind: bool | None = None) -> list[str]:
    """The comments in a space: those on the line where it begins, those below, or all."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return []
    first = [space.first_line.comment] if behind is not False else []
    below = [line.comment for line in space.empty_lines] if behind is not True else []
    return [comment.value for comment in (*first, *below) if comment is not None]


def with_told(
    params: Iterable[cst.Param], told: Mapping[str, Told]
) -> tuple[list[cst.Param], cst.BaseParenthesizableWhitespace]:
    """The parameters with their comments, and what stands before the first."""
    given = list(params)
    said = [told.get(param.name.value, Told()) for param in given]
    if not any(one.above or one.behind or one.below for one in said):
        return given, cst.SimpleWhitespace("")
    following = [*(one.above for one in said[1:]), said[-1].below]
    made = [
        param.with_changes(comma=cst.Comma(whitespace_after=_space(one.behind, above)))
        for param, one, above in zip(given, said, following, strict=True)
    ]
    return made, _space("", said[0].above) if said[0].above else cst.SimpleWhitespace("")


def _space(behind: str, above: list[str]) -> cst.ParenthesizedWhitespace:
    comment = cst.Comment(behind) if behind else None
    return cst.ParenthesizedWhitespace(
        cst.TrailingWhitespace(cst.SimpleWhitespace("  " if behind else ""), comment),
        [cst.EmptyLine(comment=cst.Comment(text)) for text in above],
        indent=True,
        last_line=cst.SimpleWhitespace("    "),
    )
