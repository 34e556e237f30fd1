"""The command lines that start a run: one per node over sockets, or a single one for all of them over memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from motetc.config import Config
from motetc.run.deploy import Deployment, NodeName
from motetc.run.nodes import Command
from motetc.run.request import Request

TOGETHER = NodeName("", "", None)  # the process that plays everybody


def node_commands(
    config: Config, request: Request, deployment: Deployment, options: Sequence[str]
) -> list[Command]:
    """One command per process and member, each with these options."""
    commands = []
    for node, listener in deployment.sockets.items():
        arguments = [request.choreography, "--deployment", str(deployment.file)]
        arguments += ["--report", str(deployment.report(node)), *options]
        if node.member is not None:
            arguments += ["--member", str(node.member)]
        for name, text in request.arguments_of(node.location, node.member).items():
            arguments += ["--arg", f"{name}={text}"]
        for location, name, address in request.ports:
            if location == node.location:
                arguments += ["--port", f"{name}={_of_member(address, node.member or 0)}"]
        module = f"{config.output.name}.{node.folder}"
        commands.append(Command(node, module, tuple(arguments), listener))
    return commands


def memory_command(
    config: Config, request: Request, report: Path, options: Sequence[str]
) -> Command:
    """All locations in one process."""
    arguments = [request.choreography, "--report", str(report)]
    arguments += options
    for played in request.locations:
        arguments += ["--package", f"{config.output.name}.{played.folder}"]
        if played.size is not None:
            arguments += ["--size", f"{played.role}={played.size}"]
    for name, argument in request.arguments.items():
        option, text = (
            ("--own", f"[{', '.join(argument.texts)}]")
            if argument.own
            else ("--arg", argument.texts[0])
        )
        arguments += [option, f"{name}={text}"]
    for _, name, address in request.ports:
        arguments += ["--port", f"{name}={address}"]
    return Command(TOGETHER, "motet.local", tuple(arguments))


def _of_member(address: str, member: int) -> str:
    """Where one member of a cluster opens a port: each at the next number, unless the kernel chooses."""
    host, colon, number = address.rpartition(":")
    if not number.isdecimal() or not int(number):
        return address
    return f"{host}{colon}{int(number) + member}"
