"""Streams between processes, against the same by hand and others, with the same batches.

    python bench/network.py [--rounds N] [--elements N] [--workers 1 2 4] [--transport unix tcp]
        [--only NAME …] [--libraries]

A leader folds what workers send, or sends to all workers; every node is a process of its own.
Contenders take turns; a ratio is the median over the rounds of two runs of one round. It is given
twice: for the processor time of all processes together, which neither waiting nor a busy machine
changes much, and for the clock. The start of the nodes is part of it: some 5 ms of processor time
for each of Motet's, which few elements would make look like much. `hand` checks nothing of what it
sends or receives; `checked` is the same with the codec that Motet generates.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import multiprocessing
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from nodes import BATCH, Run

BENCH = Path(__file__).resolve().parent
PROGRAMS = ("gather_numbers", "gather_readings", "broadcast_numbers")
OURS = "motet"
NODES = {
    OURS: "generated:node",
    "hand": "hand:node",
    "checked": "hand:checked_node",
    "grpc": "grpc_streams:node",
}
LIBRARIES = {"grpc": "grpc", "ray": "ray"}
SHARE = {
    "ray": 20
}  # the slowest gets fewer elements: lists of records that are shorter take less each
Spent = tuple[float, float]  # seconds for an element: of processors, by the clock


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--elements", type=int, default=16_000_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--transport", choices=["unix", "tcp"], nargs="*", default=["unix", "tcp"])
    parser.add_argument("--program", choices=PROGRAMS, nargs="*", default=PROGRAMS)
    parser.add_argument("--only", nargs="*", default=[], help="contenders besides motet")
    parser.add_argument("--libraries", action="store_true", help="also what is installed of them")
    given = parser.parse_args()
    names = given.only or ["hand", "checked", *(LIBRARIES if given.libraries else ())]
    names = [OURS, *(name for name in names if installed(name))]
    with ExitStack() as stack:
        folder = stack.enter_context(built())
        if "ray" in names:
            ray_actors = importlib.import_module("nodes.ray_actors")
            stack.enter_context(ray_actors.started(folder))
        for transport in given.transport:
            for program in given.program:
                for workers in given.workers:
                    setting = Setting(transport, program, workers, given.elements)
                    show(setting, measured(setting, names, given.rounds))


def installed(name: str) -> bool:
    return name not in LIBRARIES or importlib.util.find_spec(LIBRARIES[name]) is not None


@contextmanager
def built() -> Iterator[Path]:
    """The project `flows`, built somewhere else."""
    with tempfile.TemporaryDirectory(prefix="motet-") as name:
        folder = Path(name) / "flows"
        shutil.copytree(BENCH / "flows", folder)
        command = [sys.executable, "-m", "motetc", "build", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        sys.path.insert(0, str(folder))
        yield folder


class Setting:
    """What is measured together."""

    def __init__(self, transport: str, program: str, workers: int, elements: int) -> None:
        self.title = f"{transport}, {program}, {workers} workers"
        self._transport, self._program, self._workers = transport, program, workers
        self._senders = 1 if program.startswith("broadcast") else workers
        # A broadcast element arrives at every worker; a reading takes twenty times as long.
        self._elements = elements // (20 if "readings" in program else 1)
        self._received = workers // self._senders

    def seconds(self, name: str) -> Spent:
        """One run of a contender, for an element that is received."""
        count = max(self._elements // SHARE.get(name, 1) // self._workers // BATCH, 1) * BATCH
        with tempfile.TemporaryDirectory(prefix="motet-") as folder:
            addresses = [self._address(folder, number) for number in range(self._workers + 1)]
            run = Run(Path(folder), self._program, count, addresses[0], tuple(addresses[1:]))
            if name == "ray":
                cpu, wall = importlib.import_module("nodes.ray_actors").seconds(run)
            else:
                cpu, wall = in_processes(name, run)
        elements = count * self._senders * self._received
        return cpu / elements, wall / elements

    def _address(self, folder: str, number: int) -> str:
        if self._transport == "unix":
            return f"unix:{folder}/{number}"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return f"tcp:127.0.0.1:{probe.getsockname()[1]}"


def measured(setting: Setting, names: Sequence[str], rounds: int) -> dict[str, list[Spent]]:
    found = defaultdict(list)
    for number in range(rounds):
        for name in reversed(names) if number % 2 else names:
            found[name].append(setting.seconds(name))
    return found


def show(setting: Setting, found: dict[str, list[Spent]]) -> None:
    """A line for each contender; the speed of Motet in times of it."""
    print(f"\n{setting.title}: us of processors, us by the clock; motet's speed by each")
    for name, spent in found.items():
        cpu, wall = (statistics.median(side) * 1e6 for side in zip(*spent, strict=True))
        pairs = list(zip(found[OURS], spent, strict=True))
        by_cpu, by_wall = (statistics.median(o[i] / our[i] for our, o in pairs) for i in (0, 1))
        print(f"{name:10}{cpu:10.3f}{wall:10.3f}{by_cpu:10.2f}{by_wall:8.2f}", flush=True)


def in_processes(name: str, run: Run) -> Spent:
    """One run: processor time of all its processes, and from the first start to the last end."""
    module, _, function = NODES[name].partition(":")
    context = multiprocessing.get_context("fork" if name not in LIBRARIES else "spawn")
    used: Any = context.Queue()
    members: list[int | None] = [None, *range(len(run.workers))]
    ready: Any = context.Barrier(len(members))
    given = (f"nodes.{module}", function, sys.path, run, ready, used)
    nodes = [context.Process(target=timed, args=(*given, member)) for member in members]
    for process in nodes:
        process.start()
    spent = [used.get(timeout=300) for _ in nodes]
    for process in nodes:
        process.join()
    began, ended = min(start for _, start, _ in spent), max(end for *_, end in spent)
    return sum(cpu for cpu, *_ in spent), ended - began


def timed(
    module: str, function: str, path: list[str], run: Run, ready: Any, used: Any, member: int | None
) -> None:
    """Run one node, and say what it took."""
    sys.path[:] = path
    node: Callable[[Run, int | None], Callable[[], object]]
    node = getattr(importlib.import_module(module), function)
    main = node(run, member)  # what must be imported is imported here
    ready.wait()
    start, cpu = time.monotonic(), time.process_time()
    main()
    used.put((time.process_time() - cpu, start, time.monotonic()))


if __name__ == "__main__":
    main()
