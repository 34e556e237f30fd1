"""A choice of which both ways leave alike here is none, though the source leaves with other values elsewhere.

Before, of `if refused: return "no", log` and then `return "yes", log`, where the words are another role's:
`if refused: return log`, `return log`. After: `return log`. What the source itself says twice stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from motetc.diagnostics.model import Span
from motetc.ir.pieces import Exit, Fork, Piece, with_bodies

Written = Callable[[Span], str]


def without_same_exits(pieces: tuple[Piece, ...], written: Written) -> tuple[Piece, ...]:
    """The pieces of a whole function; themselves, where nothing is to do. `written`: the source's text."""
    merging = _Merging(written)
    kept = merging.within(pieces)
    return kept if merging.gone else pieces


@dataclass(slots=True)
class _Merging:
    written: Written
    gone: int = 0

    def within(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        found: list[Piece] = []
        for piece in reversed(pieces):
            inner = with_bodies(piece, self.within)
            while isinstance(inner, Fork) and (exit_ := self._only(inner, found)) is not None:
                found, inner = [], exit_
                self.gone += 1
            found.insert(0, inner)
        return tuple(found)

    def _only(self, fork: Fork, after: Sequence[Piece]) -> Exit | None:
        """How a choice leaves, whichever way it goes."""
        if not fork.pure or fork.touches or fork.guard or fork.comment:
            return None
        match fork.then, fork.orelse or tuple(after):
            case (Exit(leading=(), comment="") as one,), (Exit() as two,):
                pass
            case _:
                return None
        alike = one.kind == two.kind == "return" and _alike(one, two)
        if not alike or self.written(one.span) == self.written(two.span):
            return None
        return replace(two, leading=(*fork.leading, *two.leading))


def _alike(one: Exit, two: Exit) -> bool:
    if one.touches or two.touches or one.value is None or two.value is None:
        return False
    return one.value.deep_equals(two.value)
