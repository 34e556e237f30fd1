"""What a flow leaves behind at one role: the awaited values under their names, and all of its code as one piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motetc.ir.live import Collect
from motetc.ir.pieces import Fused
from motetc.passes.fuse.code import Code

if TYPE_CHECKING:
    from motetc.passes.fuse.fuser import Fuser


def write_results(fuser: Fuser, code: Code) -> None:
    """The awaited values that are not there under their name yet."""
    fuser.done = True
    for collect in {c.name: c for c in fuser.flow.collects}.values():  # the last of a name counts
        if collect.live.role != fuser.role:
            continue
        if not fuser.collects_of(collect.live):
            _result(fuser, collect, code)
        elif fuser.kept_as(collect) != collect.name:
            code.line(f"{collect.name} = {fuser.kept_as(collect)}", collect.span)


def _result(fuser: Fuser, collect: Collect, code: Code) -> None:
    value = fuser.read(collect.live, code)
    if value.maybe != collect.name:
        code.line(f"{collect.name} = {value.maybe}", collect.span)


def fused(fuser: Fuser, parts: Sequence[Code]) -> Fused:
    """Everything as one piece."""
    lines = [line for part in parts for line in part.lines]
    while lines and not lines[0].text:
        lines.pop(0)
    binds = frozenset(c.name for c in fuser.flow.collects if c.live.role == fuser.role)
    return Fused(
        "\n".join(x.written for x in lines),
        tuple(x.span for x in lines),
        fuser.flow.span,
        tuple(fuser.touches),
        tuple(fuser.types),
        frozenset(fuser.reads),
        binds,
    )
