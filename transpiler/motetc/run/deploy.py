"""Addresses for one run on this machine: sockets that listen before anyone dials, in a place of their own.

The launcher binds every socket and hands it to its node as an inherited file descriptor. So ports are the kernel's
choice, no two runs collide, and no node finds another not yet there.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from motetc.config import ConfigError, closest
from motetc.run.request import Played, Request

_LONGEST_PLACE = 60  # of the 104 or 108 bytes that the address of a Unix socket may have


@dataclass(frozen=True, slots=True)
class NodeName:
    """One process of a run."""

    location: str
    folder: str
    member: int | None

    @property
    def place(self) -> str:
        """As the runtime names it: `Seller`, `Worker[2]`."""
        return self.location if self.member is None else f"{self.location}[{self.member}]"

    def __str__(self) -> str:
        return self.folder if self.member is None else f"{self.folder}[{self.member}]"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where every node listens; `file` says so to the nodes."""

    file: Path
    folder: Path
    sockets: Mapping[NodeName, socket.socket]

    def report(self, node: NodeName) -> Path:
        """Where a node leaves its results."""
        return self.folder / f"{node}.json"


@contextmanager
def deployed(request: Request, transport: str) -> Iterator[Deployment]:
    """Listening sockets for every node, gone at the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch(_LONGEST_PLACE if transport == "unix" else None))
        sockets: dict[NodeName, socket.socket] = {}
        members: dict[str, list[str]] = {}
        for played in request.locations:
            for node in nodes_of(played):
                listener, address = _listen(transport, folder / f"{len(sockets)}.sock")
                sockets[node] = stack.enter_context(listener)
                members.setdefault(played.location, []).append(address)
        file = folder / "deployment.json"
        document = {
            "run": os.urandom(8).hex(),
            "listening": True,
            "members": members,
        }
        file.write_text(json.dumps(document, indent=1), "utf-8")
        yield Deployment(file, folder, sockets)


@contextmanager
def scratch(longest: int | None = None) -> Iterator[Path]:
    """A folder of this run, gone at its end, in a place whose path has no more bytes than `longest`."""
    with tempfile.TemporaryDirectory(prefix="motet-", dir=_place(longest)) as folder:
        yield Path(folder)


def _place(longest: int | None) -> str:
    """The usual folder for temporary files, or another one where its path is too long."""
    try:
        usual = tempfile.gettempdir()
    except FileNotFoundError:
        raise ConfigError("no folder for temporary files can be written: set TMPDIR") from None
    if longest is None:
        return usual
    for folder in (usual, "/tmp", "/var/tmp"):
        if len(os.fsencode(folder)) <= longest and os.access(folder, os.W_OK):
            return folder
    raise ConfigError(
        f"{usual} is too long a path for Unix sockets: set TMPDIR to a shorter one, or use --transport tcp"
    )


def nodes_of(played: Played) -> Iterator[NodeName]:
    """The processes that play one location."""
    for member in played.nodes:
        yield NodeName(played.location, played.folder, member)


def node_called(asked: str, request: Request) -> NodeName:
    """The node that a person calls so: `seller` or `Seller`, `worker[1]` or `Worker[1]`."""
    nodes = [node for played in request.locations for node in nodes_of(played)]
    for node in nodes:
        if asked in (str(node), node.place):
            return node
    known = [*map(str, nodes)]
    has = f" (there are {', '.join(known)})"
    raise ConfigError(f"--terminal {asked}: there is no such node{closest(asked, known) or has}")


def _listen(transport: str, path: Path) -> tuple[socket.socket, str]:
    if transport == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        address = f"unix:{path}"
    else:
        listener = socket.socket(socket.AF_INET)
        listener.bind(("127.0.0.1", 0))
        address = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
    listener.listen(128)
    return listener, address
