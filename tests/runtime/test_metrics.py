"""What a node counts, as Prometheus hears it from a real one."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.request import urlopen

import pytest
from motet.hosting import options
from motet.node import run_node
from runtime.processes import Stage, stage
from runtime.programs import ENTRIES


def crowd(on: Stage, where: str) -> None:
    """Alice tells two workers, of whom the second never answers."""
    on.start("Alice", "talk:crowd", "--arg", 'word="wait"', "--metrics", where)
    on.start("Worker", "talk:crowd", member=0)
    on.start("Worker", "talk:crowd", member=1)


def test_counts_are_read_while_a_node_runs(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=2) as on:
        crowd(on, "127.0.0.1:0")
        alice, _, silent = on.nodes
        said, _, where = alice.line().partition(" ")
        assert said == "metrics"
        assert silent.line() == "waiting"
        with urlopen(where) as answer:
            lines = answer.read().decode().splitlines()
        for member in (0, 1):
            assert f'motet_connected{{peer="Worker[{member}]"}} 1.0' in lines
            assert f'motet_connections_total{{peer="Worker[{member}]"}} 1.0' in lines
            sent = f'motet_messages_sent_total{{channel="talk",peer="Worker[{member}]"}} 1.0'
            assert sent in lines
        assert any(line.startswith("motet_unacknowledged_bytes{") for line in lines)
        silent.process.kill()
        code, errors = alice.end()
        assert code == 1
        assert "Worker[1]" in errors


def test_who_is_not_there_is_not_connected(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        alice = on.start("Alice", "talk:wait", "--metrics", "[::1]:0")
        where = alice.line().removeprefix("metrics ")
        assert where.startswith("http://[::1]:")
        with urlopen(where) as answer:
            assert b'motet_connected{peer="Bob"} 0.0' in answer.read()


def test_an_address_that_is_none_or_taken(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on, socket.create_server(("127.0.0.1", 0)) as taken:
        none = on.start("Alice", "talk:wait", "--metrics", "8000")
        assert none.end() == (2, "Alice: --metrics 8000: write --metrics HOST:PORT\n")
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        late = on.start("Alice", "talk:wait", "--metrics", where)
        assert late.end() == (2, f"Alice: --metrics {where}: Address already in use\n")


def test_without_the_library_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    deployment = '{"Alice": ["tcp:127.0.0.1:1"], "Bob": ["tcp:127.0.0.1:2"]}'
    monkeypatch.setenv("MOTET_DEPLOYMENT", deployment)
    location, entries = ENTRIES["Alice"]
    assert run_node(location, entries, ["talk:wait", "--metrics", "127.0.0.1:0"]) == 2
    assert "pip install 'motet-runtime[metrics]'" in capsys.readouterr().err
