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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from motetc.config import Config, ConfigError


class Starter:
    """A connection to that process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.socket, theirs = socket.socketpair()
        # -P: the working directory is the user's, and no place to import from.
        command = [sys.executable, "-P", "-m", "motet.hosting.starter"]
        with theirs:
            self._pid = os.posix_spawn(
                command[0],
                command,
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)],
                setpgroup=0,
            )
        self._heard = b""

    def start(self, words: Sequence[str], handles: Sequence[int]) -> None:
        """Order a node: its name, its module and the arguments; standard output, error, and a listener to inherit."""
        order = json.dumps(words).encode()
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


@contextmanager
def starter_for(config: Config) -> Iterator[Starter]:
    """A starter of the nodes of one project."""
    starter = Starter(environment(config))
    try:
        yield starter
    finally:
        starter.close()


def environment(config: Config) -> dict[str, str]:
    """The generated package, the project's own modules and the runtime, before whatever the user has on the path."""
    path = [str(config.output.parent), *map(str, config.sources), str(_runtime())]
    path += filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    unique = dict.fromkeys(path)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(unique), "PYTHONUNBUFFERED": "1"}


def _runtime() -> Path:
    spec = importlib.util.find_spec("motet")
    if spec is None or spec.origin is None:
        raise ConfigError("the runtime is not installed: pip install motet-runtime")
    return Path(spec.origin).parents[1]
