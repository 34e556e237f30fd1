"""Starts the programs of `programs.py` as processes, with their addresses and reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import motet

PROGRAMS = Path(__file__).with_name("programs.py")
RUNTIME = Path(motet.__file__).parents[1]


class Node:
    """One running node."""

    def __init__(self, command: list[str], report: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(RUNTIME), "PYTHONUNBUFFERED": "1"}
        self._report = report
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def line(self) -> str:
        """The next line it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self, timeout: float = 60.0) -> tuple[int, str]:
        """Exit code and what it wrote to stderr."""
        _, errors = self.process.communicate(timeout=timeout)
        return self.process.returncode, errors

    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._report.read_text())
        return document


class Stage:
    """A deployment, and the nodes that were started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses: dict[str, list[str]] = {}
        self.nodes: list[Node] = []

    def place(self, **sizes: int) -> None:
        """Give every location Unix sockets, one per member."""
        for location, size in sizes.items():
            self.addresses[location] = [
                f"unix:{self.folder}/{location}{index}.sock" for index in range(size)
            ]

    def start(self, location: str, key: str, *options: str, member: int | None = None) -> Node:
        """Start one node."""
        name = f"{location}{'' if member is None else member}"
        deployment = self.folder / f"{name}.deployment.json"
        deployment.write_text(json.dumps({"run": "test", "members": self.addresses}))
        report = self.folder / f"{name}.report.json"
        command = [sys.executable, str(PROGRAMS), location, key]
        command += ["--deployment", str(deployment), "--report", str(report), *options]
        if member is not None:
            command += ["--member", str(member)]
        self.nodes.append(Node(command, report))
        return self.nodes[-1]


@contextmanager
def stage(folder: Path, **sizes: int) -> Iterator[Stage]:
    """A stage on which nothing is left running."""
    made = Stage(folder)
    made.place(**sizes)
    try:
        yield made
    finally:
        for node in made.nodes:
            if node.process.poll() is None:
                node.process.kill()
            node.process.communicate()
