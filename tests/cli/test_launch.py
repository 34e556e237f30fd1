"""The launcher against small real processes that behave, or do not."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli.projects import write_files
from motetc.backend.recorded import FORMAT
from motetc.config import ConfigError
from motetc.run.deploy import NodeName, scratch
from motetc.run.launch import AT_ONCE, launch
from motetc.run.lines import Prefixer
from motetc.run.nodes import Command, Nodes, Running
from motetc.run.starting import Starter

NODE = """
import argparse, json, os, signal, socket, sys, threading
parser = argparse.ArgumentParser()
parser.add_argument("choreography")
for option in ("--deployment", "--listen-fd", "--report", "--member", "--arg", "--lost-after"):
    parser.add_argument(option, action="append" if option == "--arg" else "store")
options = parser.parse_args()
members = json.load(open(options.deployment))["members"]
me = int(options.member or 0)


def report(**fields):
    with open(options.report, "w") as file:
        json.dump({"messages": {}, **fields}, file)


def wait_for_ever():
    threading.Event().wait()

"""


def project(root: Path, watched: Sequence[str] = (), **nodes: str) -> Path:
    """A project as `motet build` leaves it, whose locations run these bodies."""
    names = list(nodes)
    roles = [
        {"name": name, "location": name.capitalize(), "folder": name, "cluster": name == "worker"}
        for name in names
    ]
    record = {
        "source": "shop.py:1",
        "roles": roles,
        "runnable": True,
        "arguments": {"title": ["Buyer"]} if "buyer" in names else {},
        "own": [],
        "optional": [],
        "results": [role["location"] for role in roles],
        "channels": [],
        "watched": list(watched),
    }
    manifest = {
        "format": FORMAT,
        "motet": "0",
        "fingerprint": "f",
        "files": {},
        "choreographies": {"shop:buy": record},
    }
    files = {f"generated/{name}/__main__.py": NODE + body for name, body in nodes.items()}
    return write_files(root, {"generated/manifest.json": json.dumps(manifest), **files})


def command(root: Path, *arguments: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "motetc",
        "run",
        "shop:buy",
        "-C",
        str(root),
        "--no-build",
        *arguments,
    ]


def motet_run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(root, *arguments), capture_output=True, text=True, timeout=60)


BUYER = 'print("asking for", *options.arg); report(ok=True, result=7, messages={"Seller": 2})'
SELLER = 'print("no args:", options.arg); report(ok=True, result=None, messages={"Buyer": 1})'


def test_output_is_prefixed_and_results_follow(tmp_path: Path):
    done = motet_run(project(tmp_path, buyer=BUYER, seller=SELLER), "--arg", "title=1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sorted(lines[:2]) == ["buyer  | asking for title=1", "seller | no args: None"]
    assert lines[2:] == ["Buyer: 7", "Seller: null"]


def test_json_is_the_only_thing_on_standard_output(tmp_path: Path):
    done = motet_run(project(tmp_path, buyer=BUYER, seller=SELLER), "--arg", "title=1", "--json")
    assert json.loads(done.stdout) == {
        "results": {"Buyer": 7, "Seller": None},
        "messages": {"Buyer->Seller": 2, "Seller->Buyer": 1},
    }
    assert "buyer  | asking for title=1" in done.stderr.splitlines()


@pytest.mark.parametrize("transport", ["unix", "tcp"])
def test_every_node_inherits_a_listening_socket_at_its_address(tmp_path: Path, transport: str):
    body = """
listener = socket.socket(fileno=int(options.listen_fd))
address = members["Worker"][me]
family, _, where = address.partition(":")
assert json.load(open(options.deployment))["listening"]
assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
bound = listener.getsockname()
assert where == (bound if family == "unix" else ":".join(map(str, bound))), (where, bound)
report(ok=True, result=[family, me, len(members["Worker"])], messages={"Worker": me})
"""
    done = motet_run(
        project(tmp_path, worker=body), "--size", "worker=3", "--transport", transport, "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "results": {"Worker": [[transport, member, 3] for member in range(3)]},
        "messages": {"Worker->Worker": 3},
    }


@pytest.mark.parametrize("name", ["folder" * 20, "語" * 40], ids=["long", "wide"])
def test_a_long_path_for_temporary_files_is_none_for_sockets(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    long = tmp_path / name
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with scratch(60) as folder:
        assert folder.parent in (Path("/tmp"), Path("/var/tmp"))
    with scratch() as folder:
        assert folder.parent == long
    with pytest.raises(ConfigError, match="set TMPDIR to a shorter one"), scratch(3):
        pass


def test_one_failure_stops_the_others_and_is_named(tmp_path: Path):
    failing = """
print("before the end", end="")
error = {"kind": "KeyError", "message": "'TAPL'", "location": "Seller", "line": "shop.py:9", "primary": True, "time": 1}
report(ok=False, error=error)
sys.exit(1)
"""
    suffering = """
report(ok=False, error={"kind": "PeerAborted", "message": "seller gave up", "primary": False, "time": 0.5})
wait_for_ever()
"""
    done = motet_run(project(tmp_path, seller=failing, buyer=suffering), "--arg", "title=1")
    assert done.returncode == 1
    assert done.stdout == "seller | before the end\n"
    assert done.stderr.splitlines()[-1] == "motet: Seller failed at shop.py:9: KeyError: 'TAPL'"


def test_a_node_that_dies_without_a_word_is_the_cause(tmp_path: Path):
    dying = "os.kill(os.getpid(), signal.SIGKILL)"
    suffering = """
report(ok=False, error={"kind": "PeerLost", "message": "worker[1] is gone", "primary": False, "time": 0.5})
sys.exit(1)
"""
    body = f"if me == 1: {dying}\n{suffering}"
    done = motet_run(project(tmp_path, worker=body), "--size", "worker=3")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "motet: worker[1] was killed by SIGKILL"


def test_locations_in_one_process_have_one_end(tmp_path: Path):
    root = project(tmp_path, buyer="", seller="")
    (root / "generated/buyer/__main__.py").write_text("import nowhere_at_all\n")
    done = motet_run(root, "--arg", "title=1", "--transport", "memory")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[-2:] == [
        "ModuleNotFoundError: No module named 'nowhere_at_all'",
        "motet: the process of all locations failed at generated/buyer/__main__.py:1: "
        "ModuleNotFoundError: No module named 'nowhere_at_all'",
    ]
    assert "runpy" not in done.stderr


@pytest.mark.parametrize("transport", ["unix", "memory"])
def test_a_module_that_raises_when_it_is_imported_is_named(tmp_path: Path, transport: str):
    root = project(tmp_path, buyer="")
    (root / "generated/buyer/__main__.py").write_text("import helper\n")
    (root / "helper.py").write_text("\nLIMIT = int('a')\n")
    done = motet_run(root, "--arg", "title=1", "--transport", transport)
    assert done.returncode == 1
    name = {"unix": "buyer", "memory": "the process of all locations"}[transport]
    failed = f"motet: {name} failed at helper.py:2: ValueError: invalid literal"
    assert done.stderr.splitlines()[-1].startswith(failed)


STOPPED = """
report(ok=False, error={"kind": "Stopped", "message": "SIGTERM", "primary": True, "time": 1})
sys.exit(1)
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", STOPPED])
def test_a_run_goes_on_without_a_member_that_is_watched(tmp_path: Path, end: str):
    body = f"""
if me == 1:
    {"    ".join(end.strip().splitlines(keepends=True))}
threading.Event().wait(2.5)  # longer than a run goes on after a failure
report(ok=True, result=me)
"""
    root = project(tmp_path, watched=["worker"], worker=body)
    done = motet_run(root, "--size", "worker=3", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"] == {"Worker": [0, None, 2]}


def test_a_member_that_is_watched_may_still_fail(tmp_path: Path):
    body = """
error = {"kind": "KeyError", "message": "1", "location": "Worker[1]", "primary": True, "time": 1}
report(ok=me != 1, result=me, **({"error": error} if me == 1 else {}))
sys.exit(me == 1)
"""
    done = motet_run(project(tmp_path, watched=["worker"], worker=body), "--size", "worker=3")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "motet: Worker[1] failed: KeyError: 1"


def test_a_node_that_ignores_terminate_is_killed(tmp_path: Path):
    os.mkfifo(tmp_path / "ready")  # whoever opens an end of it waits for the other one
    opened = f"open({str(tmp_path / 'ready')!r}, {{mode!r}}).close()"
    stubborn = (
        'signal.signal(signal.SIGTERM, signal.SIG_IGN); print("pid", os.getpid(), flush=True)'
    )
    done = motet_run(
        project(
            tmp_path,
            seller=f"{stubborn}; {opened.format(mode='w')}; wait_for_ever()",
            buyer=f"{opened.format(mode='r')}; sys.exit('sold out')",
        ),
        "--arg",
        "title=1",
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "motet: buyer ended with exit code 1"
    assert not is_running(int(done.stdout.split()[-1]))


def test_a_run_that_takes_too_long_is_given_up(tmp_path: Path):
    done = motet_run(project(tmp_path, seller="wait_for_ever()"), "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "motet: gave up after 0.2 seconds; still running: seller"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupt_ends_all_without_a_traceback(
    tmp_path: Path, number: signal.Signals, code: int
):
    waiting = 'print("pid", os.getpid(), flush=True); wait_for_ever()'
    root = project(tmp_path, worker=waiting)
    with subprocess.Popen(
        command(root, "--size", "worker=2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        pids = [int(running.stdout.readline().split()[-1]) for _ in range(2)]
        running.send_signal(number)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == code
    assert "Traceback" not in errors
    assert not any(map(is_running, pids))


WORKERS = [Command(NodeName("Worker", "worker", n), "worker", ()) for n in range(500)]


class Slow(Starter):
    """Answers one order at a time, and of what is started nothing is left; may go away after so many."""

    def __init__(self, last: int) -> None:
        self.socket, self.news = socket.socketpair()
        self.unanswered = self.most = self.answered = 0
        self._last = last

    def start(self, words: Sequence[str], handles: Sequence[int]) -> None:
        self.unanswered += 1
        self.most = max(self.most, self.unanswered)
        self.news.send(b".")

    def answers(self) -> list[list[str]] | None:
        self.socket.recv(1)
        if self.answered == self._last:
            return None
        self.unanswered -= 1
        self.answered += 1
        pid = str(2**22 + self.answered)  # none that there can be
        return [["started", pid], ["ended", pid, "0"]]


@pytest.mark.parametrize("last", [500, 100], ids=["all", "some"])
def test_no_more_is_ordered_than_a_starter_can_answer(last: int):
    """It waits for its answers to be read: who orders all at once waits for it as well."""
    starter = Slow(last)
    with starter.socket, starter.news:
        outcome = launch(Nodes(starter, Prefixer([], False), sys.stderr), WORKERS, timeout=None)
    assert starter.most <= AT_ONCE
    assert [end.code for end in outcome.ended] == [0] * last + [-signal.SIGKILL] * (
        len(WORKERS) - last
    )


def test_a_node_that_does_not_lead_a_group_yet_is_reached():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        Running(NodeName("Seller", "seller", None), process.pid).signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL


def test_a_usage_error_of_a_node_is_ours(tmp_path: Path):
    refusing = 'report(ok=False, error={"kind": "usage", "message": "title: expected str, got int"}); sys.exit(2)'
    waiting = "signal.signal(signal.SIGTERM, lambda *_: print('asked to stop', flush=True)); wait_for_ever()"
    done = motet_run(project(tmp_path, buyer=refusing, seller=waiting), "--arg", "title=1")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["motet: error: title: expected str, got int"]
    assert done.stdout == "", "nobody had begun, so nobody is to be asked"


def test_a_node_that_ends_early_without_a_word_is_a_failure(tmp_path: Path):
    done = motet_run(
        project(tmp_path, buyer="os._exit(0)", seller="wait_for_ever()"), "--arg", "title=1"
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "motet: buyer ended without a report"


def test_what_a_node_leaves_behind_does_not_keep_the_run(tmp_path: Path):
    leaving = """
import subprocess
waiting = "import threading; threading.Event().wait()"
print(subprocess.Popen([sys.executable, "-c", waiting]).pid)
report(ok=True, result=1)
"""
    done = motet_run(project(tmp_path, seller=leaving))
    first, second = done.stdout.splitlines()
    assert second == "Seller: 1"
    assert not is_running(int(first.removeprefix("seller | ")))


def test_a_run_whose_standard_streams_are_closed(tmp_path: Path):
    root = project(tmp_path, seller="print('hello'); report(ok=True, result=None)")
    closing = ["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *command(root)]
    assert subprocess.run(closing, timeout=60, check=False).returncode == 0


def test_long_lines_and_bytes_that_are_no_text_come_through(tmp_path: Path):
    noisy = """
sys.stdout.buffer.write(b"x" * 300_000 + b"\\n\\xff\\r\\n")
report(ok=True, result=1)
"""
    done = motet_run(project(tmp_path, seller=noisy))
    first, second, result = done.stdout.splitlines()
    assert len(first) == len("seller | ") + 300_000
    assert (second, result) == ("seller | �", "Seller: 1")


def test_an_output_that_has_not_every_character(tmp_path: Path):
    """JSON is the same for whoever reads it, and what a node prints in that encoding is read as it."""
    value = "Zauberfl\u00f6te \u2603 \U0001d11e \ud800"
    body = f"print('\\u00e9'); report(ok=True, result={value!a})"
    done = subprocess.run(
        command(project(tmp_path, seller=body), "--json"),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        timeout=60,
    )
    assert done.stderr.decode("latin-1") == "seller | \u00e9\n"
    assert json.loads(done.stdout.decode("latin-1")) == {
        "results": {"Seller": value},
        "messages": {},
    }


def test_integers_of_any_length_are_shown(tmp_path: Path):
    body = "sys.set_int_max_str_digits(0); report(ok=True, result=10**5000)"
    done = motet_run(project(tmp_path, seller=body))
    assert (done.returncode, done.stdout) == (0, f"Seller: 1{'0' * 5000}\n"), done.stderr


ASKING = 'name = input("who? "); print("hello", name); report(ok=True, result=os.isatty(0))'


@pytest.mark.parametrize("asked", ["worker[1]", "Worker[1]"])
def test_one_node_may_have_the_terminal(tmp_path: Path, asked: str):
    """And is a node of its own group all the same: it is not what Ctrl-C reaches."""
    ours, theirs = pty.openpty()
    saying = (
        f"if me:\n    {ASKING}\nelse:\n    print(sys.stdin.read() == ''); report(ok=True, result=0)"
    )
    root = project(tmp_path, worker=saying)
    running = subprocess.Popen(
        command(root, "--size", "worker=2", "--terminal", asked),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, b"Ann\n")
    assert running.wait(30) == 0
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "worker[0] |\x1b[0m True" in said
    assert "who? " in said
    assert "hello Ann\r\n" in said
    assert "| hello" not in said
    assert "Worker: [0, true]" in said


def test_a_terminal_is_for_a_node_that_there_is(tmp_path: Path):
    root = project(tmp_path, buyer="report(ok=True)", seller="report(ok=True)")
    done = motet_run(root, "--arg", 'title="TAPL"', "--terminal", "selller")
    assert done.returncode == 2
    assert done.stderr == (
        "motet: error: --terminal selller: there is no such node; did you mean `seller`?\n"
    )


def test_without_a_build_there_is_nothing_to_run(tmp_path: Path):
    done = motet_run(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("motet: error: ")
    assert done.stderr.endswith("has no manifest that can be read: run `motet build`\n")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "shop:by",
            "no choreography `shop:by`; did you mean `shop:buy`? (the project has shop:buy)",
        ),
        ("zzz", "no choreography `zzz` (the project has shop:buy)"),
    ],
)
def test_an_unknown_choreography_is_named(tmp_path: Path, asked: str, message: str):
    arguments = [
        sys.executable,
        "-m",
        "motetc",
        "run",
        asked,
        "-C",
        str(project(tmp_path, seller="")),
        "--no-build",
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, f"motet: error: {message}\n")


def is_running(pid: int) -> bool:
    """An ended process vanishes once the launcher, its parent, has waited for it: give the kernel that moment."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
