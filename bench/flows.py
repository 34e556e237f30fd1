"""Pipelines of live collections at one place, against the loop by hand and against libraries.

    python bench/flows.py [--rounds N] [--elements N] [--libraries]

All contenders of a row take turns in one process. A figure is the speed relative to the loop by
hand, in elements per second of CPU time: the median over the rounds, each against the hand-written
loop that ran just before. 1 is as fast, less is slower. Libraries get a fiftieth of the elements.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
SHARE = 50  # libraries get one element for as many of ours

Data = Mapping[str, Any]
Run = Callable[[Data], object]


def main() -> None:
    """Build, check that all agree, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--elements", type=int, default=10_000_000)
    parser.add_argument("--libraries", action="store_true", help="also what is installed of them")
    given = parser.parse_args()
    with built() as folder:
        sys.path.insert(0, str(folder))
        for name, (hand, rivals) in contenders(given.libraries).items():
            large, small = data_of(name, given.elements), data_of(name, given.elements // SHARE)
            assert len({repr(run(small)) for run in (hand, *rivals.values())}) == 1, name
            print(f"{name}: {given.elements} elements")
            for rival, run in rivals.items():
                chosen = large if rival in ("motet", "generators") else small
                print(f"  {rival:12} {ratio(hand, run, chosen, given.rounds):6.3f}")


@contextmanager
def built() -> Iterator[Path]:
    """The project `flows`, built somewhere else."""
    with tempfile.TemporaryDirectory(prefix="motet-bench-") as name:
        folder = Path(name) / "flows"
        shutil.copytree(BENCH / "flows", folder)
        command = [sys.executable, "-m", "motetc", "build", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        yield folder


def ratio(hand: Run, rival: Run, data: Data, rounds: int) -> float:
    """How fast `rival` is, relative to the loop by hand."""
    found = []
    for _ in range(rounds):
        found.append(seconds(hand, data) / seconds(rival, data))
    return statistics.median(found)


def seconds(run: Run, data: Data) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    run(data)
    return time.process_time() - start


def data_of(name: str, elements: int) -> Data:
    """What a row works on."""
    source = random.Random(1)
    if name in ("inlined", "called"):
        return {"count": elements}
    count = elements // 10
    if name == "words":
        vocabulary = [f"Word{n}" for n in range(1000)]
        return {"text": [source.choice(vocabulary) for _ in range(count)]}
    keys = max(count // 2, 1)
    sides = [[(source.randrange(keys), n) for n in range(count // 2)] for _ in range(2)]
    return {"left": sides[0], "right": sides[1]}


def contenders(libraries: bool) -> dict[str, tuple[Run, dict[str, Run]]]:
    """For each row the loop by hand, and the others by name."""
    hands = {
        "inlined": hand_inlined,
        "called": hand_called,
        "words": hand_words,
        "joined": hand_joined,
    }
    chains = {"inlined": chain_inlined, "called": chain_called, "words": chain_words}
    found: dict[str, tuple[Run, dict[str, Run]]] = {}
    for name, hand in hands.items():
        rivals: dict[str, Run] = {"motet": ours(name)}
        if name in chains:
            rivals["generators"] = chains[name]
        if libraries:
            rivals |= {lib: run for lib, run in library_runs(name).items() if installed(lib)}
        found[name] = (hand, rivals)
    return found


def installed(module: str) -> bool:
    """Whether a library is there."""
    return importlib.util.find_spec(module) is not None


def ours(name: str) -> Run:
    """The generated module, which meets nobody here."""
    module = importlib.import_module("generated.node.local")
    function = getattr(module, name)
    return lambda data: asyncio.run(function(module.Node(), None, **data))


# By hand


def triple(n: int) -> int:
    return 3 * n + 1


def hand_inlined(data: Data) -> int:
    total = 0
    for n in range(data["count"]):
        tripled = 3 * n + 1
        if tripled % 2 == 0:
            total += tripled
    return total


def hand_called(data: Data) -> int:
    total = 0
    for n in range(data["count"]):
        total += triple(n)
    return total


def hand_words(data: Data) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in data["text"]:
        key = word.lower()
        counts[key] = counts.get(key, 0) + 1
    return counts


def hand_joined(data: Data) -> int:
    total = 0
    table: dict[int, list[int]] = {}
    for key, value in data["left"]:
        table.setdefault(key, []).append(value)
    for key, value in data["right"]:
        for other in table.get(key, ()):
            total += other * value
    return total


# Chains of generators


def chain_inlined(data: Data) -> int:
    tripled = (3 * n + 1 for n in range(data["count"]))
    even = (n for n in tripled if n % 2 == 0)
    return reduce(lambda acc, n: acc + n, even, 0)


def chain_called(data: Data) -> int:
    return reduce(lambda acc, n: acc + n, map(triple, range(data["count"])), 0)


def chain_words(data: Data) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, n in ((word.lower(), 1) for word in data["text"]):
        counts[key] = (lambda acc, n: acc + n)(counts.get(key, 0), n)
    return counts


# Libraries


def library_runs(name: str) -> dict[str, Run]:
    """What the libraries have for a row."""
    if name == "inlined":
        return {"reactivex": rx_inlined, "aiostream": aio_inlined, "bytewax": wax_inlined}
    if name == "words":
        return {"reactivex": rx_words, "bytewax": wax_words}
    return {}


def rx_inlined(data: Data) -> int:
    import reactivex
    from reactivex import operators as ops

    stream = reactivex.from_iterable(range(data["count"])).pipe(
        ops.map(lambda n: 3 * n + 1),
        ops.filter(lambda n: n % 2 == 0),
        ops.reduce(lambda acc, n: acc + n, 0),
    )
    return int(stream.run())


def rx_words(data: Data) -> dict[str, int]:
    import reactivex
    from reactivex import operators as ops

    def add(counts: dict[str, int], pair: tuple[str, int]) -> dict[str, int]:
        counts[pair[0]] = counts.get(pair[0], 0) + pair[1]
        return counts

    stream = reactivex.from_iterable(data["text"]).pipe(
        ops.map(lambda word: (word.lower(), 1)), ops.reduce(add, {})
    )
    result: dict[str, int] = stream.run()
    return result


def aio_inlined(data: Data) -> int:
    from aiostream import pipe, stream

    async def run() -> int:
        numbers = (
            stream.iterate(range(data["count"]))
            | pipe.map(lambda n: 3 * n + 1)
            | pipe.filter(lambda n: n % 2 == 0)
            | pipe.reduce(lambda acc, n: acc + n, initializer=0)
        )
        return int(await numbers)

    return asyncio.run(run())


def wax_inlined(data: Data) -> int:
    import bytewax.operators as op
    from bytewax.dataflow import Dataflow
    from bytewax.testing import TestingSink, TestingSource, run_main

    out: list[tuple[str, int]] = []
    flow = Dataflow("inlined")
    numbers = op.input("in", flow, TestingSource(range(data["count"]), batch_size=1000))
    tripled = op.map("map", numbers, lambda n: 3 * n + 1)
    even = op.filter("filter", tripled, lambda n: n % 2 == 0)
    keyed = op.key_on("key", even, lambda _: "")
    op.output("out", op.reduce_final("sum", keyed, lambda acc, n: acc + n), TestingSink(out))
    run_main(flow)
    return out[0][1]


def wax_words(data: Data) -> dict[str, int]:
    import bytewax.operators as op
    from bytewax.dataflow import Dataflow
    from bytewax.testing import TestingSink, TestingSource, run_main

    out: list[tuple[str, int]] = []
    flow = Dataflow("words")
    words = op.input("in", flow, TestingSource(data["text"], batch_size=1000))
    op.output("out", op.count_final("count", words, str.lower), TestingSink(out))
    run_main(flow)
    return in_order(out, data["text"])


def in_order(counts: Sequence[tuple[str, int]], text: Sequence[str]) -> dict[str, int]:
    """The counts in the order in which the words first came, as the others have them."""
    found = dict(counts)
    return {word: found[word] for word in dict.fromkeys(map(str.lower, text))}


if __name__ == "__main__":
    main()
