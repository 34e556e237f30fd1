"""Collections that nothing is done with.

Part of the guarantees pass: what is wrong with such a collection, or with what it comes of, is told in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.ir.live import Live
from motetc.ir.nodes import Choreography, Flow
from motetc.ir.slices import SliceLive
from motetc.ir.walk import statements


def flows(choreography: Choreography) -> Iterator[Flow]:
    """Every flow, and at the end what never runs, as if it did."""
    yield from (stmt for stmt in statements(choreography.body) if isinstance(stmt, Flow))
    idle = choreography.idle.lives
    if idle:
        yield Flow(idle, (), idle[0].span)


def check_unused(choreography: Choreography, blamed: Iterable[Span], findings: Findings) -> None:
    """Report what nothing is done with, unless something in it is `blamed` already."""
    known = set(blamed)
    for live in choreography.idle.unused:
        if not known & {span for node in _upstream(live) for span in _spans(node)}:
            _report(live, findings)


def _report(live: Live, findings: Findings) -> None:
    kind = "port" if live.shape == "port" else "live collection"
    what = f"`{live.name}`" if live.name else f"this {kind}"
    sent = live.hop is not None
    findings.error(
        "never-used",
        live.span,
        f"{what} is {'sent' if sent else 'declared'}, and nothing is done with it",
        f"{_use_of(live)}; or {'do not send it' if sent else 'leave it out'}",
    )


def _upstream(live: Live) -> list[Live]:
    """A node and all that it comes from."""
    found, todo = list[Live](), [live]
    while todo:
        node = todo.pop()
        if not any(node is x for x in found):
            found.append(node)
            todo += (*node.sources, *node.peeks)
    return found


def _spans(node: Live) -> Iterator[Span]:
    yield node.span
    if isinstance(node, SliceLive) and node.slice is not None:
        yield from (reading.span for reading in node.slice.readings)


def _use_of(live: Live) -> str:
    """What can be done with a collection, or with a port."""
    name = live.name or "it"
    if live.shape == "port":
        port = live.name or "port"
        named = "" if live.name else "give it a name: "
        return f"{named}`{port}.requests` is what clients ask, and `{port}.reply(…)` answers them"
    stream = live.shape in ("stream", "keyed_stream")
    act = f", or `{name}.for_each(f)` to do something with each element" if stream else ""
    return f"`await {name}.collect()` for its value{act}"
