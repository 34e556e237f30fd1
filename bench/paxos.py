"""Multi-Paxos, closed loop: committed commands per second, and how long a command takes.

    python bench/paxos.py [--commands N] [--windows N …]

`examples/paxos` with 3 proposers, 3 acceptors and 2 replicas, nine processes on this machine, whose
client notes when it asks and when it is answered. A window is how many commands are under way.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"proposers": 3, "acceptors": 3, "replicas": 2}
TIMED = """
    def ask(self, number: int) -> Command:
        self.asked[number] = time.perf_counter()
        return Command(number, f"key{number % 10}", number)

    def note(self, number: int) -> None:
        now = time.perf_counter()
        self.took.append(now - self.asked.pop(number))
        if len(self.took) == COUNT:
            took = sorted(self.took[COUNT // 5 :])
            points = [took[int(len(took) * p)] for p in (0.5, 0.95, 0.99)]
            print(json.dumps([now - self.began, *points]), flush=True)
        if len(self.took) == COUNT // 5:
            self.began = now  # a leader has been elected, and all are warm

"""


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--commands", type=int, default=10_000)
    parser.add_argument("--windows", type=int, nargs="*", default=[1, 16, 128])
    given = parser.parse_args()
    with built(given.commands) as folder:
        for window in given.windows:
            seconds, *points = measured(folder, given.commands, window)
            rate = (given.commands - given.commands // 5) / seconds
            shown = ", ".join(f"{1000 * p:.1f}" for p in points)
            print(f"window {window}: {rate:.0f} commands/s; 50, 95, 99 %: {shown} ms")


@contextmanager
def built(commands: int) -> Iterator[Path]:
    """The example, with a client that has a clock."""
    with tempfile.TemporaryDirectory(prefix="motet-bench-") as name:
        folder = Path(name) / "paxos"
        shutil.copytree(ROOT / "examples" / "paxos", folder)
        shutil.rmtree(folder / "generated")
        source = folder / "paxos.py"
        source.write_text(with_clock(source.read_text("utf-8"), commands), "utf-8")
        command = [sys.executable, "-m", "motetc", "build", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        yield folder


def with_clock(text: str, commands: int) -> str:
    """The program, with times taken where commands are made and answered."""
    begin, end = text.index("    def note("), text.index("    def see(")
    text = text[:begin] + TIMED.lstrip("\n") + text[end:]
    changes = {
        "import os\n": f"import json\nimport os\nimport time\n\nCOUNT = {commands}\n",
        "        self.answered = 0\n": "        self.asked: dict[int, float] = {}\n"
        "        self.took: list[float] = []\n        self.began = 0.0\n",
        'lambda n: Command(n, f"key{n % 10}", n)': "client.ask",
    }
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def measured(folder: Path, commands: int, window: int) -> list[float]:
    """Seconds of the measured part, and the percentiles of a command's."""
    command = [
        sys.executable,
        "-m",
        "motetc",
        "run",
        "paxos:paxos",
        "-C",
        str(folder),
        "--no-build",
    ]
    for role, size in SIZES.items():
        command += ["--size", f"{role}={size}"]
    command += ["--arg", f"commands={commands}", "--arg", f"window={window}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        found: Any = None
        for line in run.stdout:
            _, _, said = line.partition("| ")
            if said.startswith("["):
                found = json.loads(said)
                run.send_signal(signal.SIGINT)
                break
        run.stdout.read()
    assert found is not None
    return list(found)


if __name__ == "__main__":
    main()
