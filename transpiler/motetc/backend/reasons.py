"""What a choreography leaves open and why, and which properties of functions it takes on trust: for the review page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from motetc.diagnostics.model import Span
from motetc.ir.live import Live
from motetc.ir.nodes import Choreography, Comm, Concurrent, Each, Flow, Invoke, Op
from motetc.ir.reasons import Reason
from motetc.ir.slices import SliceLive
from motetc.ir.summary import ReasonSummary
from motetc.ir.walk import operations, statements


def reasons_of(choreography: Choreography) -> tuple[ReasonSummary, ...]:
    """Every `nondet` and every `proof`, in source order."""
    found = [*_statements(choreography), *_flows(choreography)]
    return tuple(sorted(dict.fromkeys(found), key=lambda r: (r.line, r.column, r.what)))


def _statements(choreography: Choreography) -> Iterator[ReasonSummary]:
    for op in operations(choreography.body):
        yield from _operation(choreography, op)
    for stmt in statements(choreography.body):
        if isinstance(stmt, Each) and stmt.why:
            yield _open(choreography, "each", stmt.span, (stmt.role,), stmt.why)


def _operation(choreography: Choreography, op: Op) -> Iterator[ReasonSummary]:
    match op:
        case Comm() if op.why:
            roles = tuple(s.role for s in (op.sender, *op.receivers))
            yield _open(choreography, op.kind, op.span, roles, op.why)
        case Concurrent() if op.why:
            roles = tuple(s.role for call in op.calls for _, s in call.roles)
            yield _open(choreography, "concurrently", op.span, roles, op.why)
        case Invoke():
            roles = tuple(s.role for _, s in op.roles)
            for parameter, why in op.reasons:
                what = f"{op.callee.rpartition('.')[2]}({parameter}=…)"
                made = _open(choreography, what, op.span, roles, why)
                yield replace(made, callee=_key(op.callee), passed=parameter)


def _flows(choreography: Choreography) -> Iterator[ReasonSummary]:
    for stmt in statements(choreography.body):
        if isinstance(stmt, Flow):
            for live in stmt.lives:
                yield from _live(choreography, live)


def _live(choreography: Choreography, live: Live) -> Iterator[ReasonSummary]:
    roles = (live.role,) if live.hop is None else (live.hop.sender, *live.hop.receivers)
    if live.why:
        what = "sliced(every=…)" if live.op == "sliced" else live.op
        yield _open(choreography, what, live.span, roles, live.why)
    for name, said in live.proofs.items():
        places = _classes(choreography, roles)
        yield ReasonSummary(
            "proof", f"{live.op}: {name}", live.span.line, live.span.column, places, said
        )
    if isinstance(live, SliceLive) and live.slice is not None:
        for reading in live.slice.readings:
            if reading.why:
                what = f"{live.slice.tick}.{reading.kind}"
                yield _open(choreography, what, reading.span, roles, reading.why)


def _open(
    choreography: Choreography, what: str, span: Span, roles: tuple[str, ...], why: str
) -> ReasonSummary:
    parameter = why.parameter if isinstance(why, Reason) else ""
    places = _classes(choreography, roles)
    return ReasonSummary("nondet", what, span.line, span.column, places, str(why), parameter)


def _classes(choreography: Choreography, roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choreography.role(r).name for r in roles))


def _key(full: str) -> str:
    module, _, name = full.rpartition(".")
    return f"{module}:{name}"
