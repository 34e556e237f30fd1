"""The operations between locations: their names, their parameters, how each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motetc.ir.nodes import CommKind

KINDS: dict[str, CommKind] = {
    "send": "send",
    "share": "share",
    "gather": "gather",
    "scatter": "scatter",
    "reduce": "reduce",
    "all_gather": "all_gather",
    "all_to_all": "all_to_all",
    "all_reduce": "all_reduce",
    "shift": "shift",
    "exchange": "exchange",
}
# The positional parameters of each operation, after the sender.
POSITIONAL: dict[str, tuple[str, ...]] = {
    "send": ("value",),
    "share": ("value",),
    "gather": ("value",),
    "scatter": ("value",),
    "reduce": ("value", "function"),
    "all_gather": ("value",),
    "all_to_all": ("value",),
    "all_reduce": ("value", "function"),
    "shift": ("value", "by", "wrap"),
    "exchange": ("value", "partner"),
}
KEYWORDS = {
    "values": "value",
    "f": "function",
    "x": "value",
    "m": "value",
    "value": "value",
    "function": "function",
    "by": "by",
    "wrap": "wrap",
    "partner": "partner",
    "at_least": "at_least",
    "why": "why",
    "to": "to",
}
# What others call what these do.
ELSEWHERE = {
    "broadcast": "share",
    "com": "send",
    "comm": "send",
    "move": "send",
    "multicast": "share",
}
RECEIVED = frozenset({"receive", "recv", "receive_from", "recv_from"})
"""What others call the other end of a message."""
OF_MEMBERS = frozenset({"count", "id", "ids", "index", "n", "num", "rank", "ranks", "size"})
"""What others call how many members a cluster has, and which one this is."""
EACH = "`each` is written `for member in cluster.each():`"
CLUSTER_ONLY = frozenset(
    {"gather", "reduce", "all_gather", "all_to_all", "all_reduce", "shift", "exchange"}
)
NEEDS_TO = frozenset({"send", "share", "gather", "scatter", "reduce"})


def written(
    kind: str, speaker: str = "…", value: str = "x", to: str = "…", function: str = "f"
) -> str:
    """How an operation is written."""
    shown = {"function": function, "value": value}
    parts = [shown.get(n, n) for n in POSITIONAL[kind] if n not in ("by", "wrap")]
    if kind in NEEDS_TO:
        parts.append(f"to={to}")
    return f"write `await {speaker}.{kind}({', '.join(parts)})`"


def meant(name: str) -> str:
    """The operation that a method which is not there was meant to be, and how it is written; "" for all else."""
    if name in RECEIVED:
        return received("sender", "receiver")
    if name in OF_MEMBERS:
        return (
            "of a cluster, `len(cluster)` is how many members it has, `cluster.members` are their ids, "
            "and `cluster.me` is whose code runs: `cluster.me.index`"
        )
    if name == "barrier":
        return "write `await cluster.all_gather(None)`: nobody goes on before all members have come to it"
    kind = ELSEWHERE.get(name)
    return "" if kind is None else written(kind)


def received(sender: str, receiver: str) -> str:
    """What to write for the other end of a message."""
    return (
        f"a message is one statement, of who sends it: `x = await {sender}.send(…, to={receiver})`"
    )


def meant_alone(name: str) -> str:
    """The same where no location stands before it."""
    if name in KINDS:
        return f"{written(name)}: an operation is one of who sends"
    return meant(name)
