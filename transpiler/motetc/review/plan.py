"""`motet plan` in words and as JSON: what a choreography says, without running it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from motetc.ir.summary import ChannelSummary, ChoreographySummary, PortSummary


def plan_text(summaries: Sequence[ChoreographySummary]) -> str:
    """For people: one block per choreography, columns aligned."""
    return "\n\n".join("\n".join(_block(summary)) for summary in summaries)


def plan_json(summaries: Sequence[ChoreographySummary]) -> str:
    """One object for programs; its keys are a public format and only ever grow."""
    return json.dumps(
        {"choreographies": [_record(summary) for summary in summaries]},
        indent=2,
        ensure_ascii=False,
    )


def amount(channel: ChannelSummary) -> str:
    """How many messages a channel takes in one run: `3`, `n`, `3 times n`."""
    if channel.count is None:
        return "varies"
    if channel.each == "1":
        return str(channel.count)
    return channel.each if channel.count == 1 else f"{channel.count} times {channel.each}"


def messages(channel: ChannelSummary) -> str:
    """The same in words, with what is to be said of it."""
    if channel.count is None:
        return channel.note or "varies"
    text = amount(channel)
    note = f", {channel.note}" if channel.note else ""
    return f"{text} message{'' if text == '1' else 's'}{note}"


def _block(summary: ChoreographySummary) -> Iterator[str]:
    yield f"{summary.key}  ({summary.path}:{summary.line})"
    roles = (f"{role.name}: {_played_by(role.location, role.cluster)}" for role in summary.roles)
    yield f"  locations  {', '.join(roles)}"
    if summary.arguments:
        yield f"  arguments  {', '.join(f'{name} at {_listed(at)}' for name, at in summary.arguments)}"
    if summary.results:
        yield f"  results    {_listed(summary.results)}"
    if summary.calls:
        yield f"  calls      {', '.join(summary.calls)}"
    rows = [(f"{x.call}:", f"{x.variable} = {x.type}", f"line {x.line}") for x in summary.given]
    yield from _table("types", rows)
    yield from _table("ports", [_port_row(port) for port in summary.ports])
    yield from _table("messages", [_channel_row(channel) for channel in summary.channels])
    yield from _table(
        "knows", [(name.name, f"line {name.line}", _listed(name.places)) for name in summary.names]
    )
    yield from _table(
        "left open", [(f"line {line}", reason) for line, reason in summary.nondeterminism]
    )


def _port_row(port: PortSummary) -> tuple[str, ...]:
    types = f"{port.request} -> {port.reply}" if port.request else "in a call"
    clients = "one client" if port.single else "any clients"
    return port.name, f"at {port.role}", types, f"line {port.line}", clients


def _channel_row(channel: ChannelSummary) -> tuple[str, ...]:
    ends = f"{channel.sender} -> {channel.receiver}"
    return channel.name, ends, channel.type, f"line {channel.line}", messages(channel)


def _table(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    yield f"  {title}"
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(cells)}".rstrip()


def _played_by(location: str, cluster: bool) -> str:
    return f"{location or 'any location'}{' (cluster)' if cluster else ''}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "everywhere"


def _record(summary: ChoreographySummary) -> dict[str, object]:
    return {
        "choreography": summary.key,
        "path": summary.path,
        "line": summary.line,
        "locations": [
            {
                "name": role.name,
                "location": role.location or None,
                "folder": role.folder,
                "cluster": role.cluster,
            }
            for role in summary.roles
        ],
        "arguments": {name: list(places) for name, places in summary.arguments},
        "results": list(summary.results),
        "channels": [_channel_record(channel) for channel in summary.channels],
        "knows": [
            {"name": x.name, "line": x.line, "places": list(x.places)} for x in summary.names
        ],
        "calls": list(summary.calls),
        "given": [
            {"call": x.call, "variable": x.variable, "type": x.type, "line": x.line}
            for x in summary.given
        ],
        "nondeterminism": [
            {"line": line, "reason": reason} for line, reason in summary.nondeterminism
        ],
        "ports": [
            {
                "name": port.name,
                "at": port.role,
                "request": port.request or None,
                "reply": port.reply or None,
                "single": port.single,
                "line": port.line,
            }
            for port in summary.ports
        ],
        "runnable": summary.runnable,
    }


def _channel_record(channel: ChannelSummary) -> dict[str, object]:
    return {
        "name": channel.name,
        "from": channel.sender,
        "to": channel.receiver,
        "type": channel.type,
        "operation": channel.operation,
        "line": channel.line,
        "count": channel.count,
        "each": channel.each,
        "note": channel.note,
    }
