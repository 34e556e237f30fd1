"""Every location of an example as a process of its own, started as on any machine, without a launcher."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOOK = Path(__file__).parent / "hook"
LOST_AFTER = "0.6"
GUARD = 40  # seconds after which a test gives up on a process that hangs


@dataclass(frozen=True, slots=True)
class Place:
    """One process: its class, its package, its member if it is one of a cluster."""

    location: str
    folder: str
    member: int | None = None

    def __str__(self) -> str:
        return self.location if self.member is None else f"{self.location}[{self.member}]"

    @property
    def hooked(self) -> str:
        """As the hook knows it."""
        return f"generated.{self.folder}:{'' if self.member is None else self.member}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended."""

    code: int
    errors: str
    report: dict[str, Any] | None


def environment(root: Path, **more: str) -> dict[str, str]:
    """With the hook, the project and the runtime to import."""
    path = [str(HOOK), str(root), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **more}


def run_all(
    root: Path,
    scratch: Path,
    choreography: str,
    arguments: Mapping[Place, str],
    **hooks: str,
) -> dict[Place, Ending]:
    """Start every place, wait until each has ended by itself; one that hangs fails the test."""
    with _deployed(scratch, arguments) as sockets:
        running = {
            place: _start(root, scratch, choreography, place, sockets[place], given, hooks)
            for place, given in arguments.items()
        }
    try:
        return {place: _ending(scratch, place, process) for place, process in running.items()}
    finally:
        for process in running.values():
            process.kill()
            process.wait()


@contextmanager
def _deployed(scratch: Path, places: Mapping[Place, str]) -> Iterator[dict[Place, socket.socket]]:
    sockets: dict[Place, socket.socket] = {}
    members: dict[str, list[str]] = {}
    for place in places:
        listener = socket.socket(socket.AF_INET)
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        sockets[place] = listener
        address = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        members.setdefault(place.location, []).append(address)
    (scratch / "deployment.json").write_text(json.dumps(members), "utf-8")
    try:
        yield sockets
    finally:
        for listener in sockets.values():
            listener.close()


def _start(
    root: Path,
    scratch: Path,
    choreography: str,
    place: Place,
    listener: socket.socket,
    argument: str,
    hooks: Mapping[str, str],
) -> subprocess.Popen[str]:
    member = [] if place.member is None else ["--member", str(place.member)]
    given = ["--arg", argument] if argument else []
    report = scratch / f"{place}.json"
    report.unlink(missing_ok=True)
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", f"generated.{place.folder}", choreography),
            *("--deployment", str(scratch / "deployment.json"), "--report", str(report)),
            *("--listen-fd", str(listener.fileno()), "--lost-after", LOST_AFTER),
            *("--start-within", "30", *member, *given),
        ],
        env=environment(root, **hooks),
        pass_fds=(listener.fileno(),),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ending(scratch: Path, place: Place, process: subprocess.Popen[str]) -> Ending:
    _, errors = process.communicate(timeout=GUARD)
    report = scratch / f"{place}.json"
    found = json.loads(report.read_text("utf-8")) if report.exists() else None
    return Ending(process.returncode, errors, found)
