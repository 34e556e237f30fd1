"""The process that starts nodes: begun before it is known what to start, so that it is ready when that is.

It imports what every node needs, once, and each node is a fork of it (see `motet.hosting.starter`). It lives in a
process group of its own: Ctrl-C reaches the launcher alone.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motetc.config import Config


class Starter:
    """A connection to that process."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self.socket, theirs = socket.socketpair()
        # -P: the working directory is the user's, and no place to import from.
        command = [sys.executable, "-P", "-m", "motet.hosting.starter"]
        try:
            with theirs:
                self._pid = os.posix_spawn(
                    command[0],
                    command,
                    {**os.environ, "PYTHONPATH": _path([runtime]), "PYTHONUNBUFFERED": "1"},
                    file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)],
                    setpgroup=0,
                )
        except OSError:
            self.socket.close()
            raise
        self._heard = b""

    def look_in(self, folders: Sequence[Path]) -> None:
        """Have nodes import from these folders, before whatever the user has on the path."""
        self._say({"path": _path([*folders, self._runtime])}, [])

    def start(self, words: Sequence[str], handles: Sequence[int]) -> None:
        """Order a node: its name, its module and the arguments; its three streams, and a listener to inherit."""
        self._say(words, handles)

    def _say(self, content: object, handles: Sequence[int]) -> None:
        order = json.dumps(content).encode()
        with suppress(OSError):  # if it has gone, `answers` will tell
            socket.send_fds(self.socket, [len(order).to_bytes(8, "big")], handles)
            self.socket.sendall(order)

    def answers(self) -> list[list[str]] | None:
        """What it has said: `started PID` for each order in turn, `ended PID CODE`. None: it has gone."""
        try:
            heard = self.socket.recv(64 * 1024)
        except ConnectionError:
            heard = b""
        *lines, self._heard = (self._heard + heard).split(b"\n")
        return [line.decode().split() for line in lines] if heard else None

    def close(self) -> None:
        """Let it end, with whatever it has started."""
        self.socket.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def begun() -> Starter | None:
    """A starter that gets ready from now on; None if there is no runtime."""
    spec = importlib.util.find_spec("motet")
    if spec is None or spec.origin is None:
        return None
    return Starter(Path(spec.origin).parents[1])


@contextmanager
def starter_for(config: Config, ready: Starter | None = None) -> Iterator[Starter]:
    """A starter of the nodes of one project: the one that has begun already, if there is one."""
    starter = ready or begun()
    if starter is None:
        from motetc.config import ConfigError

        raise ConfigError("the runtime is not installed: pip install motet-runtime")
    try:
        starter.look_in([config.output.parent, *config.sources])
        yield starter
    finally:
        starter.close()


def _path(folders: Sequence[Path]) -> str:
    """PYTHONPATH with these folders in front of what the user has there."""
    users = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return os.pathsep.join(dict.fromkeys([*map(str, folders), *users]))
