"""What travels besides payloads: the first frame of a connection, and control frames.

Everything is MessagePack. A connection begins, in both directions, with the hello:
`["motet", version, fingerprint, location, member, run, incarnation, received]`, or
`["refused", fatal, reason]` instead; who has dialed may say the latter after its hello. The first six items of a hello
are the same in every version, so that nodes of different versions know who it is that they do not understand. What
follows is the link's stream, which one connection after another carries on: `received` says how many bytes of it
have arrived, and the peer goes on with the next byte.

The stream is a sequence of messages `[channel, content]`, and of runs: `[-channel, count]` and
then the bare contents of `count` messages of that channel. Channel 0 is control, with contents
`[kind, …]`; other numbers are given by the sender, which announces them with OPEN.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from motet.errors import MotetError
from motet.packing import unpack_whole
from motet.ports import NodeId

VERSION: Final = 1
MAGIC: Final = "motet"
REFUSED: Final = "refused"
_REFUSING: Final = b"\x93\xa7refused"

CONTROL: Final = 0
OPEN: Final = 1  # channel, path, name: frames of this channel follow
LOW: Final = 2  # channel, sent, count: report when `count` more of the `sent` are consumed
GRANT: Final = 3  # channel, count: that many more messages have been consumed
ACK: Final = 4  # position: bytes of the stream received so far
DONE: Final = 5  # this node has finished its part, nothing else follows but grants
ABORT: Final = 6  # location, member, line, reason: of an exception that left the choreography; None, reason: of garbage
CLOSE: Final = 7  # channel, stream: nothing more of that stream is wanted
LEAVE: Final = 8  # this node is going, and is not to be waited for
TRACE: Final = 9  # channel, traceparent: the next message of this channel is traced

HELLO_BYTES: Final = 1024 * 1024
HELLO_ITEMS: Final = 16 * 1024

LINE: Final = 300
"""Characters that are told of what was wrong with a connection."""


class End(Enum):
    """Why nothing more is to be expected of a peer, nor to be sent to it."""

    LOST = "lost"
    ABORTED = "aborted"
    GONE = "gone"  # after it was done


class ProtocolError(MotetError):
    """A peer, or a stranger, did not keep to the protocol; its connection is closed."""

    def __init__(self, reason: str) -> None:
        super().__init__(one_line(reason))


class GarbageError(ProtocolError):
    """Bytes that are not Motet's protocol."""


class OversizedFrame(ProtocolError):
    """A frame above the limit."""


class TruncatedFrame(ProtocolError):
    """The connection ended inside a frame."""


class HelloRefused(ProtocolError):
    """A hello that does not fit: another program, another run, an unknown peer.

    `fatal`: trying again would not help. `heard`: it was the other side that refused.
    """

    def __init__(self, reason: str, *, fatal: bool = False, heard: bool = False) -> None:
        super().__init__(reason)
        self.fatal = fatal
        self.heard = heard


class OtherVersion(HelloRefused):
    """A hello of another version of the protocol. `node` and `run`: who says it, if that could be read."""

    def __init__(self, version: int, node: NodeId | None = None, run: str = "") -> None:
        super().__init__(f"protocol version {version}, this is {VERSION}", fatal=True)
        self.version = version
        self.node = node
        self.run = run


class HelloTimeout(ProtocolError):
    """Somebody connected and said nothing."""


class Crowded(ProtocolError):
    """Too many have connected and said nothing, or together too much that is no hello."""


def one_line(text: str) -> str:
    """What a stranger may have written, as it can stand in a log: short, and without control characters."""
    short = text if len(text) <= LINE else f"{text[:LINE]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Which program a node was built from.

    `program` stands for the whole; `parts` (each message's name and the digest of its format) are
    only there to name what differs.
    """

    program: str = ""
    parts: tuple[tuple[str, str], ...] = ()

    def difference(self, other: Fingerprint) -> str | None:
        """The first message on which two builds do not agree, or None if they are the same."""
        if self.program == other.program:
            return None
        mine, theirs = dict(self.parts), dict(other.parts)
        for name in sorted(mine.keys() | theirs.keys()):
            if mine.get(name) != theirs.get(name):
                return f"message '{one_line(name)}' differs"
        return "the builds differ"


@dataclass(frozen=True, slots=True)
class Hello:
    """Who speaks, in which run of which program, and where to go on."""

    fingerprint: Fingerprint
    node: NodeId
    run: str
    incarnation: str
    received: int

    def pack(self) -> list[object]:
        """The frame."""
        prints = [self.fingerprint.program, [list(part) for part in self.fingerprint.parts]]
        return [
            MAGIC,
            VERSION,
            prints,
            self.node.location,
            self.node.member,
            self.run,
            self.incarnation,
            self.received,
        ]


def read_hello(frame: object) -> Hello:
    """Read the first frame of a connection; a `ProtocolError` names what is wrong with it."""
    match frame:
        case [
            "motet",
            int(version),
            _,
            str(location),
            int() | None as member,
            str(run),
            *_,
        ] if version != VERSION:
            raise OtherVersion(version, NodeId(location, member), run)
        case ["motet", int(version), *_] if version != VERSION:
            raise OtherVersion(version)
        case [
            "motet",
            int(),
            [str(program), list(parts)],
            str(location),
            int() | None as member,
            str(run),
            str(incarnation),
            int(received),
        ]:
            fingerprint = Fingerprint(program, tuple(_read_part(part) for part in parts))
            return Hello(fingerprint, NodeId(location, member), run, incarnation, received)
        case ["refused", bool(fatal), str(reason)]:
            raise HelloRefused(reason, fatal=fatal, heard=True)
    raise GarbageError("the first frame is not a hello")


def read_refusal(data: bytes | memoryview) -> HelloRefused | None:
    """What who has dialed says after its hello, if it refuses the answer to it; None if it goes on with messages."""
    if data[: len(_REFUSING)] != _REFUSING:
        return None
    try:
        read_hello(unpack_whole(bytes(data)))
    except HelloRefused as problem:
        return problem
    except Exception:  # messages that look like that
        return None
    return None


def _read_part(part: object) -> tuple[str, str]:
    match part:
        case [str(name), str(digest)]:
            return name, digest
    raise GarbageError("the first frame is not a hello")
