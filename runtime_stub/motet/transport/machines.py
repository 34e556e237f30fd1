"""Machines that are gone while something is on its way to them.

Whether a silent machine is there the kernel finds out by asking it, but it does not ask while it has something to
deliver: that it sends again and again, on Linux for a quarter of an hour. TCP_USER_TIMEOUT would end this, and with it
connections to a peer that computes for long and reads nothing meanwhile. So this looks at what the kernel counts: a
machine that is there answers, also when its processes take nothing.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

IDLE: Final = 5
INTERVAL: Final = 2
UNANSWERED: Final = 3
"""A machine that has said nothing for so many seconds is asked so often, so many times."""

SILENCE: Final = IDLE + INTERVAL * UNANSWERED
"""Seconds after which a machine that does not answer is gone."""

LOOK: Final = 2.0
"""Seconds between two looks."""

_INFO: Final = struct.Struct("=2xBB52xI")
"""Of Linux's `struct tcp_info`: what was sent in vain since the latest answer (data, questions), and milliseconds since
that."""


def is_elsewhere(connected: socket.socket) -> bool:
    """Whether a connection leaves this machine."""
    with suppress(OSError):  # it has gone already
        here, there = connected.getsockname(), connected.getpeername()
        return str(here[0]) != str(there[0])
    return False


def keep_alive(connected: socket.socket) -> None:
    """Let the kernel find out that the other machine is gone, however busy its process is."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = (("TCP_KEEPIDLE", IDLE), ("TCP_KEEPINTVL", INTERVAL), ("TCP_KEEPCNT", UNANSWERED))
    for option, value in wanted:
        if hasattr(socket, option):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def is_gone(info: bytes) -> bool:
    """Whether a machine does not answer any more, by what the kernel says of a connection to it."""
    said: tuple[int, int, int] = _INFO.unpack(info)
    resent, asked, silent = said
    return max(resent, asked) >= UNANSWERED and silent >= SILENCE * 1000


class Machines:
    """Looks at the connections of one loop now and then, until they are closed."""

    def __init__(self) -> None:
        self._watched: dict[socket.socket, Callable[[OSError], object]] = {}
        self._loop = asyncio.get_running_loop()

    def watch(self, connected: socket.socket, lost: Callable[[OSError], object]) -> None:
        """Have the kernel ask a silent machine, and call `lost` when the one at the other end is gone."""
        keep_alive(connected)
        if sys.platform == "linux" and is_elsewhere(connected):
            if not self._watched:
                self._loop.call_later(LOOK, self.look)
            self._watched[connected] = lost

    def look(self) -> None:
        """Find those that are gone."""
        for connected, lost in list(self._watched.items()):
            if connected.fileno() < 0:
                del self._watched[connected]
            elif is_gone(connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)):
                del self._watched[connected]
                lost(TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))
        if self._watched:
            self._loop.call_later(LOOK, self.look)
