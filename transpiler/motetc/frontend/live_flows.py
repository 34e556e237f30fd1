"""Which of the pipelines declared so far run now: those that end in a sink or an awaited result.

What nothing has used yet waits for a statement that does. A stream is consumed as it runs, so what hangs on one that
runs now cannot wait: it is never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.tree import children
from motetc.ir.live import Live

_DATA = ("stream", "keyed_stream", "singleton", "optional", "keyed_singleton")


@dataclass(frozen=True, slots=True)
class Divided:
    """The nodes that run now, those that wait, and those that hang on what runs and do nothing."""

    running: tuple[Live, ...]
    waiting: tuple[Live, ...]
    idle: tuple[Live, ...]


def divide(lives: Sequence[Live], results: Iterable[Live], at_end: bool) -> Divided:
    """Divide what was declared; `results` are awaited. A cycle that is still to be fed waits, but for the end."""
    unfed = {x.uid for x in lives if x.op == "channel" and not x.fed and not at_end}
    final = [x for x in lives if _is_final(x, lives) and not upstream([x]) & unfed]
    final += [x for x in lives if x.answered and at_end]
    cycles = [x for x in lives if x.fed and at_end]  # they may run for what slices in them do
    wanted = upstream([*final, *cycles, *results])
    wanted |= _siblings(lives, wanted)
    running = tuple(x for x in lives if x.uid in wanted)
    others = [x for x in lives if x.uid not in wanted]
    idle = tuple(x for x in others if upstream([x]) & wanted)
    waiting = tuple(x for x in others if x not in idle)
    return Divided(running, waiting, idle)


def upstream(lives: Iterable[Live]) -> set[int]:
    """The uids of nodes and of all that they come from."""
    found: set[int] = set()
    todo = list(lives)
    while todo:
        live = todo.pop()
        if live.uid not in found:
            found.add(live.uid)
            todo += (*live.sources, *live.peeks)
    return found


def awaited_names(node: cst.CSTNode) -> Iterator[str]:
    """Every `name` of an `await name.collect()` below a node."""
    match node:
        case cst.Await(
            expression=cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("collect")))
        ):
            yield name
    for child in children(node):
        yield from awaited_names(child)


def acts(lives: Sequence[Live]) -> bool:
    """Whether anything declared so far does something."""
    return any(_is_final(x, lives) for x in lives)


def _is_final(live: Live, lives: Sequence[Live]) -> bool:
    """Whether a node does something by itself: sinks, and slices from which nothing leaves."""
    if live.shape == "slice":
        return not any(live in x.sources for x in lives)
    return live.shape == "sink"


def unused(lives: Sequence[Live], results: Iterable[Live]) -> list[Live]:
    """The collections and ports that nothing is made of; of an operator's two results one is enough."""
    used = {x.uid for live in lives for x in (*live.sources, *live.peeks)} | {
        x.uid for x in results
    }
    used |= _siblings(lives, used)
    return [x for x in lives if x.uid not in used and x.shape in (*_DATA, "port")]


def _siblings(lives: Sequence[Live], uids: set[int]) -> set[int]:
    """The other results of operators of which one result is among `uids`."""
    nodes = {id(x.node) for x in lives if x.uid in uids}
    return {x.uid for x in lives if id(x.node) in nodes}
