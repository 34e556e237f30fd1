"""The exceptions of the runtime.

Everything that a choreography can meet while it waits for somebody else is one of these, and each
of them says who is meant and why, in one line: `motet.node` prints them without a traceback.
"""

from __future__ import annotations

from typing import Final

MESSAGE: Final = 10_000
"""Characters of an exception's message that others hear of."""


def text_of(error: BaseException) -> str:
    """What an exception says, whatever its class makes of that, as text that can travel."""
    try:
        said = str(error)
    except Exception:
        said = "<exception str() failed>"  # as tracebacks have it
    return sendable(said)


def sendable(text: str) -> str:
    """The same text, of bounded length and of characters that have a form in UTF-8."""
    if len(text) > MESSAGE:
        text = f"{text[:MESSAGE]}… ({len(text)} characters)"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class MotetError(Exception):
    """Anything that goes wrong in the runtime itself; never an exception of the user's code."""


class NotProjectedError(MotetError, RuntimeError):
    """A choreography, or a communication of one, was executed without having been projected."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} only has a meaning in a choreography: run `motet build` and execute the "
            "generated modules (`motet run`, or `python -m generated.<location>`)"
        )


def describe_place(location: str, member: int | None) -> str:
    """How messages call one node: `Seller`, or `Worker[2]` for a member of a cluster."""
    return location if member is None else f"{location}[{member}]"


class PeerLost(MotetError):
    """A peer is gone for good: unreachable for too long, restarted, or finished too early."""

    def __init__(self, location: str, member: int | None, reason: str) -> None:
        self.location = location
        self.member = member
        self.reason = reason
        super().__init__(f"{self.peer} is lost: {reason}")

    @property
    def peer(self) -> str:
        """Who is lost, as messages call it."""
        return describe_place(self.location, self.member)

    def __reduce__(self) -> tuple[type[PeerLost], tuple[str, int | None, str]]:
        return (type(self), (self.location, self.member, self.reason))


class PeerAborted(MotetError):
    """An exception left the choreography at a peer; it ends everywhere."""

    def __init__(self, location: str, member: int | None, line: str | None, reason: str) -> None:
        self.location = location
        self.member = member
        self.line = line
        self.reason = reason
        where = f" at {line}" if line else ""
        super().__init__(f"{self.peer} aborted{where}: {reason}")

    @property
    def peer(self) -> str:
        """Who aborted, as messages call it."""
        return describe_place(self.location, self.member)

    def __reduce__(self) -> tuple[type[PeerAborted], tuple[str, int | None, str | None, str]]:
        return (type(self), (self.location, self.member, self.line, self.reason))


class BadMessage(MotetError):
    """A message was received whose content is not what the channel carries."""

    def __init__(self, channel: str, sender: str, reason: str) -> None:
        self.channel = channel
        self.sender = sender
        self.reason = reason
        super().__init__(f"bad message on channel '{channel}' from {sender}: {reason}")


class UnsendableValue(MotetError):
    """A value was given to `send` that cannot travel."""

    def __init__(self, channel: str, reason: str) -> None:
        self.channel = channel
        self.reason = reason
        super().__init__(f"cannot send on channel '{channel}': {reason}")

    @classmethod
    def of(cls, channel: str, problem: Exception) -> UnsendableValue:
        """What went wrong when a value was encoded, packed or queued."""
        return cls(channel, problem.reason if isinstance(problem, cls) else text_of(problem))


class CollectiveError(MotetError, ValueError):
    """A collective was called with members that do not fit it (missing, foreign, mismatched)."""
