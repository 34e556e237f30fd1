"""The process that starts nodes, with small modules that say what they find."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest


class Starter:
    """One of them, and what it says."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        self.control, theirs = socket.socketpair()
        self.control.settimeout(40)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "motet.hosting.starter", *options],
            stdin=theirs,
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUNBUFFERED": "1"},
        )
        theirs.close()
        self.answers = self.control.makefile()

    def start(self, *words: str, listener: socket.socket | None = None) -> tuple[int, int, int]:
        """The process of a node, and where its output can be read."""
        pipes = [os.pipe(), os.pipe()]
        nothing = os.open(os.devnull, os.O_RDONLY)
        handles = [nothing, *(end for _, end in pipes)]
        if listener is not None:
            handles.append(listener.fileno())
        self.say(words, handles)
        for _, end in pipes:
            os.close(end)
        started, pid = self.answers.readline().split()
        assert started == "started"
        return int(pid), pipes[0][0], pipes[1][0]

    def say(self, content: object, handles: Sequence[int] = ()) -> None:
        """An order, or where to look for modules."""
        data = json.dumps(content).encode()
        socket.send_fds(self.control, [len(data).to_bytes(8, "big")], handles)
        self.control.sendall(data)

    def end(self) -> tuple[int, int]:
        """Which node ended next, and how."""
        ended, pid, code = self.answers.readline().split()
        assert ended == "ended"
        return int(pid), int(code)

    def close(self) -> None:
        self.answers.close()
        self.control.close()


def read(handle: int) -> str:
    """All of it."""
    with open(handle) as file:
        return file.read()


@pytest.fixture(params=[[], ["--spawn"]], ids=["forks", "spawns"])
def starter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Starter]:
    found = Starter(tmp_path, request.param)
    yield found
    found.close()
    found.process.wait(timeout=40)


def module(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / f"{name}.py").write_text(text)


def test_a_node_is_what_python_m_makes_of_it(starter: Starter, tmp_path: Path):
    module(tmp_path, "apart", "")
    module(
        tmp_path,
        "node",
        """
import apart, atexit, json, os, random, sys
atexit.register(print, "at exit")
found = {
    "name": __name__, "spec": sys.modules["__main__"].__spec__.name, "arguments": sys.argv[1:],
    "first": os.path.basename(sys.argv[0]), "original": sys.orig_argv[1:], "input": sys.stdin.read(),
    "leads": os.getsid(0) == os.getpid(), "random": random.random(), "pid": os.getpid(),
    "safe": sys.flags.safe_path, "alien": sorted({"apart", "motetc", "click", "other"} & set(sys.modules)),
}
print(json.dumps(found))
sys.exit(3)
""",
    )
    module(tmp_path, "other", "print('other', end='')")
    other, output, errors = starter.start("other", "other")
    assert starter.end() == (other, 0)
    assert (read(output), read(errors)) == ("other", "")
    seen = []
    for word in ("a", "b"):
        pid, output, errors = starter.start("node[0]", "node", word, "--x")
        assert starter.end() == (pid, 3)
        first, last = read(output).splitlines()
        assert (last, read(errors)) == ("at exit", "")
        found = json.loads(first)
        assert found.pop("pid") == pid
        seen.append(found.pop("random"))
        assert found == {
            "name": "__main__",
            "spec": "node",
            "arguments": [word, "--x"],
            "first": "node.py",
            "original": ["-P", "-m", "node", word, "--x"],
            "input": "",
            "leads": True,
            "safe": True,
            "alien": ["apart"],
        }
    assert seen[0] != seen[1]


def test_modules_are_found_where_it_is_told_to_look(starter: Starter, tmp_path: Path):
    (tmp_path / "there").mkdir()
    module(tmp_path, "place", "print('here')")
    module(tmp_path / "there", "place", "print('there')")
    module(tmp_path / "there", "asks", "import os; print(os.environ['PYTHONPATH'])")
    path = os.pathsep.join([str(tmp_path / "there"), str(tmp_path)])
    node, output, _ = starter.start("first", "place")
    assert (starter.end(), read(output)) == ((node, 0), "here\n")
    starter.say({"path": path})
    for name, said in (("place", "there"), ("asks", path)):
        node, output, errors = starter.start(name, name)
        assert starter.end() == (node, 0), read(errors)
        assert read(output) == f"{said}\n"


def test_a_listener_is_handed_on(starter: Starter, tmp_path: Path):
    module(
        tmp_path,
        "node",
        """
import socket, sys
number = sys.argv[1].removeprefix("--listen-fd=")
connected, _ = socket.socket(fileno=int(number)).accept()
connected.sendall(b"hello")
""",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
        pid, _, errors = starter.start("node", "node", listener=listener)
    with socket.create_connection(place) as connected, connected.makefile() as file:
        assert file.read() == "hello"
    assert starter.end() == (pid, 0)
    assert read(errors) == ""
    with pytest.raises(ConnectionRefusedError), socket.create_connection(place):
        pass


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit('so it is')", 1, "so it is"),
        ("import sys; sys.exit()", 0, ""),
        ("import os; os.abort()", -signal.SIGABRT, ""),
        (
            "import threading as t; t.Timer(0.1, print, ['later']).start(); raise SystemExit(4)",
            4,
            "",
        ),
    ],
)
def test_how_nodes_end(starter: Starter, tmp_path: Path, text: str, code: int, said: str):
    module(tmp_path, "node", text)
    pid, output, errors = starter.start("node", "node")
    assert starter.end() == (pid, code)
    assert read(output) == ("later\n" if "later" in text else "")
    assert read(errors).splitlines()[-1:] == ([said] if said else [])


def test_a_node_that_cannot_begin_shows_its_own_lines_alone(starter: Starter, tmp_path: Path):
    module(tmp_path, "node", "import broken")
    module(tmp_path, "broken", "import nowhere_at_all")
    _, _, errors = starter.start("node", "node")
    starter.end()
    lines = read(errors).splitlines()
    assert [line for line in lines if "runpy" not in line] == [  # an interpreter of its own has two
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/node.py", line 1, in <module>',
        "    import broken",
        f'  File "{tmp_path}/broken.py", line 1, in <module>',
        "    import nowhere_at_all",
        "ModuleNotFoundError: No module named 'nowhere_at_all'",
    ]


def test_who_has_no_starter_any_more_is_stopped(starter: Starter, tmp_path: Path):
    module(
        tmp_path,
        "node",
        """
import signal, sys, threading
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
threading.Event().wait()
""",
    )
    nodes = [starter.start("node", "node", word) for word in ("meek", "stubborn")]
    with os.fdopen(nodes[0][1]) as meek, os.fdopen(nodes[1][1]) as stubborn:
        assert (meek.readline(), stubborn.readline()) == ("ready\n", "ready\n")
        starter.close()
        assert (meek.read(), stubborn.read()) == ("", "")  # both have ended
    assert starter.process.wait(timeout=40) == 0
