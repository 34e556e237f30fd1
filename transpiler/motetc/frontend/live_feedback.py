"""Reads feedback channels: `sender, received = location.channel(T)`, and what is sent into them later."""

from __future__ import annotations

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.live_graph import LiveGraph
from motetc.ir.live import Live


def read_channel(
    graph: LiveGraph, call: cst.Call, role: str, found: dict[str, cst.BaseExpression]
) -> list[Live]:
    """The two ends of a channel: where it is fed, and what comes out."""
    ordered = found.get("ordered")
    if "of" not in found or not (ordered is None or _flag(ordered)):
        text = "a channel says what travels in it, and whether in order"
        graph.refuse(
            call, text, "write `location.channel(T)` or `location.channel(T, ordered=True)`"
        )
        return []
    sender = graph.add(call, "feedback", role, "feedback")
    received = graph.add(call, "channel", role, "stream")
    received.part, received.bounded = 1, False
    received.ordered = ordered is not None and ordered.value == "True"  # type: ignore[attr-defined]
    graph.channels[sender.uid] = received
    return [sender, received]


def feed(graph: LiveGraph, call: cst.Call, sender: Live) -> None:
    """`sender.send(stream)`: its elements come out of the channel's other end."""
    channel = graph.channels[sender.uid]
    given = call.args[0].value if len(call.args) == 1 and not call.args[0].star else None
    channel.refused = True
    if given is None or not graph.is_live(given):
        graph.refuse(call, "a channel is fed with one stream", "write `sender.send(stream)`")
        return
    lives = graph.results(given)
    if len(lives) != 1:
        return
    (stream,) = lives
    related = (Related(channel.span, "the channel is declared here"),)
    if stream.shape != "stream":
        graph.refuse(given, "a channel carries the elements of a stream", "send a stream into it")
    elif stream.role != channel.role:
        way = "broadcast" if graph.operations.choreography.role(channel.role).cluster else "send"
        graph.operations.findings.error(
            "no-common-place",
            graph.operations.module.span(given),
            f"this stream is at `{stream.role}`, and the channel at `{channel.role}`",
            f"send it there first: `.{way}(to={channel.role})`",
            related,
        )
    elif channel.ordered and channel.fed:
        text = "a second stream is sent into an ordered channel: which element comes first would be open"
        help = "merge the streams before (`merge_ordered`), or leave `ordered=True` away"
        span = graph.operations.module.span(call)
        graph.operations.findings.error("order-needed", span, text, help, related)
    else:
        channel.refused = False
        channel.fed.append(stream)
        channel.fed_at.append(graph.operations.module.span(given))


def _flag(expr: cst.BaseExpression) -> bool:
    return isinstance(expr, cst.Name) and expr.value in ("True", "False")
