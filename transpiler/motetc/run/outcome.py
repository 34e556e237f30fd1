"""What came of a run: results by location, messages by pair, and the first cause when it failed."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from motetc.run.deploy import NodeName
from motetc.run.request import Request

_OF_ARGUMENT: Final = re.compile(r"--arg (\w+)(?=: )")


@dataclass(frozen=True, slots=True)
class Ended:
    """How one node ended. `stopped`: we ended it, so its exit code says nothing."""

    node: NodeName
    code: int
    report: Mapping[str, Any] = field(default_factory=dict)
    stopped: bool = False
    spared: bool = False
    """The run went on without it."""

    @property
    def failed(self) -> bool:
        """Did the node itself go wrong?"""
        if self.stopped or self.spared:
            return False
        return self.code != 0 or not self.report.get("ok", False)


def is_spared(request: Request, node: NodeName, code: int, report: Mapping[str, Any]) -> bool:
    """Whether a member that was killed or told to stop is one that the run can do without."""
    told = (report.get("error") or {}).get("kind") == "Stopped"
    return node.location in request.watched and (code < 0 or told)


def summary(request: Request, ended: Sequence[Ended]) -> dict[str, object]:
    """The object that `--json` prints."""
    return {"results": results(request, ended), "messages": messages(ended)}


def results(request: Request, ended: Sequence[Ended]) -> dict[str, object]:
    """By location class; a cluster's as a list in member order."""
    values: dict[str, object] = {}
    for played in request.locations:
        if played.location in request.results:
            own = [
                end.report.get("result") for end in ended if end.node.location == played.location
            ]
            values[played.location] = own[0] if played.size is None else own
    return values


def messages(ended: Sequence[Ended]) -> dict[str, int]:
    """`Source->Destination` -> payload messages really sent, members summed."""
    counts: Counter[str] = Counter()
    for end in ended:
        for destination, count in end.report.get("messages", {}).items():
            counts[f"{end.node.location}->{destination}"] += count
    return {pair: count for pair, count in sorted(counts.items()) if count}


def first_cause(ended: Sequence[Ended]) -> str | None:
    """One line on what went wrong first; None when nothing did."""
    failed = [end for end in ended if end.failed]
    if not failed:
        return None
    first = min(failed, key=_rank)
    error = first.report.get("error")
    name = str(first.node) or "the process of all locations"
    if not error:
        return f"{name} {_ending(first.code)}"
    if error["kind"] == "PeerAborted":  # who aborted has not come to tell of it: this says it all
        return str(error["message"])
    where = f" at {error['line']}" if error.get("line") else ""
    text = f"{error.get('location') or name} failed{where}: {error['kind']}: {error['message']}"
    return text.removesuffix(": ")


def misuse(ended: Sequence[Ended], own: Container[str]) -> str | None:
    """What a node says of arguments that it cannot use, if that is how the run ended; of those that each member has its
    `own` of, with which one."""
    for end in ended:
        if is_misused(end.report):
            text = str(end.report["error"]["message"])
            of = _OF_ARGUMENT.match(text)
            if of is not None and of[1] in own and end.node.member is not None:
                return f"{of[0]}[{end.node.member}]{text.removeprefix(of[0])}"
            return text
    return None


def is_misused(report: Mapping[str, Any]) -> bool:
    """Whether a node could not use its arguments, and so has not begun."""
    return (report.get("error") or {}).get("kind") == "usage"


def _rank(end: Ended) -> tuple[int, float]:
    """Nodes that died without a word first, then those that tell of an error of their own, then those that suffered."""
    error = end.report.get("error")
    if not error:
        return (0, 0.0)
    return (1 if error.get("primary") else 2, error.get("time", 0.0))


def _ending(code: int) -> str:
    if code < 0:
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"
    return f"ended with exit code {code}" if code else "ended without a report"
