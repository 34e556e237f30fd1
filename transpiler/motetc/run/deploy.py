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
def deployed(request: Request, transport: str, fingerprint: str) -> Iterator[Deployment]:
    """Listening sockets for every node, gone at the end."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="motet-", dir=_short_place()))
        )
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
            "fingerprint": fingerprint,
            "listening": True,
            "members": members,
        }
        file.write_text(json.dumps(document, indent=1), "utf-8")
        yield Deployment(file, folder, sockets)


def _short_place() -> str | None:
    """The usual folder for temporary files, unless the address of a Unix socket in it would be too long."""
    return (
        "/tmp"
        if len(tempfile.gettempdir()) > _LONGEST_PLACE and os.access("/tmp", os.W_OK)
        else None
    )


def nodes_of(played: Played) -> Iterator[NodeName]:
    """The processes that play one location."""
    for member in played.nodes:
        yield NodeName(played.location, played.folder, member)


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
