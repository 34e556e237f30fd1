"""`motet run`: build if need be, start every location, say what came of it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from motetc.backend.recorded import read_manifest
from motetc.commands.choose import choose
from motetc.config import Config, ConfigError
from motetc.diagnostics.report import CLEAN, FINDINGS, Report, wants_colour
from motetc.files import read_object
from motetc.run.commands import TOGETHER, memory_command, node_commands
from motetc.run.deploy import NodeName, deployed, node_called, nodes_of, scratch
from motetc.run.launch import Judge, Launch, launch
from motetc.run.lines import Prefixer
from motetc.run.nodes import Command, Nodes
from motetc.run.outcome import (
    Ended,
    first_cause,
    is_misused,
    is_spared,
    misuse,
    results,
    summary,
)
from motetc.run.request import Request, make_request
from motetc.run.starting import Starter

LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The flags of `motet run`."""

    arguments: Sequence[str]
    sizes: Sequence[str]
    transport: str
    as_json: bool
    timeout: float | None
    lost_after: float | None
    no_build: bool
    ports: Sequence[str] = ()
    settings: Sequence[str] = ()
    terminal: str | None = None

    @property
    def given_to_nodes(self) -> list[str]:
        """What every node's command line repeats."""
        patience = [] if self.lost_after is None else ["--lost-after", str(self.lost_after)]
        return [*patience, *(part for item in self.settings for part in ("--setting", item))]


def run_choreography(config: Config, asked: str, options: RunOptions, starter: Starter) -> int:
    """The exit code: 0 done, 1 a location failed or the program has findings, 2 asked for something impossible."""
    if not options.no_build and (code := _build(config)):
        return code
    manifest = read_manifest(config.output)
    if not manifest:
        raise ConfigError(f"{config.output} has no manifest that can be read: run `motet build`")
    key = choose(asked, manifest["choreographies"], config)
    record = manifest["choreographies"][key]
    _check_settings(options.settings)
    from motet.hosting.report import any_digits

    request = make_request(key, record, options.arguments, options.sizes, options.ports)
    check_ports(request)
    terminal = None if options.terminal is None else node_called(options.terminal, request)
    with any_digits():  # results are our own nodes', and shown in full
        run = _run_together if options.transport == "memory" else _run_apart
        outcome, ended = run(config, request, options, starter, terminal)
        return _conclude(request, outcome, ended, options)


def _check_settings(given: Sequence[str]) -> None:
    if not given:
        return
    from motet.transport.settings import SettingError, Settings, change

    try:
        change(Settings(), given)
    except SettingError as problem:
        raise ConfigError(str(problem)) from None


def check_ports(request: Request) -> None:
    """Whether a client could be told where: nodes would say so one by one."""
    if not request.ports:
        return
    from motet.transport.addresses import AddressError, parse_ports

    sizes = {played.location: played.size or 1 for played in request.locations}
    for location, name, text in request.ports:
        try:
            opened = parse_ports([f"{name}={text}"], [name])[name]
        except AddressError as problem:
            raise ConfigError(str(problem)) from None
        last = opened.port + sizes[location] - 1
        if opened.port and last > LAST_PORT:
            raise ConfigError(f"--port {name}={text}: the last member's would be number {last}")


def _build(config: Config) -> int:
    """Build without a word, unless it fails."""
    from motetc.state import State

    if State(config).is_current():
        return CLEAN
    from motetc.commands.build import BuildOptions, run_build

    notes = io.StringIO()
    code = run_build(config, BuildOptions(judge=False), Report(out=sys.stderr, err=notes))
    if code:
        sys.stderr.write(f"{notes.getvalue()}(`--no-build` runs what was generated last)\n")
    return code


def _run_apart(
    config: Config,
    request: Request,
    options: RunOptions,
    starter: Starter,
    terminal: NodeName | None,
) -> tuple[Launch, list[Ended]]:
    with deployed(request, options.transport) as deployment:
        commands = node_commands(config, request, deployment, options.given_to_nodes)

        def told(node: NodeName) -> Mapping[str, Any]:
            return read_object(deployment.report(node))

        def failed(node: NodeName, code: int) -> bool:
            report = told(node)
            well = code == 0 and report.get("ok")
            return not well and not is_spared(request, node, code, report)

        def misused(node: NodeName, code: int) -> bool:
            return is_misused(told(node))

        outcome = _launch(starter, commands, options, terminal, failed, misused)
        ended = [
            replace(end, report=report, spared=is_spared(request, end.node, end.code, report))
            for end in outcome.ended
            for report in [told(end.node)]
        ]
    return outcome, ended


def _run_together(
    config: Config,
    request: Request,
    options: RunOptions,
    starter: Starter,
    terminal: NodeName | None,
) -> tuple[Launch, list[Ended]]:
    with scratch() as folder:
        file = folder / "report.json"
        command = memory_command(config, request, file, options.given_to_nodes)
        outcome = _launch(starter, [command], options, None if terminal is None else TOGETHER)
        reports = read_object(file)
    if not (nodes := reports.get("nodes")):
        return outcome, [replace(end, report=reports) for end in outcome.ended]
    names = {node.place: node for played in request.locations for node in nodes_of(played)}
    return outcome, [
        Ended(names[place], int(not report["ok"]), report) for place, report in nodes.items()
    ]


def _launch(
    starter: Starter,
    commands: Sequence[Command],
    options: RunOptions,
    terminal: NodeName | None,
    *judges: Judge,
) -> Launch:
    out = sys.stderr if options.as_json else sys.stdout
    prefixer = Prefixer([str(command.node) for command in commands], wants_colour(out))
    return launch(Nodes(starter, prefixer, out, terminal), commands, options.timeout, *judges)


def _conclude(
    request: Request, outcome: Launch, ended: Sequence[Ended], options: RunOptions
) -> int:
    if outcome.interrupted is not None:
        return 128 + outcome.interrupted
    if outcome.timed_out:
        busy = ", ".join(filter(None, map(str, outcome.timed_out)))  # one process has no name
        still = f"; still running: {busy}" if busy else ""
        return _fail(f"gave up after {options.timeout:g} seconds{still}")
    own = {name for name, argument in request.arguments.items() if argument.own}
    if (wrong := misuse(ended, own)) is not None:
        raise ConfigError(wrong)
    if (cause := first_cause(ended)) is not None:
        return _fail(cause)
    if options.as_json:
        sys.stdout.write(json.dumps(summary(request, ended), ensure_ascii=False) + "\n")
        return 0
    for location, value in results(request, ended).items():
        sys.stdout.write(f"{location}: {json.dumps(value, ensure_ascii=False)}\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"motet: {message}\n")
    return FINDINGS
