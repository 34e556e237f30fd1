"""Starts nodes on this machine, from one process that has imported the runtime once.

    python -P -m motet.hosting.starter [--spawn]

Standard input is a Unix socket. Whoever holds its other end (`motet run`) sends an order for each
node: eight bytes of length, to which descriptors are attached (for standard input, output and
error, and a listening socket if there is one), and `[name, module, argument, …]` as JSON. Answers
are lines: `started PID` to each order in turn, and `ended PID CODE`. `{"path": …}` instead of an order
says what PYTHONPATH is for the orders that follow. When the socket is closed, nodes that still run are
told to stop, and killed if they do not.

A node is a fork of this process in a session of its own. It has imported nothing but what every
node imports, and goes on with its own modules. Where a fork is not safe, and with `--spawn`, a node
is a new interpreter.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    import subprocess

COMMON: Final = ("motet.node", "motet.wire", "motet.codec", "motet.values", "shutil")
"""What every node imports."""

HEAD: Final = 8
GRACE: Final = 2.0
"""Seconds that nodes have to stop by themselves."""


class Order(NamedTuple):
    """One node to start: its name, its module, its arguments, its three streams and its listener."""

    words: list[str]
    handles: list[int]

    @property
    def arguments(self) -> list[str]:
        """The module and its command line."""
        listener = [f"--listen-fd={handle}" for handle in self.handles[3:]]
        return [*self.words[1:], *listener]


class Starter:
    """Follows orders, and tells how nodes end."""

    def __init__(self, control: socket.socket, spawns: bool) -> None:
        self._control = control
        self._spawns = spawns
        self._nodes: dict[int, object] = {}
        self._news, self._woken = os.pipe()  # a byte when a node ends
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken)

    def serve(self) -> Order | None:
        """Follow all orders; in a process that was forked, return the one it was forked for."""
        while (order := self._next_order()) is not None:
            process = _spawn(order) if self._spawns else None
            pid = process.pid if process else os.fork()
            if not pid:
                self._leave()
                return order
            self._nodes[pid] = process
            for handle in order.handles:
                os.close(handle)
            self._say(f"started {pid}")
        self._stop()
        return None

    def _leave(self) -> None:
        """Be no starter any more."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._news)
        os.close(self._woken)
        self._control.detach()  # standard input, soon to be another one

    def _next_order(self) -> Order | None:
        """The next one, as soon as it comes; None at the end."""
        control = self._control.fileno()
        while True:
            ready, _, _ = select.select([control, self._news], [], [])
            if self._news in ready:
                self._reap()
            if control in ready:
                content, handles = self._read()
                if not isinstance(content, dict):
                    return Order(content, handles) if content else None
                look_in(content["path"])

    def _read(self) -> tuple[Any, list[int]]:
        """What is said, and what comes with it; None at the end."""
        head, handles, _, _ = socket.recv_fds(self._control, HEAD, 4)
        size, data = int.from_bytes(head, "big"), b""
        while len(data) < size and (chunk := self._control.recv(size - len(data))):
            data += chunk
        return json.loads(data) if head and len(data) == size else None, handles

    def _reap(self) -> None:
        os.read(self._news, 512)
        lines: list[str] = []
        while self._nodes:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            self._nodes.pop(pid)
            lines.append(f"ended {pid} {os.waitstatus_to_exitcode(status)}")
        self._say(*lines)

    def _say(self, *lines: str) -> None:
        """All at once: the kernel has room for a few hundred of what is said, however little each is."""
        text = "".join(f"{line}\n" for line in lines)
        with suppress(OSError):  # nobody listens any more: the next order will be none
            self._control.sendall(text.encode())

    def _stop(self) -> None:
        """End the nodes that are left: who ordered them has gone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._nodes:
                with suppress(OSError):
                    try:
                        os.killpg(pid, number)
                    except ProcessLookupError:  # so new that it does not lead a group yet
                        os.kill(pid, number)
            until = time.monotonic() + GRACE
            while self._nodes and (left := until - time.monotonic()) > 0:
                if select.select([self._news], [], [], left)[0]:
                    self._reap()


def look_in(path: str) -> None:
    """Import as an interpreter would that was started with this PYTHONPATH, here and in all that nodes start."""
    before, now = (
        [*map(os.path.abspath, filter(None, text.split(os.pathsep)))]
        for text in (os.environ.get("PYTHONPATH", ""), path)
    )
    rest = [folder for folder in sys.path if folder not in before]
    sys.path[:] = dict.fromkeys([*now, *rest])
    os.environ["PYTHONPATH"] = path


def main() -> None:
    """Serve whoever is at the other end of standard input."""
    spawns = "--spawn" in sys.argv or not sys.platform.startswith("linux")
    if not spawns:
        gc.disable()  # nothing of what is imported is garbage
        for name in COMMON:
            import_module(name)
        gc.freeze()  # nodes share these objects until they change them, which a collection would
        gc.enable()
    order = Starter(socket.socket(fileno=0), spawns).serve()
    if order is None:
        os._exit(0)  # nothing is left to be put in order
    _become(order)


def _become(order: Order) -> None:
    """Be this node from now on."""
    os.setsid()
    for standard, handle in enumerate(order.handles[:3]):
        os.dup2(handle, standard)
        os.close(handle)
    for listener in order.handles[3:]:
        os.set_inheritable(listener, False)
    with suppress(OSError), open("/proc/self/comm", "w") as comm:
        comm.write(order.words[0])  # what `ps` and `top` call it
    module = order.words[1]
    sys.argv = order.arguments
    sys.orig_argv[:] = _command(order.arguments)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, int) and threading.active_count() == 1:
            _end(end.code)
        raise
    except Exception as error:  # most often, a module that cannot be imported
        _tell_unbegun(error, order.words[2:])
        sys.exit(1)


def _tell_unbegun(error: Exception, arguments: Sequence[str]) -> None:
    """Say what went wrong before the node could say it itself, and in its report, too."""
    from pathlib import Path

    from motet.hosting.report import Report, describe, write_report
    from motet.hosting.tracebacks import format_unbegun

    text, line = format_unbegun(error)
    sys.stderr.write(text)
    if "--report" in arguments[:-1]:
        file = arguments[arguments.index("--report") + 1]
        report = Report(has_result=False, result=None, messages={}, error=describe(error, "", line))
        write_report(report.document(), Path(file))


def _end(code: int) -> NoReturn:
    """End as the interpreter does, but without taking every object apart: that copies what is shared."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-P", "-m", *arguments]


def _spawn(order: Order) -> subprocess.Popen[bytes]:
    import subprocess

    source, out, err, *listeners = order.handles
    return subprocess.Popen(
        _command(order.arguments),
        stdin=source,
        stdout=out,
        stderr=err,
        pass_fds=listeners,
        start_new_session=True,
    )


if __name__ == "__main__":
    main()
