"""Round trips and one-way messages of generated modules, against the same by hand and others.

    python bench/wire.py [--rounds N] [--only NAME …] [--libraries] [--transport unix|tcp]

Both ends of every contender are pinned to one core: across cores one measures how fast the machine
wakes a sleeping core. All contenders of a table are alive at the same time and take turns in short
slices; a ratio is the median over the rounds of two slices of one round. Each is given twice, for
the CPU time of both processes (of all three for nats), which other work on the machine hardly
touches, and for the wall clock, which is the same plus every wait. Servers are started anew a few
times: where a process finds its memory decides over a few percent.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import itertools
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
OURS = "motet"
BY_HAND = {"protocol": "protocol", "buffered": "buffered", "bare": "bare", "streams": "streams"}
LIBRARIES = {
    "pyzmq": "zmq_link",
    "nats": "nats_link",
    "grpc": "grpc_link",
    "rpyc": "rpyc_link",
    "pyro": "pyro_link",
}
MODULES = {OURS: "motet_link", **BY_HAND, **LIBRARIES}
NEEDS = {"pyzmq": "zmq", "nats": "nats", "grpc": "grpc", "rpyc": "rpyc", "pyro": "Pyro5"}
SLICES = {
    "small": {"calls": 400, "batches": 2560, "one_way": 10000},
    "large": {"calls": 150, "batches": 320, "one_way": 500},
}
NUMBERS = itertools.count()  # of sockets
SLOW = {"calls": 100, "batches": 128, "one_way": 200}  # for the libraries


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds for one message or round trip."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Table:
    """What one table compares."""

    transport: str
    size: str
    modes: Sequence[str]
    names: Sequence[str]
    rounds: int
    starts: int


Found = dict[tuple[str, str], list[Spent]]


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--starts", type=int, default=3, help="how often servers are started")
    parser.add_argument("--only", nargs="*", default=[], help="contenders besides motet")
    parser.add_argument("--libraries", action="store_true", help="also what is installed of them")
    parser.add_argument("--transport", choices=["unix", "tcp"], nargs="*", default=["unix", "tcp"])
    parser.add_argument("--size", choices=list(SLICES), nargs="*", default=list(SLICES))
    parser.add_argument("--mode", choices=list(SLOW), nargs="*", default=list(SLOW))
    given = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    names = given.only or [*BY_HAND, *(LIBRARIES if given.libraries else ())]
    names = [OURS, *(name for name in names if name not in NEEDS or _installed(NEEDS[name]))]
    with _built() as folder:
        sys.path[:0] = [str(folder), str(BENCH)]
        for transport in given.transport:
            for size in given.size:
                table = Table(transport, size, given.mode, names, given.rounds, given.starts)
                found: Found = defaultdict(list)
                for _ in range(table.starts):
                    asyncio.run(_measure(table, folder, found))
                _print(table, found)


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@contextmanager
def _built() -> Iterator[Path]:
    """The project `exchange`, built somewhere else."""
    with tempfile.TemporaryDirectory(prefix="motet-bench-") as name:
        folder = Path(name) / "exchange"
        shutil.copytree(BENCH / "exchange", folder)
        subprocess.run(
            [sys.executable, "-m", "motetc", "build", str(folder)], check=True, capture_output=True
        )
        yield folder


def _print(table: Table, found: Found) -> None:
    print(f"\n{table.transport}, {table.size}: µs of CPU for one; motet's speed by CPU and by wall")
    print(f"{'':10}" + "".join(f"{mode:>24}" for mode in table.modes))
    for name in table.names:
        cells = (_cell(found[mode, OURS], found[mode, name]) for mode in table.modes)
        print(f"{name:10}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def _cell(ours: Sequence[Spent], others: Sequence[Spent]) -> str:
    if not others:
        return "-"
    pairs = list(zip(ours, others, strict=True))
    cpu = statistics.median(other.cpu / own.cpu for own, other in pairs)
    wall = statistics.median(other.wall / own.wall for own, other in pairs)
    cost = statistics.median(other.cpu for other in others) * 1e6
    return f"{cost:.2f} ({cpu:.2f} {wall:.2f})"


async def _measure(table: Table, folder: Path, found: Found) -> None:
    with ExitStack() as stack:
        clients = {}
        for name in table.names:
            clients[name] = await _connect(name, table, folder, stack)
        turns = [(mode, name) for mode in table.modes for name in table.names]
        for number in range(max(1, table.rounds // table.starts)):
            for mode, name in reversed(turns) if number % 2 else turns:
                client, server = clients[name]
                run = getattr(client, mode)
                if run is not None:
                    count = (SLOW if name in LIBRARIES else SLICES[table.size])[mode]
                    found[mode, name].append(await _slice(run, count, mode, server))


async def _connect(name: str, table: Table, folder: Path, stack: ExitStack) -> tuple[Any, int]:
    """A client of the contender, and the process of its server."""
    place = f"{folder}/{next(NUMBERS)}" if table.transport == "unix" else str(_port())
    address = f"{table.transport}:{place}"
    server = stack.enter_context(_server(name, address, table.size, folder))
    stdin = server.stdin
    assert stdin is not None

    def tell(line: str) -> None:
        stdin.write(line + "\n")
        stdin.flush()

    module = importlib.import_module(f"links.{MODULES[name]}")
    async with asyncio.timeout(30):
        return await module.connect(address, table.size, tell), server.pid


async def _slice(
    run: Callable[[int], Awaitable[object]], count: int, mode: str, server: int
) -> Spent:
    await run(count if mode != "batches" else 64)
    cpu, wall = _cpu(server), time.perf_counter()
    await run(count)
    wall = time.perf_counter() - wall
    return Spent((_cpu(server) - cpu) / count, wall / count)


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _server(name: str, address: str, size: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    paths = [str(folder), str(BENCH), os.environ.get("PYTHONPATH", "")]
    code = f"import asyncio; from links.{MODULES[name]} import serve; "
    code += f"asyncio.run(serve({address!r}, {size!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    ) as server:
        try:
            yield server
        finally:
            os.killpg(server.pid, 9)


def _cpu(server: int) -> float:
    """Seconds of CPU time of this process, the server and its children (threads included)."""
    return sum(map(_spent, (os.getpid(), server, *_children(server))))


def _spent(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
