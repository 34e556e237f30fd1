"""Round trips and one-way messages of generated modules, against the same by hand and others.

    python bench/wire.py [--rounds N] [--only NAME …] [--libraries] [--transport unix|tcp]

Both ends of every contender are pinned to one core: across cores one measures how fast the machine
wakes a sleeping core. All contenders of a table are alive at the same time and take turns in short
slices; a ratio is the median over the rounds of two neighbouring slices. Times are CPU time of both
processes (of all three for nats), so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
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
    "small": {"calls": 400, "batches": 2560, "one_way": 6000},
    "large": {"calls": 150, "batches": 320, "one_way": 500},
}
SLOW = {"calls": 100, "batches": 128, "one_way": 200}  # for the libraries


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", nargs="*", default=[], help="contenders besides motet")
    parser.add_argument("--libraries", action="store_true", help="also what is installed of them")
    parser.add_argument("--transport", choices=["unix", "tcp"], nargs="*", default=["unix", "tcp"])
    parser.add_argument("--size", choices=["small", "large"], nargs="*", default=["small", "large"])
    given = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    names = given.only or [*BY_HAND, *(LIBRARIES if given.libraries else ())]
    names = [name for name in names if name not in NEEDS or _installed(NEEDS[name])]
    with _built() as folder:
        sys.path[:0] = [str(folder), str(BENCH)]
        for transport in given.transport:
            for size in given.size:
                _table(transport, size, [OURS, *names], given.rounds, folder)


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


def _table(transport: str, size: str, names: Sequence[str], rounds: int, folder: Path) -> None:
    costs = asyncio.run(_measure(transport, size, names, rounds, folder))
    print(
        f"\n{transport}, {size}: µs of CPU per message or round trip, and motet's speed as a ratio"
    )
    print(f"{'':10}" + "".join(f"{mode:>22}" for mode in SLICES[size]))
    for name in names:
        cells = []
        for mode in SLICES[size]:
            own, other = costs.get((mode, OURS), []), costs.get((mode, name), [])
            if not other:
                cells.append(f"{'-':>22}")
                continue
            ratio = statistics.median(b / a for a, b in zip(own, other, strict=True))
            cells.append(f"{statistics.median(other) * 1e6:>13.2f} ({ratio:5.2f})")
        print(f"{name:10}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


async def _measure(
    transport: str, size: str, names: Sequence[str], rounds: int, folder: Path
) -> dict[tuple[str, str], list[float]]:
    costs: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as stack:
        clients = {}
        for name in names:
            address = f"unix:{folder}/{name}-{size}" if transport == "unix" else f"tcp:{_port()}"
            server = stack.enter_context(_server(name, address, size, folder))
            assert server.stdin is not None
            stdin = server.stdin

            def tell(line: str, stdin=stdin) -> None:
                stdin.write(line + "\n")
                stdin.flush()

            module = importlib.import_module(f"links.{MODULES[name]}")
            clients[name] = (await module.connect(address, size, tell), server.pid)
        for _ in range(rounds):
            for mode, count in SLICES[size].items():
                for name, (client, pid) in clients.items():
                    run = getattr(client, mode)
                    if run is None:
                        continue
                    number = SLOW[mode] if name in LIBRARIES else count
                    await run(number if mode != "batches" else 64)
                    before = _cpu(pid)
                    await run(number)
                    costs.setdefault((mode, name), []).append((_cpu(pid) - before) / number)
    return costs


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
