"""A million messages between two processes while a third one cuts every connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from runtime.processes import stage

PROXY = Path(__file__).with_name("proxy.py")


@contextmanager
def proxied(listen: Path, target: Path, seed: int, mean: int) -> Iterator[subprocess.Popen[str]]:
    """A proxy that is gone at the end, whatever happens."""
    command = [sys.executable, str(PROXY), str(listen), str(target), str(seed), str(mean)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
        try:
            assert proxy.stdout is not None
            assert proxy.stdout.readline() == "ready\n"
            yield proxy
        finally:
            proxy.kill()


def run_chaos(folder: Path, count: int, mean: int, seed: int) -> int:
    """Both say `count` records to each other; how often the connection was cut."""
    listen, target = folder / "proxy.sock", folder / "Bob0.sock"
    with proxied(listen, target, seed, mean) as proxy, stage(folder, Alice=1, Bob=1) as on:
        bob = on.start("Bob", "talk:stream", "--arg", f"count={count}")
        on.addresses["Bob"] = [f"unix:{listen}"]  # as Alice, who dials, knows it
        alice = on.start("Alice", "talk:stream", "--arg", f"count={count}")
        ends = [node.end(120) for node in (alice, bob)]
        assert [code for code, _ in ends] == [0, 0], ends
        for node, peer in ((alice, "Bob"), (bob, "Alice")):
            report = node.report()
            assert report["result"] == count
            assert report["messages"] == {peer: count}
        proxy.terminate()
        assert proxy.stdout is not None
        return int(proxy.stdout.read())


@pytest.mark.parametrize("seed", range(2))
def test_connections_cut_within_a_few_hundred_bytes(seed: int, tmp_path: Path) -> None:
    assert run_chaos(tmp_path, count=3_000, mean=8_000, seed=seed) > 10


@pytest.mark.slow
def test_a_million_messages_over_connections_that_are_cut(tmp_path: Path) -> None:
    assert run_chaos(tmp_path, count=500_000, mean=700_000, seed=7) > 30
