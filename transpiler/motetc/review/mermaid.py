"""`motet plan --format mermaid`: who sends what to whom, as a diagram that code hosts draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from motetc.ir.summary import ChannelSummary, ChoreographySummary
from motetc.review.plan import amount


def plan_mermaid(summaries: Sequence[ChoreographySummary]) -> str:
    """One sequence diagram; with several choreographies, each under a note with its name."""
    roles = {role.name: role for summary in summaries for role in summary.roles}
    lines = ["sequenceDiagram"]
    for role in roles.values():
        played_by = role.location if role.location.lower() != role.name else ""
        label = f" as {role.name}: {played_by}" if played_by else ""
        lines.append(f"    participant {role.name}{label}")
    for summary in summaries:
        lines += _choreography(summary, titled=len(summaries) > 1)
    return "\n".join(lines)


def _choreography(summary: ChoreographySummary, titled: bool) -> Iterator[str]:
    ends = [role.name for role in summary.roles]
    if titled and ends:
        yield f"    Note over {','.join(dict.fromkeys((ends[0], ends[-1])))}: {summary.key}"
    for channel in summary.channels:
        what = f"{_plain(channel.name)}: {_plain(channel.type)}{_members(channel)}"
        yield f"    {_arrow(channel)}: {what}{_count(channel)}"


def _arrow(channel: ChannelSummary) -> str:
    """Between participants: which member of a cluster it is can be any expression, and is told beside it."""
    return f"{channel.sender.partition('[')[0]}->>{channel.receiver.partition('[')[0]}"


def _members(channel: ChannelSummary) -> str:
    ends = (("from", channel.sender), ("to", channel.receiver))
    return "".join(f" {word} {_plain(end)}" for word, end in ends if "[" in end)


def _count(channel: ChannelSummary) -> str:
    text = amount(channel) if channel.count is not None else channel.note or "varies"
    return "" if text == "1" else f" ({_plain(text)})"


def _plain(text: str) -> str:
    """Mermaid ends a statement at a semicolon and reads `#` as an entity."""
    return text.replace("#", "#35;").replace(";", "#59;")
