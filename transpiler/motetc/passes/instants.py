"""Instants: what slices, atomic sections and feedback ask for.

Part of the guarantees pass. A slice needs something that sets it going; what is in an atomic section is read by slices
alone, and atomically; a cycle must leave the instant somewhere, through the network or a slice. (Ticks and atomics as
in Hydro; that a synchronous cycle has no meaning is the causality rule of synchronous languages.)
"""

from __future__ import annotations

from collections.abc import Iterator

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.ir.live import RESOLVING, Live
from motetc.ir.nodes import Flow
from motetc.ir.operators import CLASSES, LOOP
from motetc.ir.slices import Reading, SliceLive

# What an atomic collection does not have: it would leave its section, or its instant.
_OUTSIDE = frozenset({"sample_every", "sample_eager", "timeout", "for_each", "dest_sink"})


def check_instants(flow: Flow, clusters: frozenset[str], findings: Findings) -> None:
    """Report what is wrong with slices, atomic sections and channels of a flow. `clusters`: those of the roles."""
    unbegun = {
        x.inputs[0].uid for x in flow.lives if x.op == "end_atomic" and not x.inputs[0].atomic
    }
    for live in flow.lives:
        if isinstance(live, SliceLive):
            _slice(live, unbegun, clusters, findings)
        elif live.op == "channel":
            _channel(flow, live, findings)
        elif live.inputs:
            _section(live, findings)
    for collect in flow.collects:
        if collect.live.atomic:
            _leaves(collect.live, "collect", collect.live, findings, collect.span)


# Slices


def _slice(
    live: SliceLive, unbegun: set[int], clusters: frozenset[str], findings: Findings
) -> None:
    if live.slice is None:
        return
    tick = live.slice.tick
    if not (live.inputs or live.refused or "seconds" in live.arguments):
        findings.error(
            "idle-slice",
            live.span,
            "nothing sets this slice going: it reads no batch, and has no timer",
            f'have it wait for a stream: `{tick}.batch(stream, nondet("…"))`; or for the time: '
            f'`.sliced(every=1.0, why=nondet("…"))`',
        )
    elsewhere: set[str] = set()
    for reading in live.slice.readings:
        if reading.live.role in elsewhere:
            continue  # once is enough to know where the slice should be
        elsewhere |= {reading.live.role} - {live.role}
        if reading.kind != "atomic" or not _comes_of(
            reading.live, unbegun
        ):  # of a section that is told
            _reading(live, reading, clusters, findings)


def _comes_of(live: Live, streams: set[int]) -> bool:
    """Whether a collection is one of these, or made of it."""
    return live.uid in streams or any(_comes_of(x, streams) for x in live.inputs)


def _reading(
    live: SliceLive, reading: Reading, clusters: frozenset[str], findings: Findings
) -> None:
    read, tick = reading.live, live.body.tick
    related = (Related(read.span, f"this {CLASSES[read.shape]}"),)
    if read.role != live.role:
        text = f"this slice is at `{live.role}`, and what it reads is at `{read.role}`"
        way = "broadcast" if live.role in clusters else "send"
        help = f"send it there first: `.{way}(to={live.role})`; or have the slice there: `with {read.role}.sliced()`"
        findings.error("no-common-place", reading.span, text, help, related)
    elif read.atomic and reading.kind != "atomic":
        text = f"`{reading.kind}` may miss what this atomic section has acknowledged already"
        help = f"write `{tick}.atomic(…)`, which sees all of it"
        findings.error("atomic-section", reading.span, text, help, related)
    elif not read.atomic and reading.kind == "atomic":
        kind = "batch" if reading.pends else "snapshot"
        text = f"`atomic` reads what is in an atomic section, and this {CLASSES[read.shape]} is in none"
        help = f'write `{tick}.{kind}(…, nondet("…"))`, or begin a section before it: `.atomic()`'
        findings.error("atomic-section", reading.span, text, help, related)


# Atomic sections


def _section(live: Live, findings: Findings) -> None:
    base = live.inputs[0]
    if live.op == "atomic" and base.atomic:
        related = (Related(_begun(base).span, "this section goes on here"),)
        text = "an atomic section begins inside of another one"
        findings.error("atomic-section", live.span, text, "leave this `.atomic()` away", related)
    elif live.op == "end_atomic" and not base.atomic:
        text = "an atomic section ends here that has not begun"
        findings.error("atomic-section", live.span, text, "begin it before: `.atomic()`")
    elif base.atomic and (live.hop is not None or live.op in (*_OUTSIDE, LOOP.name)):
        _leaves(live, live.op, base, findings)
    elif any(other.atomic != base.atomic for other in live.inputs[1:]):
        inner, outer = sorted(live.inputs[:2], key=lambda x: not x.atomic)
        sides = (
            Related(inner.span, "this is in an atomic section"),
            Related(outer.span, "this is not"),
        )
        text = f"`{live.op}` takes a collection in an atomic section and one outside of it"
        help = "have both begin the section: `.atomic()`; or end it before: `.end_atomic()`"
        findings.error("atomic-section", live.span, text, help, sides)


def _leaves(live: Live, op: str, base: Live, findings: Findings, span: Span | None = None) -> None:
    """`span`: where it is taken out, if not where the node itself is."""
    related = (Related(_begun(base).span, "the section begins here"),)
    loop = op == LOOP.name
    said = op.replace("_", " ") if loop else op
    text = f"`{said}` takes this out of its atomic section before the section is done"
    then = "" if loop else f".{op}({'' if op == 'collect' else '…'})"
    help = f"end the section first: `.end_atomic(){then}`"
    findings.error("atomic-section", span or live.span, text, help, related)


def _begun(live: Live) -> Live:
    """Where the section of a collection begins."""
    node = live
    while node.op != "atomic" and node.inputs:
        node = next((i for i in node.inputs if i.atomic or node.op == "atomic"), node.inputs[0])
    return node


# Feedback


def _awaited_twice(flow: Flow, channel: Live, findings: Findings) -> None:
    """A cycle ends when no awaitable is under way in it, which can be told of one place that waits."""
    first, *others = [x for x in flow.cycle_of(channel) if x.op in RESOLVING] or [channel]
    for live in others:
        text = "awaitables go round in this cycle at two places: nobody can tell when it has ended"
        help = "have one function make all of them: `.map(f).resolve_futures()` once in the cycle"
        related = (Related(first.span, "they go round here as well"),)
        findings.error("unsupported-syntax", live.span, text, help, related)


def _channel(flow: Flow, channel: Live, findings: Findings) -> None:
    if not channel.fed and not channel.refused:
        text = "nothing is ever sent into this channel"
        help = "feed it: `sender.send(stream)`; or leave the channel away"
        findings.error("unfed-channel", channel.span, text, help)
    for stream, at in zip(channel.fed, channel.fed_at, strict=True):
        _fed(channel, stream, at, findings)
    _awaited_twice(flow, channel, findings)
    steps = _loop(flow, channel)
    if steps:
        related = tuple(Related(s.span, f"… goes on to `{_called(s)}`") for s in steps)
        text = f"`{channel.name or 'this channel'}` feeds itself within one instant: nothing on the way takes time"
        help = (
            "let it wait for the next run of a slice (`tick.batch(…)`), or send it to another location and back: "
            "a cycle needs a slice or a message in it"
        )
        findings.error("instant-cycle", channel.span, text, help, related)
        channel.fed.clear()  # nothing after this could make anything of it
        channel.fed_at.clear()


def _fed(channel: Live, stream: Live, at: Span, findings: Findings) -> None:
    related = (Related(channel.span, "the channel is declared here"),)
    if stream.atomic:
        _leaves(stream, "send", stream, findings)
    if not stream.once:
        text = (
            "a channel carries every element once, and these may come more than once (AtLeastOnce)"
        )
        help = 'drop the repeats: `.unique()`; or accept them: `.assume_retries(nondet("…"))`'
        findings.error("order-needed", at, text, help, related)
    if channel.ordered and not stream.ordered:
        text = "an ordered channel needs elements in order, and these come in no particular one (NoOrder)"
        help = 'leave `ordered=True` away, or accept any order: `.assume_ordering(nondet("…"))`'
        findings.error("order-needed", at, text, help, related)


def _loop(flow: Flow, channel: Live) -> list[Live]:
    """The way from a channel back to itself that takes no time; empty if there is none."""
    came_from: dict[int, Live] = {}
    todo = [channel]
    while todo:
        node = todo.pop(0)
        for after in _consumers(flow, node):
            if after.uid in came_from:
                continue
            came_from[after.uid] = node
            if after is channel:
                return _way(channel, came_from)
            todo.append(after)
    return []


def _way(channel: Live, came_from: dict[int, Live]) -> list[Live]:
    steps, node = [], came_from[channel.uid]
    while node is not channel:
        steps.append(node)
        node = came_from[node.uid]
    return list(reversed(steps))


def _consumers(flow: Flow, node: Live) -> Iterator[Live]:
    return (x for x, _ in flow.consumers(node) if x.op != "sliced")


def _called(live: Live) -> str:
    return live.name or live.op
