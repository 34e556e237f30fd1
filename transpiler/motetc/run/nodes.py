"""The started nodes of a run: their output as it comes, and how each of them ends."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

from motetc.run.deploy import NodeName
from motetc.run.lines import Forwarder, Prefixer
from motetc.run.starting import Starter


@dataclass(frozen=True, slots=True)
class Command:
    """How to start one node. It takes over the listening socket: once it is gone, nobody answers there any more."""

    node: NodeName
    module: str
    arguments: tuple[str, ...]
    listener: socket.socket | None = None


@dataclass(slots=True)
class Running:
    """A node; `pid` is 0 before it is there, `code` None before it has ended."""

    node: NodeName
    pid: int = 0
    code: int | None = None
    stopped: bool = False

    def signal_others(self, number: signal.Signals) -> None:
        """To whatever it started and left behind."""
        if self.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def signal(self, number: signal.Signals) -> None:
        """To the node and to whatever it started."""
        if self.pid:
            self.stopped = True
            with suppress(ProcessLookupError):
                try:
                    os.killpg(self.pid, number)
                except ProcessLookupError:  # so new that it does not lead a group yet
                    os.kill(self.pid, number)


def _ends_a_program() -> Iterator[signal.Signals]:
    """A terminal that is closed ends one, too, unless it was started so as to survive that."""
    yield from (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        yield signal.SIGHUP


class Nodes:
    """All of them. Nothing happens but in `turn`."""

    def __init__(
        self,
        starter: Starter,
        prefixer: Prefixer,
        out: TextIO,
        terminal: NodeName | None = None,
    ) -> None:
        self.all: list[Running] = []
        self.interrupted: signal.Signals | None = None
        """The signal that the launcher was sent."""
        self.open = 0
        """Pipes from which output may still come."""
        self._starter = starter
        self._prefixer = prefixer
        self._out = out
        self._terminal = terminal  # who has our own streams
        self._told = True  # whether it is told how nodes end
        self._selector = selectors.DefaultSelector()
        self._watch(starter.socket.fileno(), self._hear)

    @property
    def busy(self) -> list[Running]:
        """Those that have not ended."""
        return [item for item in self.all if item.code is None]

    @property
    def ordered(self) -> int:
        """How many are yet to be there."""
        return sum(not item.pid for item in self.busy)

    def start(self, command: Command) -> None:
        """Have a node started."""
        name, streams = str(command.node), (self._out, sys.stderr)
        if command.node == self._terminal:
            handles = [os.dup(handle) for handle in (0, *(stream.fileno() for stream in streams))]
        else:
            handles = [os.open(os.devnull, os.O_RDONLY)]
            handles += [self._pipe(name, stream) for stream in streams]
        if command.listener is not None:
            handles.append(command.listener.detach())
        self.all.append(Running(command.node))
        if self._told:
            self._starter.start([name, command.module, *command.arguments], handles)
        else:
            self._orphaned()
        for handle in handles:
            os.close(handle)

    def turn(self, until: float | None) -> list[Running]:
        """Wait for something to happen, no longer than `until`; who has ended."""
        left = None if until is None else max(0.0, until - monotonic())
        before = self.busy
        for key, _ in self._selector.select(left):
            key.data()
        return [item for item in before if item.code is not None]

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Meanwhile the signals that end a program set `interrupted`, and a turn is over."""

        def interrupt(number: int, _: object) -> None:
            self.interrupted = signal.Signals(number)

        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        self._watch(woken, lambda: os.read(woken, 64))
        handlers = {number: signal.signal(number, interrupt) for number in _ends_a_program()}
        signal.set_wakeup_fd(wake)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self._selector.unregister(woken)
            os.close(woken)
            os.close(wake)

    def _watch(self, handle: int, act: Callable[[], object]) -> None:
        self._selector.register(handle, selectors.EVENT_READ, act)

    def _pipe(self, name: str, stream: TextIO) -> int:
        """A pipe to a stream of ours; the end for the node."""
        source, end = os.pipe()
        write = self._prefixer.writer(name, stream)
        forwarder = Forwarder(source, write, stream.encoding or "utf-8")

        def forward() -> None:
            if not forwarder.forward():
                self._selector.unregister(source)
                os.close(source)
                self.open -= 1

        self._watch(source, forward)
        self.open += 1
        return end

    def _hear(self) -> None:
        answers = self._starter.answers()
        if answers is None:
            self._selector.unregister(self._starter.socket)
            self._told = False
            self._orphaned()
        for word, pid, *code in answers or ():
            if word == "started":
                next(item for item in self.all if not item.pid).pid = int(pid)
            else:
                next(item for item in self.busy if item.pid == int(pid)).code = int(code[0])

    def _orphaned(self) -> None:
        """Nobody tells any more how nodes end: it is now."""
        for item in self.busy:
            item.signal(signal.SIGKILL)
            item.code = -signal.SIGKILL
            item.stopped = False
