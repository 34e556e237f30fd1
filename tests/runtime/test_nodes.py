"""Nodes as processes: start in any order, results, failures, signals, usage."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from motet.codec_errors import TooDeep
from motet.hosting import session
from motet.hosting.logs import log_to_stderr
from motet.hosting.report import Report, write_report
from motet.transport import carriers
from motet.transport.addresses import Address, parse_address
from motet.transport.carriers import connected_to
from runtime.processes import PROGRAMS, Stage, stage


def test_results_and_messages_are_reported(tmp_path: Path) -> None:
    with stage(tmp_path, Buyer=1, Seller=1) as on:
        seller = on.start("Seller", "shop:buy")
        buyer = on.start("Buyer", "shop:buy", "--arg", 'title="TAPL"')
        assert (seller.end(), buyer.end()) == ((0, ""), (0, ""))
        assert buyer.report() == {
            "ok": True,
            "has_result": True,
            "result": "TAPL by post",
            "messages": {"Seller": 2},
        }
        assert seller.report() == {
            "ok": True,
            "has_result": False,
            "result": None,
            "messages": {"Buyer": 2},
        }


@pytest.mark.parametrize("order", list(itertools.permutations(["Alice", 0, 1])))
def test_nodes_start_in_any_order(order: tuple[str | int, ...], tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=2) as on:
        for who in order:
            if isinstance(who, int):
                on.start("Worker", "talk:crowd", member=who)
            else:
                alice = on.start("Alice", "talk:crowd", "--arg", 'word="hello"')
        assert [node.end() for node in on.nodes] == [(0, "")] * 3
        assert alice.report()["result"] == ["hello 0/2", "hello 1/2"]


def test_a_late_node_is_waited_for(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        alice = on.start("Alice", "talk:ping", "--arg", "count=5", "--lost-after", "0.2")
        time.sleep(1.0)  # longer than anybody may be away later
        bob = on.start("Bob", "talk:ping", "--arg", "count=5")
        assert (alice.end()[0], bob.end()[0]) == (0, 0)


def take_ports(on: Stage, *locations: str) -> None:
    """Have them listen at TCP ports that are free."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in locations]
    for location, probe in zip(locations, probes, strict=True):
        on.addresses[location] = [f"tcp:127.0.0.1:{probe.getsockname()[1]}"]
        probe.close()


def test_tcp(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        take_ports(on, "Alice", "Bob")
        nodes = [on.start(name, "talk:ping", "--arg", "count=50") for name in ("Alice", "Bob")]
        assert [node.end() for node in nodes] == [(0, "")] * 2


def test_an_inherited_socket_is_taken_over(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        deployment = tmp_path / "deployment.json"
        addresses = {"Alice": ["unix:nowhere"], "Bob": [f"tcp:127.0.0.1:{port}"]}
        deployment.write_text(json.dumps(addresses))
        on.addresses = addresses
        command = [sys.executable, str(PROGRAMS), "Bob", "talk:ping", "--arg", "count=3"]
        command += ["--deployment", str(deployment), "--listen-fd", str(listening.fileno())]
        command += ["--run-id", "test"]
        environment = {**os.environ, "PYTHONPATH": str(Path(PROGRAMS).parents[2] / "runtime_stub")}
        with subprocess.Popen(
            command, pass_fds=[listening.fileno()], env=environment, cwd=tmp_path
        ) as bob:
            listening.close()
            os.chdir(tmp_path)
            alice = on.start("Alice", "talk:ping", "--arg", "count=3")
            assert alice.end() == (0, "")
            assert bob.wait(20) == 0


def test_an_exception_reaches_all_and_names_the_culprit(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=3) as on:
        alice = on.start("Alice", "talk:crowd", "--arg", 'word="fail"')
        workers = [on.start("Worker", "talk:crowd", member=index) for index in range(3)]
        code, errors = workers[1].end()
        assert code == 1
        assert errors.startswith("Worker[1]: Traceback")
        assert errors.endswith("ValueError: worker 1 was told to\n")
        assert "motet/wire" not in errors
        line = "PeerAborted: Worker[1] aborted: ValueError: worker 1 was told to\n"
        assert alice.end() == (1, f"Alice: {line}")
        for index in (0, 2):  # one that had said all it had to say may be gone already
            assert workers[index].end() in [(1, f"Worker[{index}]: {line}"), (0, "")]
        error = alice.report()["error"]
        assert (error["kind"], error["location"], error["primary"]) == (
            "PeerAborted",
            "Worker[1]",
            False,
        )
        assert workers[1].report()["error"]["primary"]


def test_exit_in_the_users_code_ends_everybody(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=2) as on:
        alice = on.start("Alice", "talk:crowd", "--arg", 'word="exit"')
        workers = [on.start("Worker", "talk:crowd", member=index) for index in range(2)]
        assert [node.end()[0] for node in (alice, workers[1])] == [1, 1]
        assert workers[0].end()[0] in (0, 1)  # it may have said all it had to say, and be gone
        assert "Worker[1] aborted: SystemExit: 3" in alice.report()["error"]["message"]


@pytest.mark.parametrize("way", ["unix", "tcp"])
@pytest.mark.parametrize("dead", ["Alice", "Bob"])
def test_a_killed_node_is_lost_by_name(tmp_path: Path, way: str, dead: str) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        if way == "tcp":
            take_ports(on, "Alice", "Bob")
        patience = () if way == "unix" else ("--lost-after", "0.3")
        nodes = {name: on.start(name, "talk:wait", *patience) for name in ("Alice", "Bob")}
        assert {node.line() for node in nodes.values()} == {"listening"}
        nodes.pop(dead).process.send_signal(signal.SIGKILL)
        ((name, left),) = nodes.items()
        code, errors = left.end(timeout=5.0)
        assert code == 1
        how = "its process has ended" if way == "unix" else "unreachable for 0.3 s ("
        assert errors.splitlines()[-1].startswith(f"{name}: PeerLost: {dead} is lost: {how}")
        assert left.report()["error"]["location"] == dead


def test_who_is_not_connected_to_the_dead_hears_of_it(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=3) as on:
        lost = ("--lost-after", "0.3")
        alice = on.start("Alice", "talk:crowd", "--arg", 'word="wait"', *lost)
        workers = [on.start("Worker", "talk:crowd", *lost, member=index) for index in range(3)]
        assert workers[1].line() == "waiting"
        workers[1].process.kill()
        for node in (alice, workers[0], workers[2]):
            code, errors = node.end()
            assert code == 1
            assert "Worker[1] is lost" in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_everybody(number: signal.Signals, tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        alice, bob = on.start("Alice", "talk:wait"), on.start("Bob", "talk:wait")
        assert (alice.line(), bob.line()) == ("listening", "listening")
        alice.process.send_signal(number)
        assert alice.end() == (1, f"Alice: stopped by {number.name}\n")
        assert bob.end() == (1, f"Bob: PeerAborted: Alice aborted: stopped by {number.name}\n")


def test_the_end_of_the_terminal_is_none_of_a_node_with_nohup(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stage(tmp_path, Alice=1, Bob=1) as on:
            alice, bob = on.start("Alice", "talk:wait"), on.start("Bob", "talk:wait")
            assert (alice.line(), bob.line()) == ("listening", "listening")
            alice.process.send_signal(signal.SIGHUP)
            alice.process.send_signal(signal.SIGTERM)
            assert alice.end() == (1, "Alice: stopped by SIGTERM\n")
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_result_that_is_nested_too_deeply_is_named() -> None:
    result: object = None
    for _ in range(10_000):
        result = [result]
    with pytest.raises(TooDeep, match="the result: nested too deeply"):
        session._json_form(print, result)


def test_a_peer_whose_address_is_none_is_lost_with_the_reason(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        on.addresses["Bob"] = ["tcp:a\0b:7000"]
        code, errors = on.start("Alice", "talk:wait", "--start-within", "0.3").end()
    assert code == 1
    assert "Bob is lost: unreachable for 0.3 s (tcp:a\0b:7000: embedded null character)" in errors


@pytest.mark.parametrize(
    ("silent", "problem"), [(False, ConnectionRefusedError), (True, TimeoutError)]
)
def test_a_name_stands_for_all_of_its_addresses(
    monkeypatch: pytest.MonkeyPatch, silent: bool, problem: type[OSError]
) -> None:
    """Whoever dials goes on to the next one where nobody answers, be it that nobody says so."""
    monkeypatch.setattr(carriers, "CONNECT_WITHIN", 0.01 if silent else 60)  # of the first attempt

    async def dial() -> str:
        loop = asyncio.get_running_loop()
        connect = loop.sock_connect
        with socket.create_server(("127.0.0.1", 0)) as there, socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            targets = [nobody.getsockname(), there.getsockname()]

            async def resolved(*given: object, **more: object) -> list[tuple[object, ...]]:
                return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", target) for target in targets]

            async def connected_or_not(dialing: socket.socket, target: object) -> None:
                monkeypatch.setattr(carriers, "CONNECT_WITHIN", 60)
                if silent and target == nobody.getsockname():
                    await loop.create_future()
                await connect(dialing, target)  # type: ignore[arg-type]

            monkeypatch.setattr(loop, "getaddrinfo", resolved)
            monkeypatch.setattr(loop, "sock_connect", connected_or_not)
            address = Address("tcp", "peer.example", 1)
            with await connected_to(address) as connected:
                assert connected.getpeername() == targets[1]
            targets.pop()
            monkeypatch.setattr(carriers, "CONNECT_WITHIN", 0.01 if silent else 60)
            with pytest.raises(problem):
                await connected_to(address)
            return "both"

    assert asyncio.run(dial()) == "both"


def test_a_restarted_node_cannot_go_on(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Bob=1) as on:
        take_ports(on, "Alice", "Bob")
        alice, bob = on.start("Alice", "talk:wait"), on.start("Bob", "talk:wait")
        assert (alice.line(), bob.line()) == ("listening", "listening")
        bob.process.kill()
        bob.process.wait()
        again = on.start("Bob", "talk:wait")
        assert "Bob is lost: it was restarted and has lost its state" in alice.end()[1]
        assert again.end()[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Alice: which choreography? there is talk:stream, talk:ping, talk:wait, talk:crowd"),
        (["talk:no"], "Alice: Alice has no part in 'talk:no'; there is talk:stream, "),
        (["talk:ping"], "Alice: where are the peers? give --deployment FILE or set "),
        (["talk:ping", "--deployment", "gone"], "Alice: cannot read gone: "),
        (["talk:ping", "--deployment", "E"], "Alice: the deployment names a run, and no 'members'"),
        (["talk:ping", "--deployment", "D"], "Alice: missing: --arg count=JSON"),
        (
            ["talk:ping", "--deployment", "N"],
            "Alice: the deployment must be a JSON object: location",
        ),
        (
            ["talk:ping", "--deployment", "T"],
            "Alice: the deployment has 'timeout', and may have run, ",
        ),
        (
            ["talk:ping", "--deployment", "B"],
            "Alice: no address is given for Bob (there are: Alice, Bop)",
        ),
        (["talk:ping", "--deployment", "TWO"], "Alice: Bob is one process, and has 2 addresses"),
        (["talk:ping", "--deployment", "DEEP"], "Alice: the deployment is nested too deeply"),
        (
            ["talk:ping", "--deployment", "D", "--arg", f"count={'[' * 9999}"],
            "Alice: --arg count: nested",
        ),
        (
            ["talk:ping", "--deployment", "D", "--arg", "count=1", "--report", "/no/such/folder/r"],
            "Alice: --report /no/such/folder/r: there is no folder /no/such/folder",
        ),
        (["talk:ping", "--deployment", "D", "--arg", "n=1"], "Alice: --arg n=1: talk:ping takes"),
        (["talk:ping", "--deployment", "D", "--arg", "count=x"], "Alice: --arg count: not JSON: "),
        (["talk:ping", "--deployment", "D", "--arg", 'count="x"'], "Alice: --arg count: expected"),
        (["talk:ping", "--deployment", "D", "--member", "0"], "Alice: Alice is one process: "),
        (["talk:crowd", "--deployment", "D"], "Alice: how many members has 'workers'?"),
    ],
)
def test_usage_errors_are_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    deployment = tmp_path / "d.json"
    deployment.write_text('{"Alice": ["unix:a"], "Bob": ["unix:b"]}')
    other = tmp_path / "e.json"
    other.write_text('{"run": "a", "locations": {"Alice": ["unix:a"], "Bob": ["unix:b"]}}')
    empty, deep = tmp_path / "n.json", tmp_path / "deep.json"
    empty.write_text('{"members": null}')
    deep.write_text("[" * 9999)
    files = {"D": str(deployment), "E": str(other), "N": str(empty), "DEEP": str(deep)}
    wrong = {
        "T": '{"members": {"Alice": ["unix:a"], "Bob": ["unix:b"]}, "timeout": 3}',
        "B": '{"Alice": ["unix:a"], "Bop": ["unix:b"]}',
        "TWO": '{"Alice": ["unix:a"], "Bob": ["unix:b", "unix:c"]}',
    }
    for name, text in wrong.items():
        files[name] = str(tmp_path / f"{name}.json")
        Path(files[name]).write_text(text)
    given = [files.get(word, word) for word in arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(PROGRAMS).parents[2] / "runtime_stub")}
    ended = subprocess.run(
        [sys.executable, str(PROGRAMS), "Alice", *given],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(message)
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("member", "addresses", "message"),
    [
        ("3", ["unix:a", "unix:b"], "Worker: --member 3: Worker has 2 members, counted from 0"),
        ("0", ["http:a"], "Worker: 'http:a' is not an address: expected unix:PATH, tcp:HOST:PORT"),
        ("0", [], "Worker: the addresses of 'Worker' must be a list, one per member"),
        ("0", ["unix:/no/such/folder/a"], "Worker: cannot listen at unix:/no/such/folder/a: "),
        ("0", [f"unix:/{'x' * 150}"], f"Worker: cannot listen at unix:/{'x' * 150}: AF_UNIX path"),
        (
            "0",
            ["tcp:no-such-host.invalid:7000"],
            "Worker: cannot listen at tcp:no-such-host.invalid:",
        ),
        ("0", ["tcp:a\0b:7000"], "Worker: cannot listen at tcp:a\0b:7000: embedded null character"),
        (
            "0",
            ["tcp:127.0.0.1:0"],
            "Worker: Worker[0] cannot be found at tcp:127.0.0.1:0: write unix:",
        ),
        (
            "0",
            ["unix:a", "memory:b"],
            "Worker: Worker[1] cannot be found at memory:b: write unix:PATH",
        ),
        ("0", ["unix:a", "fd:3"], "Worker: Worker[1] cannot be dialed at fd:3, which is its own"),
        ("0", ["unix:a", "unix:x"], "Worker: Alice and Worker[1] cannot both be at unix:x"),
    ],
)
def test_bad_deployments_are_one_line(
    member: str, addresses: list[str], message: str, tmp_path: Path
) -> None:
    deployment = tmp_path / "d.json"
    deployment.write_text(json.dumps({"Alice": ["unix:x"], "Worker": addresses}))
    environment = {**os.environ, "PYTHONPATH": str(Path(PROGRAMS).parents[2] / "runtime_stub")}
    command = [sys.executable, str(PROGRAMS), "Worker", "talk:crowd", "--member", member]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**environment, "MOTET_DEPLOYMENT": str(deployment)},
        check=False,
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith(message)


def test_the_logging_of_the_program_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    root, log = logging.getLogger(), logging.getLogger("motet")
    before, kept = list(root.handlers), (log.handlers, log.propagate, log.level)
    try:
        log_to_stderr("info")
        log.info("hello")
        assert root.handlers == before
        assert capsys.readouterr().err == "motet: hello\n"
    finally:
        log.handlers, log.propagate = kept[:2]
        log.setLevel(kept[2])


def test_integers_of_any_length_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert write_report(Report(has_result=True, result=[10**5000], messages={}).document(), file)
    assert f"[1{'0' * 5000}]" in file.read_text()
    with pytest.raises(ValueError, match="4300 digits"):
        str(10**5000)


def test_a_report_goes_through_pipes_and_links_and_leaves_them(tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link.json", tmp_path / "file.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert write_report({"ok": True}, pipe)
    assert os.read(reader, 100) == b'{"ok": true}\n'
    os.close(reader)
    file.touch()
    link.symlink_to(file)
    assert write_report({"ok": True}, link)
    assert (link.is_symlink(), file.read_text()) == (True, '{"ok": true}')
    assert pipe.is_fifo()


def test_a_report_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    file.mkdir()
    assert not write_report({"ok": True}, file)
    assert list(tmp_path.iterdir()) == [file]  # and nothing half-written is left
    assert capsys.readouterr().err == f"the report {file} cannot be written: Is a directory\n"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("tcp:[::1]:80", "tcp:[::1]:80"),
        ("tcp:::1:80", "tcp:[::1]:80"),
        ("tcp:host:80", "tcp:host:80"),
        ("unix:/a:b", "unix:/a:b"),
    ],
)
def test_an_address_is_told_as_it_can_be_given(given: str, text: str) -> None:
    assert str(parse_address(given)) == text
    assert parse_address(text) == parse_address(given)
