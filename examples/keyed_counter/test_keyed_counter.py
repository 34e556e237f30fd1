"""The counters, with real clients over TCP; and the wrong program, which is refused."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from motet.client import Client

FOLDER = Path(__file__).parent


@pytest.fixture
def address() -> Iterator[str]:
    """Where the running counters are."""
    command = [sys.executable, "-m", "motetc", "run", "counter:count"]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        found = re.fullmatch(r"server +\| port counters tcp:([\d.:]+)\n", running.stdout.readline())
        assert found
        yield found.group(1)
        running.send_signal(signal.SIGINT)
        running.stdout.read()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The generated wire module, which clients may use."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = set(sys.modules)
    from generated.wire import counter

    yield counter
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "generated":
            del sys.modules[name]


def test_an_acknowledged_increment_is_seen(address: str, wire: Any) -> None:
    with Client(wire.COUNT_COUNTERS, address) as client:
        for value in range(1, 50):
            assert client.ask(wire.Increment("apples")) == wire.Done("apples")
            assert client.ask(wire.Get("apples")) == wire.Count("apples", value)


def test_many_clients_count_together(address: str, wire: Any) -> None:
    def increment() -> None:
        with Client(wire.COUNT_COUNTERS, address) as client:
            for _ in range(200):
                assert client.ask(wire.Increment("pears")) == wire.Done("pears")

    threads = [threading.Thread(target=increment) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Client(wire.COUNT_COUNTERS, address) as client:
        assert client.ask(wire.Get("pears")) == wire.Count("pears", 1000)


def test_a_name_that_nobody_counted_gets_no_answer(address: str, wire: Any) -> None:
    with Client(wire.COUNT_COUNTERS, address) as client:
        client.send(wire.Get("plums"))
        assert client.ask(wire.Increment("pears")) == wire.Done("pears")
        assert client.ask(wire.Get("pears")) == wire.Count("pears", 1)


def test_a_snapshot_instead_of_the_atomic_read_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "wrong", ignore=shutil.ignore_patterns("generated", ".*"))
    source = tmp_path / "wrong" / "counter.py"
    right = source.read_text("utf-8")
    wrong = right.replace("tick.atomic(counts)", 'tick.snapshot(counts, nondet("any will do"))')
    assert wrong != right
    source.write_text(wrong, "utf-8")
    command = [sys.executable, "-m", "motetc", "check", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=source.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    line = wrong[: wrong.index("tick.snapshot")].count("\n") + 1
    assert re.search(rf"counter.py:{line}:\d+: .*atomic-section", done.stdout)
