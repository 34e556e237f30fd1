"""Spans of a node, for OpenTelemetry: its part in a run, and one message in many, at both ends.

A sender looks at its credit after so many messages anyway, and that is where one is traced: the others cost nothing.
All nodes of a run are in one trace, whose number follows from the run's name, so that nobody has to be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from typing import Any, Final

from motet.hosting.options import TRACING
from motet.ports import NodeId

VERSION: Final = "00"
"""Of W3C's `traceparent`."""


class Tracing:
    """Makes the spans of one node. (It is the `Sampler` of its links.)"""

    def __init__(self, every: int, me: NodeId, run: str) -> None:
        self.every = every
        self._api = import_module(TRACING)
        self._tracer: Any = self._api.get_tracer("motet")
        self._me = me
        self._run = run

    @contextmanager
    def part(self, choreography: str) -> Iterator[None]:
        """This node takes part meanwhile."""
        number = sha256(self._run.encode()).digest()
        run = self._remote(int.from_bytes(number[:16]), int.from_bytes(number[16:24]), 1)
        about = {"motet.location": str(self._me), "motet.run": self._run}
        with self._tracer.start_as_current_span(choreography, run, attributes=about):
            yield

    def failed(self, reason: str) -> None:
        """The part that this node takes has come to nothing."""
        self._api.get_current_span().set_status(self._api.StatusCode.ERROR, reason)

    def sent(self, peer: NodeId, channel: str) -> str:
        """A message is about to be sent, as part of what the sender does just now."""
        span = self._tracer.start_span(
            f"send {channel}", kind=self._api.SpanKind.PRODUCER, attributes=_between(self._me, peer)
        )
        span.end()
        context = span.get_span_context()
        if not context.trace_flags.sampled:
            return ""
        return f"{VERSION}-{context.trace_id:032x}-{context.span_id:016x}-01"

    def arrived(self, peer: NodeId, channel: str, parent: str, waiting: int) -> None:
        """That message has come."""
        try:
            _, trace, span, flags = (int(part, 16) for part in parent.split("-"))
        except ValueError:
            return  # of a later version, which nobody has to understand
        self._tracer.start_span(
            f"receive {channel}",
            self._remote(trace, span, flags),
            kind=self._api.SpanKind.CONSUMER,
            attributes={**_between(peer, self._me), "motet.waiting": waiting},
        ).end()

    def _remote(self, trace: int, span: int, flags: int) -> Any:
        """The context of a span of somebody else's."""
        api = self._api
        context = api.SpanContext(trace, span, is_remote=True, trace_flags=api.TraceFlags(flags))
        return api.set_span_in_context(api.NonRecordingSpan(context))


def _between(sender: NodeId, receiver: NodeId) -> dict[str, str]:
    return {"motet.sender": str(sender), "motet.receiver": str(receiver)}
