"""What a compiled choreography says of itself: for `motet plan`, `motet run` and the manifest."""

from __future__ import annotations

from collections.abc import Iterator

from motetc.backend.counts import messages_each, sessions, static_counts
from motetc.backend.openings import Openings
from motetc.backend.plan import Compiled
from motetc.backend.reasons import reasons_of
from motetc.frontend.program import Program
from motetc.ir.live import Hop
from motetc.ir.nodes import Choreography, Comm, Invoke
from motetc.ir.place import OWN, Place
from motetc.ir.summary import (
    ChannelSummary,
    ChoreographySummary,
    GivenSummary,
    NameSummary,
    PortSummary,
    RoleSummary,
)
from motetc.ir.types import Type
from motetc.ir.typetext import short
from motetc.ir.walk import operations


def summarize(program: Program, compiled: Compiled, openings: Openings) -> ChoreographySummary:
    """The summary of one choreography."""
    choreography = compiled.choreography
    reasons = reasons_of(choreography)
    return ChoreographySummary(
        key=f"{choreography.module}:{choreography.name}",
        path=program.modules[choreography.module].relative,
        line=choreography.span.line,
        roles=tuple(_roles(program, choreography)),
        arguments=tuple((p.name, _classes(choreography, p.place)) for p in choreography.parameters),
        results=tuple(
            dict.fromkeys(c for r in choreography.results for c in _classes(choreography, r.place))
        ),
        channels=tuple(_channels(compiled)),
        names=tuple(
            NameSummary(n, line, tuple(map(str, p.modes)) or ("everywhere",))
            for n, line, p in _names(compiled)
        ),
        calls=tuple(_calls(compiled)),
        nondeterminism=tuple((r.line, r.reason) for r in reasons if r.kind == "nondet"),
        runnable=not choreography.open,
        own=tuple(p.name for p in choreography.parameters if OWN in p.place.modes.values()),
        optional=tuple(p.name for p in choreography.parameters if p.node.default is not None),
        reasons=reasons,
        ports=tuple(_ports(openings, compiled)),
        watched=openings.watched_by(choreography),
        given=tuple(_given(compiled)),
    )


def _ports(openings: Openings, compiled: Compiled) -> Iterator[PortSummary]:
    choreography = compiled.choreography
    for role in choreography.roles:
        location = "" if role.variable else role.class_name
        for port in openings.ports_at(choreography, role.name):
            types = compiled.facts.payload.get(port.uid)
            own = types is not None and port.role == role.name
            asked, told = map(short, types.args) if types is not None and own else ("", "")
            yield PortSummary(
                port.name, role.name, location, port.span.line, asked, told, port.single
            )


def _roles(program: Program, choreography: Choreography) -> Iterator[RoleSummary]:
    for role in choreography.roles:
        folder = "" if role.variable else program.locations[role.location].folder
        yield RoleSummary(role.name, "" if role.variable else role.class_name, folder, role.cluster)


def _classes(choreography: Choreography, place: Place) -> tuple[str, ...]:
    return tuple(choreography.role(r).class_name for r in place.modes)


def _names(compiled: Compiled) -> list[tuple[str, int, Place]]:
    seen: dict[tuple[str, int], Place] = {}
    for name, line, place in compiled.facts.names:
        seen[(name, line)] = place
    return sorted(
        ((n, line, p) for (n, line), p in seen.items()), key=lambda item: (item[1], item[0])
    )


def _channels(compiled: Compiled) -> Iterator[ChannelSummary]:
    counts = dict(static_counts(compiled.choreography.body))
    inside = sessions(compiled.choreography.body)
    for op in operations(compiled.choreography.body):
        if isinstance(op, Hop):
            yield from _streams(compiled, op)
        if not isinstance(op, Comm):
            continue
        text = _type_text(compiled.facts.payload.get(op.uid))
        name = compiled.names.get(op.uid, "")
        for receiver in op.receivers or (op.sender,):
            if id(receiver) in compiled.facts.elided:
                continue
            yield ChannelSummary(
                name,
                str(op.sender),
                str(receiver),
                text,
                op.kind,
                op.span.line,
                counts.get(op.uid),
                op.why,
                messages_each(op, receiver, op.uid in inside),
            )


def _streams(compiled: Compiled, hop: Hop) -> Iterator[ChannelSummary]:
    """A stream is one channel to each of its receivers; how many messages its elements make is known when it runs."""
    payload = compiled.facts.payload.get(hop.uid)
    text = _type_text(payload.args[0] if payload is not None else None)
    name = compiled.names.get(hop.uid, "")
    note = f"a stream, {hop.why}" if hop.why else "a stream"
    for receiver in hop.receivers:
        yield ChannelSummary(name, hop.sender, receiver, text, hop.kind, hop.span.line, None, note)


def _type_text(payload: Type | None) -> str:
    return short(payload) if payload else "?"


def _given(compiled: Compiled) -> Iterator[GivenSummary]:
    for op in operations(compiled.choreography.body):
        if isinstance(op, Invoke):
            for variable, type_ in compiled.facts.given.get(op.uid, {}).items():
                call, line = compiled.names[op.uid], op.span.line
                yield GivenSummary(call, variable, short(type_), line)


def _calls(compiled: Compiled) -> Iterator[str]:
    seen: set[str] = set()
    for op in operations(compiled.choreography.body):
        if isinstance(op, Invoke):
            module, _, name = op.callee.rpartition(".")
            key = f"{module}:{name}"
            if key not in seen:
                seen.add(key)
                yield key
