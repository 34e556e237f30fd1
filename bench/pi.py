"""Darts for pi on several workers, against `multiprocessing.Pool` with the same function.

    python bench/pi.py [--darts N] [--rounds N]

`examples/estimate_pi` (`motet run pi:estimate`) and a pool take turns; both throw 8192 darts at a
time. A figure is the pool's time in times of Motet's (1 is as fast, more is faster), start of all
processes included: by the clock, and by the processor time of all processes. Medians over the
rounds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 8192


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--darts", type=int, default=100_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pool", type=int, nargs=2, help=argparse.SUPPRESS)  # one run of the pool
    given = parser.parse_args()
    if given.pool:
        run_pool(*given.pool)
        return
    with built() as folder:
        for workers in (1, 2, 4):
            each = max(given.darts // CHUNK // workers, 1)
            ratios = [compared(folder, workers, each) for _ in range(given.rounds)]
            clock, processor = (statistics.median(side) for side in zip(*ratios, strict=True))
            print(f"{workers} workers: {clock:.2f} by the clock, {processor:.2f} by processor time")


@contextmanager
def built() -> Iterator[Path]:
    """The example, built somewhere else."""
    with tempfile.TemporaryDirectory(prefix="motet-bench-") as name:
        folder = Path(name) / "pi"
        shutil.copytree(ROOT / "examples" / "estimate_pi", folder)
        subprocess.run(
            [sys.executable, "-m", "motetc", "build", str(folder)], check=True, capture_output=True
        )
        yield folder


def compared(folder: Path, workers: int, rounds: int) -> tuple[float, float]:
    """The pool's time in times of Motet's."""
    command = [
        sys.executable,
        "-m",
        "motetc",
        "run",
        "pi:estimate",
        "-C",
        str(folder),
        "--no-build",
    ]
    ours = timed([*command, "--size", f"workers={workers}", "--arg", f"rounds={rounds}"])
    pool = timed([sys.executable, __file__, "--pool", str(workers), str(workers * rounds)])
    return pool[0] / ours[0], pool[1] / ours[1]


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds of a command, by the clock and by the processor."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # modules stay compiled
    before, start = used(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start, used() - before


def used() -> float:
    """Processor seconds of all processes that have ended."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def run_pool(workers: int, chunks: int) -> None:
    """The same with a pool."""
    throw: Callable[[int], tuple[int, int]] = throw_darts
    inside = total = 0
    with multiprocessing.Pool(workers) as pool:
        for hit, thrown in pool.imap_unordered(throw, [CHUNK] * chunks, chunksize=8):
            inside += hit
            total += thrown
        pool.close()
        pool.join()
    print(4 * inside / total)


def throw_darts(count: int) -> tuple[int, int]:
    """What the example's function does."""
    inside = sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(count))
    return inside, count


if __name__ == "__main__":
    main()
