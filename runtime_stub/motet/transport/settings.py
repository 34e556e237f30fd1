"""The numbers a node runs with."""

from __future__ import annotations

from dataclasses import dataclass

from motet.packing import LARGEST_FRAME


@dataclass(frozen=True, slots=True)
class Settings:
    """Times in seconds, sizes in bytes.

    `window` is how far a sender may be ahead of its receiver on one channel, in messages of up to
    1 KiB; a larger message counts once per KiB. It bounds what a receiver keeps in memory.
    """

    lost_after: float = 10.0
    """How long a peer may be unreachable before it is lost."""

    start_within: float = 60.0
    """How long the first connection to a peer may take: it may be started by hand."""

    hello_within: float = 10.0
    """How long a connection may stay without a hello."""

    largest_frame: int = LARGEST_FRAME
    window: int = 4096

    retry_first: float = 0.02
    retry_longest: float = 1.0
    """The pause before dialing again: doubled each time, with jitter."""
