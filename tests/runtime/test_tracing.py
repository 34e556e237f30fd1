"""Spans of nodes, as OpenTelemetry has them from real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from motet.hosting import options
from motet.hosting.tracing import Tracing
from motet.node import run_node
from motet.ports import NodeId
from runtime.processes import stage
from runtime.programs import ENTRIES

Span = dict[str, Any]


def spans(file: Path) -> dict[str, list[Span]]:
    """What was exported, by name."""
    found: dict[str, list[Span]] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        span = json.loads(line)
        found.setdefault(span["name"], []).append(span)
    return found


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPANS", str(tmp_path / "spans"))
    return tmp_path / "spans"


def test_one_message_in_many_is_traced_at_both_ends(tmp_path: Path, exported: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        for who in ("Alice", "Bob"):
            on.start(who, "talk:stream", "--arg", "count=2000", "--trace", "500")
        assert [node.end() for node in on.nodes] == [(0, "")] * 2
        counts = [node.report()["messages"] for node in on.nodes]
    assert counts == [{"Bob": 2000}, {"Alice": 2000}]  # what says of a trace is no payload
    found = spans(exported)
    parts, sent, received = (found[n] for n in ("talk:stream", "send talk", "receive talk"))
    assert len({span["trace"] for span in (*parts, *sent, *received)}) == 1
    assert len({span["parent"] for span in parts}) == 1
    assert {span["parent"] for span in sent} == {span["id"] for span in parts}
    assert {span["parent"] for span in received} == {span["id"] for span in sent}
    assert 8 <= len(sent) == len(received) <= 10
    assert {span["about"]["motet.sender"] for span in received} == {"Alice", "Bob"}
    assert [span["failed"] for span in parts] == [False, False]


def test_who_traces_nothing_understands_who_does(tmp_path: Path, exported: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        on.start("Alice", "talk:stream", "--arg", "count=20", "--trace", "1")
        on.start("Bob", "talk:stream", "--arg", "count=20")
        assert [node.end() for node in on.nodes] == [(0, "")] * 2
    found = spans(exported)
    assert len(found["send talk"]) == 20
    assert "receive talk" not in found


def test_a_part_that_fails_says_so(tmp_path: Path, exported: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        alice = on.start("Alice", "talk:wait", "--trace", "9", "--start-within", "0.1")
        assert alice.end()[0] == 1
    (part,) = spans(exported)["talk:wait"]
    assert part["failed"]


def test_what_is_no_context_is_passed_over() -> None:
    Tracing(1, NodeId("Alice"), "run").arrived(NodeId("Bob"), "talk", "ff-of-a-later-version", 0)


@pytest.mark.parametrize(
    ("number", "said"),
    [("0", "one message in how many?"), ("9", "pip install 'motet-runtime[tracing]'")],
)
def test_what_cannot_be_traced(
    number: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    deployment = '{"Alice": ["tcp:127.0.0.1:1"], "Bob": ["tcp:127.0.0.1:2"]}'
    monkeypatch.setenv("MOTET_DEPLOYMENT", deployment)
    location, entries = ENTRIES["Alice"]
    assert run_node(location, entries, ["talk:wait", "--trace", number]) == 2
    assert said in capsys.readouterr().err
