"""`motet run --port`: real processes, and a client over TCP."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import msgpack
import pytest
from motetc.commands.run import check_ports
from motetc.config import ConfigError
from motetc.run.request import Played, Request

ECHO = '''\
from motet import Process, choreography


class Server(Process):
    """Says everything louder."""


@choreography
async def echo(server: Server) -> None:
    door = server.port(str, str, name="echo")
    door.reply(door.requests.map(lambda line: line.upper()))
'''


@pytest.fixture
def project(tmp_path: Path, shared_cache: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.motet]\n")
    (tmp_path / "echo.py").write_text(ECHO)
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "motetc", "run", "echo:echo", str(project), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=project
    )


@pytest.mark.parametrize("transport", ["unix", "memory"])
def test_a_client_is_served_where_the_run_says(project: Path, transport: str) -> None:
    import socket

    running = run(project, "--port", "echo=127.0.0.1:0", "--transport", transport)
    try:
        assert running.stdout is not None
        said = next(line for line in running.stdout if "port echo" in line)
        found = re.fullmatch(r"server +\| port echo tcp:127\.0\.0\.1:(\d+)\n", said)
        assert found is not None, said
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=30) as client:
            client.sendall(msgpack.packb("hello"))
            unpacker = msgpack.Unpacker()
            while (reply := next(unpacker, None)) is None:
                data = client.recv(1024)
                assert data, "the port has closed"
                unpacker.feed(data)
        assert reply == "HELLO"
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


@pytest.mark.parametrize("transport", ["unix", "memory"])
def test_it_is_said_which_member_a_port_is_of(project: Path, transport: str) -> None:
    cluster = ECHO.replace("Process", "Cluster").replace("server", "servers")
    (project / "echo.py").write_text(cluster)
    running = run(project, "--size", "servers=2", "--transport", transport)
    try:
        assert running.stdout is not None
        said = [next(line for line in running.stdout if "port echo" in line) for _ in range(2)]
        assert {line.partition(" ")[0] for line in said} == {"server[0]", "server[1]"}
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_a_port_that_there_is_not(project: Path) -> None:
    running = run(project, "--port", "ecco=127.0.0.1:0")
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 2
    assert "has no port `ecco`; did you mean `echo`?" in out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("127.0.0.1", "--port echo=127.0.0.1: write --port NAME=HOST:PORT"),
        ("[::1]:65535", "--port echo=[::1]:65535: the last member's would be number 65536"),
    ],
)
def test_a_place_where_no_client_could_come(given: str, message: str) -> None:
    roles = (Played("servers", "Server", "server", 2),)
    request = Request("echo:echo", roles, {}, (), ports=(("Server", "echo", given),))
    with pytest.raises(ConfigError, match=re.escape(message)):
        check_ports(request)
