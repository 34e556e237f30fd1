"""Reads ports, where clients outside of the program come in, and who belongs to a cluster."""

from __future__ import annotations

import re

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.live_graph import LiveGraph
from motetc.ir.live import Live, Port


def read_port(
    graph: LiveGraph, call: cst.Call, role: str, found: dict[str, cst.BaseExpression]
) -> list[Live]:
    """`location.port(Request, Reply, name="…")`."""
    name, single = _text(found.get("name")), found.get("single")
    if "request" not in found or "reply" not in found or not name or not _is_flag(single):
        text = "a port says what clients ask, what they are answered, and what it is called"
        said = found.get("name")
        if isinstance(said, cst.SimpleString) and not name:
            text = "a port is called by a name, as a function is"
            made = re.sub(r"\W+", "_", said.raw_value).strip("_") or "…"
            graph.refuse(said, text, f'write `name="{made}"`')
            return []
        if said is not None and not name and {"request", "reply"} <= found.keys():
            code = graph.operations.module.code(said)
            text = f"`{code}` is computed, and who opens a port says its name on the command line"
            graph.refuse(said, text, 'write it out: `name="…"`')
            return []
        graph.refuse(call, text, 'write `location.port(Request, Reply, name="…")`')
        return []
    same = next((x for x in graph.ports.values() if x.name == name and x.role == role), None)
    if same is not None:
        text = f"this location has a port called `{name}` already"
        related = (Related(same.span, f"`{name}` is declared here"),)
        span = graph.operations.module.span(found["name"])
        help = "give this one another name, or use that one twice"
        graph.operations.findings.error("unsupported-syntax", span, text, help, related)
        return []
    live = graph.add(call, "port", role, "port")
    live.bounded = False
    live.port = Port(
        next(graph.operations.counter),
        call,
        role,
        name,
        _is_true(single),
        graph.operations.module.span(call),
    )
    graph.ports[live.uid] = live.port
    return [live]


def read_port_stream(graph: LiveGraph, expr: cst.Attribute, base: Live) -> list[Live]:
    """`port.requests` and `port.membership`: the same stream wherever it is mentioned."""
    port, op = base.port, expr.attr.value
    if port is None or base.shape != "port":
        text = f"`{op}` belongs to a port, and `{graph.operations.module.code(expr.value)}` is none"
        graph.refuse(expr, text, 'declare one: `location.port(Request, Reply, name="…")`')
        return []
    known = next((x for x in graph.lives if x.op == op and x.port is port), None)
    if known is not None:
        return [known]
    if port.single and op == "membership":
        text = "a port for a single client does not tell who comes and goes"
        graph.refuse(
            expr, text, "its `requests` end when the client leaves; or leave `single=True` away"
        )
        return []
    live = graph.add(expr, op, port.role, "stream" if port.single else "keyed_stream")
    live.port, live.bounded, live.peeks = port, False, (base,)
    return [live]


def read_reply(graph: LiveGraph, call: cst.Call, base: Live) -> list[Live]:
    """`port.reply(replies)`, a sink."""
    port = base.port
    assert port is not None
    given = call.args[0].value if len(call.args) == 1 and not call.args[0].star else None
    wanted = "stream" if port.single else "keyed_stream"
    lives = graph.results(given) if given is not None and graph.is_live(given) else []
    if len(lives) != 1 or lives[0].shape != wanted:
        kind = "a stream" if port.single else "a keyed stream, by client"
        help = "write `port.reply(replies)`"
        if lives and wanted == "keyed_stream":
            help = "of pairs `(client, reply)`: `port.reply(pairs.into_keyed())`"
        graph.refuse(call, f"`reply` is given {kind}", help)
        return []
    if lives[0].role != port.role:
        related = (Related(port.span, f"the port is at `{port.role}`"),)
        text = f"these replies are at `{lives[0].role}`, and the port at `{port.role}`"
        span = graph.operations.module.span(call)
        help = f"send them there first: `.send(to={port.role})`"
        graph.operations.findings.error("no-common-place", span, text, help, related)
        return []
    live = graph.add(call, "reply", port.role, "sink")
    live.inputs, live.port, live.peeks = (lives[0],), port, (base,)
    return [live]


def read_membership(
    graph: LiveGraph, call: cst.Call, role: str, found: dict[str, cst.BaseExpression]
) -> list[Live]:
    """`location.membership(cluster, why)`."""
    of = found.get("of")
    seat = graph.operations.seat(of) if of is not None else None
    if seat is None or not seat.cluster or seat.key:
        text = "`membership` tells who belongs to a cluster, and is given none"
        graph.refuse(call, text, 'write `location.membership(workers, nondet("…"))`')
        return []
    why = graph.why(found, True, call, "membership")
    live = graph.add(call, "membership", role, "keyed_stream")
    live.bounded, live.why, live.cluster = False, why, seat.role
    return [live]


def _text(expr: cst.BaseExpression | None) -> str:
    if isinstance(expr, (cst.SimpleString, cst.ConcatenatedString)):
        value = expr.evaluated_value
        return value if isinstance(value, str) and value.isidentifier() else ""
    return ""


def _is_flag(expr: cst.BaseExpression | None) -> bool:
    return expr is None or (isinstance(expr, cst.Name) and expr.value in ("True", "False"))


def _is_true(expr: cst.BaseExpression | None) -> bool:
    return isinstance(expr, cst.Name) and expr.value == "True"
