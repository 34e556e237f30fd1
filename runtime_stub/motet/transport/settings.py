"""The numbers a node runs with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from motet.packing import LARGEST_FRAME


class SettingError(ValueError):
    """A setting that does not exist, or a value that it cannot have."""


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

    hello_within: float = 3.0
    """How long a connection may stay without a hello: several that lead nowhere fit into `lost_after`."""

    largest_frame: int = LARGEST_FRAME
    window: int = 4096

    client_requests: int = 64 * 1024
    """Of one client of a port: bytes of requests that wait for the program before no more are read."""

    client_replies: int = 1024 * 1024
    """Of one client: bytes of replies that may wait for it while it takes none of them."""

    client_stalls: float = 5.0
    """Of one client for which more wait: how long it may take none before it is disconnected."""

    client_memory: int = 64 * 1024 * 1024
    """Of all clients of a node together: bytes of both, and of requests that have come in part."""

    largest_request: int = 1024 * 1024
    most_clients: int = 10_000
    """Clients of one port at a time; others are turned away."""

    retry_first: float = 0.02
    retry_longest: float = 1.0
    """The pause before dialing again: doubled each time, with jitter."""


def change(settings: Settings, pairs: Iterable[str]) -> Settings:
    """Settings with some of them changed: `NAME=NUMBER`."""
    known = {field.name: type(getattr(settings, field.name)) for field in fields(settings)}
    changes: dict[str, float] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if name not in known:
            there = ", ".join(sorted(known))
            raise SettingError(f"--setting {pair}: there is no setting '{name}', but {there}")
        if not equals:
            raise SettingError(f"--setting {pair}: write --setting {name}=NUMBER")
        try:
            changes[name] = known[name](text)
        except ValueError:
            changes[name] = 0
        if not changes[name] > 0:
            what = "a whole number" if known[name] is int else "a number"
            raise SettingError(f"--setting {pair}: '{name}' takes {what} above 0")
    return replace(settings, **changes)  # type: ignore[arg-type]
