"""Streams between processes, against the same by hand: asyncio protocols, msgpack, the same batches.

    python bench/network.py [--rounds N] [--elements N] [--workers 1,2,4]

A leader folds what workers send, or sends to all workers, over Unix sockets; every node is a process
of its own. Contenders take turns. What is compared is processor time, of all processes together, so
that neither waiting nor a busy machine counts. The hand-written side checks nothing of what it
sends or receives, acknowledges nothing, and stops a sender only when its socket is full.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import msgpack

BENCH = Path(__file__).resolve().parent
BATCH = 256
PROGRAMS = ("gather_numbers", "gather_readings", "broadcast_numbers")


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--elements", type=int, default=2_000_000)
    parser.add_argument("--workers", default="1,2,4")
    given = parser.parse_args()
    with built() as folder:
        for program in PROGRAMS:
            for workers in map(int, given.workers.split(",")):
                compare(folder, program, workers, given.elements, given.rounds)


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


def compare(folder: Path, program: str, workers: int, elements: int, rounds: int) -> None:
    """One line: microseconds of processor time per element, and the ratio."""
    count = elements // workers // BATCH * BATCH
    ours, hands = [], []
    for _ in range(rounds):
        hands.append(seconds(by_hand, program, workers, count))
        ours.append(seconds(generated, program, workers, count))
    per_element = 1e6 / (count * workers)
    ratio = statistics.median(h / o for h, o in zip(hands, ours, strict=True))
    hand, our = statistics.median(hands) * per_element, statistics.median(ours) * per_element
    print(f"{program:18} {workers} workers: {our:.3f} us, by hand {hand:.3f} us, {ratio:.2f} of it")


Node = Callable[[Path, str, int, int, int | None], Callable[[], object]]


def seconds(node: Node, program: str, workers: int, count: int) -> float:
    """Processor time of one run, of all its processes."""
    with tempfile.TemporaryDirectory(prefix="motet-") as name:
        used: Any = multiprocessing.Queue()
        members: list[int | None] = [None, *range(workers)]
        arguments = [(node, used, Path(name), program, workers, count, who) for who in members]
        nodes = [multiprocessing.Process(target=timed, args=given) for given in arguments]
        for process in nodes:
            process.start()
        total = sum(used.get(timeout=300) for _ in nodes)
        for process in nodes:
            process.join()
        return total


def timed(node: Node, used: Any, *arguments: Any) -> None:
    """Run one node, and say what it took."""
    run = node(*arguments)  # what must be imported is imported here
    start = time.process_time()
    run()
    used.put(time.process_time() - start)


# What `motet build` has written.


def generated(
    folder: Path, program: str, workers: int, count: int, member: int | None
) -> Callable[[], object]:
    """One generated node."""
    name = "Leader" if member is None else "Worker"
    main = import_module(f"generated.{name.lower()}.__main__")
    run_node = import_module("motet.node").run_node
    addresses = {
        "Leader": [f"unix:{folder}/leader"],
        "Worker": [f"unix:{folder}/{index}" for index in range(workers)],
    }
    deployment = folder / f"{member}.json"
    deployment.write_text(json.dumps(addresses))
    options = [f"network:{program}", "--deployment", str(deployment)]
    if program.startswith("broadcast") == (member is None):
        options += ["--arg", f"count={count}"]
    if member is not None:
        options += ["--member", str(member)]
    return lambda: run_node(getattr(main, name), main.ENTRIES, options)


# The same by hand.


def by_hand(
    folder: Path, program: str, workers: int, count: int, member: int | None
) -> Callable[[], object]:
    """One hand-written node."""
    reading = import_module("generated.wire.network").Reading
    encode, value = (pack_readings, read_readings(reading)) if "readings" in program else PLAIN
    elements = partial(made, program, count, reading)
    sends = program.startswith("broadcast") == (member is None)
    where = str(folder / "leader")
    if member is None and sends:
        return lambda: asyncio.run(lead_and_send(where, workers, elements(), encode))
    if member is None:
        return lambda: asyncio.run(lead(where, workers, value))
    if sends:
        return lambda: asyncio.run(follow(where, elements(), encode))
    return lambda: asyncio.run(follow_and_fold(where, value))


def made(program: str, count: int, reading: Any) -> Sequence[Any]:
    """What is sent."""
    return range(count) if "numbers" in program else [reading("north", n) for n in range(count)]


def pack_readings(batch: Sequence[Any]) -> object:
    return [(item.sensor, item.value) for item in batch]


def read_readings(reading: Any) -> Callable[[list[Any]], int]:
    def total(batch: list[Any]) -> int:
        result = 0
        for item in [reading(*fields) for fields in batch]:
            result += item.value
        return result

    return total


def add(batch: list[int]) -> int:
    result = 0
    for number in batch:
        result += number
    return result


PLAIN: tuple[Callable[[Sequence[Any]], object], Callable[[list[Any]], int]] = (list, add)


class Receiver(asyncio.Protocol):
    """Folds until all senders have said that they are done."""

    def __init__(self, total: Callable[[list[Any]], int], ended: Callable[[], None]) -> None:
        self._unpacker = msgpack.Unpacker()
        self._total = total
        self._ended = ended
        self.result = 0

    def data_received(self, data: bytes) -> None:
        self._unpacker.feed(data)
        for batch in self._unpacker:
            if not batch:
                self._ended()
            self.result += self._total(batch)


class Sender(asyncio.Protocol):
    """Writes, and waits when the socket is full."""

    def __init__(self, come: Callable[[Sender], None] = lambda sender: None) -> None:
        self._come = come
        self.free = asyncio.Event()
        self.gone = asyncio.Event()
        self.free.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.write = transport.write
        self._come(self)

    def pause_writing(self) -> None:
        self.free.clear()

    def resume_writing(self) -> None:
        self.free.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone.set()


async def send(
    to: Sequence[Sender], elements: Sequence[Any], encode: Callable[[Sequence[Any]], object]
) -> None:
    """Send all in batches, then the end, and wait until everybody has gone."""
    pack = msgpack.Packer().pack
    for start in range(0, len(elements), BATCH):
        data = pack(encode(elements[start : start + BATCH]))
        for sender in to:
            sender.write(data)
            if not sender.free.is_set():
                await sender.free.wait()
    for sender in to:
        sender.write(pack([]))
    for sender in to:
        await sender.gone.wait()


async def lead(where: str, workers: int, total: Callable[[list[Any]], int]) -> None:
    done = asyncio.Semaphore(0)
    server = await listen(lambda: Receiver(total, done.release), where)
    for _ in range(workers):
        await done.acquire()
    server.close()


async def lead_and_send(
    where: str, workers: int, elements: Sequence[Any], encode: Callable[[Sequence[Any]], object]
) -> None:
    found: asyncio.Queue[Sender] = asyncio.Queue()
    server = await listen(lambda: Sender(found.put_nowait), where)
    await send([await found.get() for _ in range(workers)], elements, encode)
    server.close()


async def follow(
    where: str, elements: Sequence[Any], encode: Callable[[Sequence[Any]], object]
) -> None:
    await send([await connect(Sender, where)], elements, encode)


async def follow_and_fold(where: str, total: Callable[[list[Any]], int]) -> None:
    done = asyncio.Event()
    await connect(lambda: Receiver(total, done.set), where)
    await done.wait()


async def listen(protocol: Callable[[], asyncio.Protocol], where: str) -> asyncio.Server:
    return await asyncio.get_running_loop().create_unix_server(protocol, where)


async def connect(protocol: Callable[[], Any], where: str) -> Any:
    while True:
        try:
            return (await asyncio.get_running_loop().create_unix_connection(protocol, where))[1]
        except OSError:  # it does not listen yet
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    main()
