"""Reads the operators that take a stream to another location, and says which way each of them goes.

`send` goes to a process; `broadcast`, `demux` and `round_robin` to every member, the member named, or one after the
other of a cluster; `share` makes a process's stream known elsewhere too. What comes from a cluster is keyed by sender.
"""

from __future__ import annotations

import builtins

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.live_graph import LiveGraph
from motetc.frontend.naming import argument_name
from motetc.ir.live import Hop, HopKind, Live
from motetc.ir.nodes import Seat
from motetc.ir.operators import Operator

_TO_CLUSTER = frozenset({"broadcast", "demux", "round_robin"})


def read_hop(
    graph: LiveGraph,
    call: cst.Call,
    rule: Operator,
    base: Live,
    found: dict[str, cst.BaseExpression],
) -> list[Live]:
    """The arrival of `base.rule(to=…)`; of a `share` there is one at each receiver, and the first speaks for them."""
    seats = _receivers(graph, call, rule, found)
    if not seats or not _direction(graph, call, rule.name, base, seats):
        return []
    why = graph.why(found, rule.why, call, rule.name)
    kind: HopKind = rule.name  # type: ignore[assignment]
    keyed = base.shape == "keyed_stream"
    if kind == "demux" and keyed:
        keyed = base.prefixed or _is_compound(graph, call, base)
    hop = Hop(
        next(graph.operations.counter),
        call,
        kind,
        base.role,
        tuple(s.role for s in seats),
        graph.operations.module.span(call),
        _called(base),
        why,
        keyed,
    )
    arrivals = [_arrival(graph, call, hop, base, s.role) for s in seats]
    return arrivals[:1]


def _is_compound(graph: LiveGraph, call: cst.Call, base: Live) -> bool:
    """Whether keys are known to be pairs that begin with a member; if not, mypy is to be asked."""
    operations, span = graph.operations, graph.operations.module.span(call)
    asked = operations.program.demuxes.setdefault(operations.choreography.key, [])
    asked.append((span, base.node))
    return span in operations.program.compound


def _called(live: Live) -> str:
    """What the source calls a stream, or what it is made of."""
    while not live.name and live.inputs:
        live = live.inputs[0]
    elements = live.arguments.get("elements")
    name = live.name or (argument_name(elements.expr) if elements is not None else "")
    return "" if hasattr(builtins, name) else name


def _arrival(graph: LiveGraph, call: cst.Call, hop: Hop, base: Live, role: str) -> Live:
    cluster = graph.operations.choreography.role(hop.sender).cluster
    keyed = cluster or hop.keyed
    live = graph.add(call, hop.kind, role, "keyed_stream" if keyed else "stream")
    live.inputs, live.hop, live.why = (base,), hop, hop.why
    live.ordered, live.once, live.bounded = base.ordered, base.once, base.bounded
    live.sampled = base.sampled
    live.prefixed = hop.keyed and (cluster or (base.prefixed and hop.kind != "demux"))
    return live


def _receivers(
    graph: LiveGraph, call: cst.Call, rule: Operator, found: dict[str, cst.BaseExpression]
) -> list[Seat]:
    """The locations of `to=`."""
    to = found.get("to")
    if to is None:
        head = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
        graph.refuse(head, f"`{rule.name}` needs a location", f"write `.{rule.name}(to=…)`")
        return []
    parts = [e.value for e in to.elements] if isinstance(to, (cst.Tuple, cst.List)) else [to]
    if parts != [to] and rule.name != "share":
        first = graph.operations.module.code(parts[0]) if parts else "…"
        help = f"call it once for each: `.{rule.name}(to={first})`; or make it known to all of them: `.share(to=…)`"
        graph.refuse(to, f"`{rule.name}` goes to one location", help)
        return []
    seats: list[Seat] = []
    for part in parts:
        seat = graph.operations.seat(part)
        if seat is None:
            text = f"`{graph.operations.module.code(part)}` is no location of this choreography"
            graph.refuse(part, text, "pass one of the location parameters")
            return []
        if seat.key:
            text = f"a stream goes to all members of `{seat.role}`, and `{seat}` is one of them"
            pair = f"`.map(lambda x: ({seat.role}.members[…], x)).demux(to={seat.role})`"
            graph.refuse(part, text, f"say with each element who it is for: {pair}")
            return []
        seats.append(seat)
    return seats


def _direction(graph: LiveGraph, call: cst.Call, kind: str, base: Live, seats: list[Seat]) -> bool:
    """Whether an operator can go where it is told to."""
    if kind == "share":
        return _shares(graph, call, base, seats)
    to = seats[0]
    if kind == "send" and to.whole:
        others = f"`.broadcast(to={to})` (each element to every member), `.demux(to={to})` (to the member it names)"
        help = f"{others} or `.round_robin(to={to}, …)` (to one after the other)"
        _refused(graph, call, base, f"`send` goes to a process, and `{to}` is a cluster", help)
        return False
    if kind in _TO_CLUSTER and not to.cluster:
        text = f"`{kind}` goes to a cluster, and `{to}` is a process"
        help = f"write `.send(to={to})`"
        if kind == "demux":
            help += "; the member ids are not needed: `.map(lambda pair: pair[1])` before it"
        _refused(graph, call, base, text, help)
        return False
    if to.role == base.role and not to.cluster:
        text = f"this stream is at `{to}` already"
        _refused(graph, call, base, text, f"leave out `.{kind}(to={to})`")
        return False
    return True


def _shares(graph: LiveGraph, call: cst.Call, base: Live, seats: list[Seat]) -> bool:
    sender = graph.operations.choreography.role(base.role)
    if sender.cluster:
        text = f"`share` makes one stream known elsewhere, and each member of `{base.role}` has its own"
        other = seats[0]
        kind = "broadcast" if other.whole else "send"
        _refused(graph, call, base, text, f"bring them together first: `.{kind}(to={other})`")
        return False
    for seat in seats:
        count = sum(s.role == seat.role for s in seats)
        if seat.role == base.role or count > 1:
            told = "twice" if count > 1 else "already"
            graph.operations.findings.error(
                "already-known",
                graph.operations.module.span(seat.node, call),
                f"`{seat}` knows this stream {told}",
                f"leave `{seat}` out",
                (Related(base.span, f"it is at `{base.role}`"),),
            )
            return False
    return True


def at_one_place(graph: LiveGraph, live: Live, at: cst.CSTNode, what: str) -> bool:
    """Whether it is clear where something is done with a stream: not of one that several locations were given."""
    hop = live.hop
    if hop is None or len(hop.receivers) < 2:
        return True
    known = ", ".join(f"`{r}`" for r in (hop.sender, *hop.receivers))
    to = " and ".join(f"`.send(to={r})`" for r in hop.receivers)
    graph.operations.findings.error(
        "no-common-place",
        graph.operations.module.span(at),
        f"{what} runs at one location, and this stream was shared among {known}",
        f"loop over it together (`async for … in …:`), or send it to each who works on it: {to}",
        (Related(hop.span, "shared here"),),
    )
    return False


def _refused(graph: LiveGraph, call: cst.Call, base: Live, text: str, help: str) -> None:
    assert isinstance(call.func, cst.Attribute)
    graph.operations.findings.error(
        "unsupported-syntax",
        graph.operations.module.span(call.func.attr),
        text,
        help,
        (Related(base.span, f"this stream is at `{base.role}`"),),
    )


_PASSING = frozenset(
    {"values", "entries", "into_keyed", "inspect", "inspect_with_key", "assume_ordering"}
    | {"assume_retries", "weaken_ordering", "weaken_retries"}
)
_FIRST = frozenset({"first", "unwrap_or"})


def name_arrival(live: Live, name: str) -> None:
    """`votes = asked.map(f).send(to=leader).values()`: what arrives are the votes. And of a value, `many =
    xs.count().into_stream().send(to=leader).first()`, it is that.

    Unless what is sent has a name of its own, which no other stream between locations has.
    """
    alone = False
    while live.hop is None and live.op in _PASSING | _FIRST and live.inputs:
        alone = alone or live.op in _FIRST
        live = live.inputs[0]
    if live.hop is None or live.name:
        return
    base = live.inputs[0]
    if alone and base.op != "into_stream":
        return
    if not base.name or base.hop is not None:
        live.name = name
