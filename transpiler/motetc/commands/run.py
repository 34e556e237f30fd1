"""`motet run`: build if need be, start every location, say what came of it."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from motet.transport.settings import SettingError, Settings, change

from motetc.backend.manifest import read_manifest
from motetc.commands.build import BuildOptions, run_build
from motetc.commands.choose import choose
from motetc.config import Config, ConfigError
from motetc.diagnostics.report import FINDINGS, Report, wants_colour
from motetc.run.commands import environment, memory_command, node_commands
from motetc.run.deploy import NodeName, deployed, nodes_of
from motetc.run.launch import Command, Launch, Spared, launch
from motetc.run.lines import Prefixer
from motetc.run.outcome import (
    Ended,
    first_cause,
    is_spared,
    misuse,
    read_report,
    results,
    summary,
)
from motetc.run.request import Request, make_request
from motetc.state import State


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

    @property
    def given_to_nodes(self) -> list[str]:
        """What every node's command line repeats."""
        patience = [] if self.lost_after is None else ["--lost-after", str(self.lost_after)]
        return [*patience, *(part for item in self.settings for part in ("--setting", item))]


def run_choreography(config: Config, asked: str, options: RunOptions) -> int:
    """The exit code: 0 done, 1 a location failed or the program has findings, 2 asked for something impossible."""
    if not options.no_build and not State(config).is_current() and (code := _build(config)):
        return code
    manifest = read_manifest(config.output)
    if not manifest:
        raise ConfigError(f"{config.output} has no manifest that can be read: run `motet build`")
    key = choose(asked, manifest["choreographies"])
    record = manifest["choreographies"][key]
    _check_settings(options.settings)
    request = make_request(key, record, options.arguments, options.sizes, options.ports)
    if options.transport == "memory":
        outcome, ended = _run_together(config, request, options)
    else:
        outcome, ended = _run_apart(config, request, manifest["fingerprint"], options)
    return _conclude(request, outcome, ended, options)


def _check_settings(given: Sequence[str]) -> None:
    try:
        change(Settings(), given)
    except SettingError as problem:
        raise ConfigError(str(problem)) from None


def _build(config: Config) -> int:
    """Build without a word, unless it fails."""
    notes = io.StringIO()
    code = run_build(config, BuildOptions(), Report(out=sys.stderr, err=notes))
    if code:
        sys.stderr.write(f"{notes.getvalue()}(`--no-build` runs what was generated last)\n")
    return code


def _run_apart(
    config: Config, request: Request, fingerprint: str, options: RunOptions
) -> tuple[Launch, list[Ended]]:
    with deployed(request, options.transport, fingerprint) as deployment:
        commands = node_commands(config, request, deployment, options.given_to_nodes)

        def spared(node: NodeName, code: int) -> bool:
            return is_spared(request, node, code, read_report(deployment.report(node)))

        outcome = _launch(config, commands, options, spared)
        ended = [
            replace(
                end,
                report=read_report(deployment.report(end.node)),
                spared=spared(end.node, end.code),
            )
            for end in outcome.ended
        ]
    return outcome, ended


def _run_together(
    config: Config, request: Request, options: RunOptions
) -> tuple[Launch, list[Ended]]:
    with tempfile.TemporaryDirectory(prefix="motet-") as folder:
        file = Path(folder) / "report.json"
        outcome = _launch(
            config, [memory_command(config, request, file, options.given_to_nodes)], options
        )
        reports = read_report(file)
    if not (nodes := reports.get("nodes")):
        return outcome, [replace(end, report=reports) for end in outcome.ended]
    names = {node.place: node for played in request.locations for node in nodes_of(played)}
    return outcome, [
        Ended(names[place], int(not report["ok"]), report) for place, report in nodes.items()
    ]


def _launch(
    config: Config,
    commands: Sequence[Command],
    options: RunOptions,
    spared: Spared = lambda node, code: False,
) -> Launch:
    out = sys.stderr if options.as_json else sys.stdout
    prefixer = Prefixer([str(command.node) for command in commands], wants_colour(out))
    ran = launch(commands, environment(config), prefixer, out, options.timeout, spared)
    return asyncio.run(ran)


def _conclude(
    request: Request, outcome: Launch, ended: Sequence[Ended], options: RunOptions
) -> int:
    if outcome.interrupted is not None:
        return 128 + outcome.interrupted
    if outcome.timed_out:
        busy = ", ".join(map(str, outcome.timed_out))
        return _fail(f"gave up after {options.timeout:g} seconds; still running: {busy}")
    if (wrong := misuse(ended)) is not None:
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
