"""`motet run`: build if need be, start every location, say what came of it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from motetc.backend.manifest import read_manifest
from motetc.commands.build import BuildOptions, run_build
from motetc.commands.choose import choose
from motetc.config import Config, ConfigError
from motetc.diagnostics.report import FINDINGS, Report, wants_colour
from motetc.run.deploy import Deployment, NodeName, deployed
from motetc.run.launch import Command, Launch, launch
from motetc.run.lines import Prefixer
from motetc.run.outcome import Ended, first_cause, misuse, read_report, results, summary
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


def run_choreography(config: Config, asked: str, options: RunOptions) -> int:
    """The exit code: 0 done, 1 a location failed or the program has findings, 2 asked for something impossible."""
    if not options.no_build and not State(config).is_current():
        code = run_build(config, BuildOptions(), Report(out=sys.stderr))
        if code:
            return code
    manifest = read_manifest(config.output)
    if not manifest:
        raise ConfigError(f"{config.output} has no manifest that can be read: run `motet build`")
    key = choose(asked, manifest["choreographies"])
    record = manifest["choreographies"][key]
    request = make_request(key, record, options.arguments, options.sizes)
    with deployed(request, options.transport, manifest["fingerprint"]) as deployment:
        outcome = asyncio.run(_launch(config, request, deployment, options))
        ended = [_with_report(end, deployment) for end in outcome.ended]
    return _conclude(request, outcome, ended, options)


async def _launch(
    config: Config, request: Request, deployment: Deployment, options: RunOptions
) -> Launch:
    nodes = list(deployment.sockets)
    prefixer = Prefixer(
        [str(node) for node in nodes], wants_colour(sys.stderr if options.as_json else sys.stdout)
    )
    commands = [_command(config, request, deployment, node, options) for node in nodes]
    out = sys.stderr if options.as_json else sys.stdout
    return await launch(commands, _environment(config), prefixer, out, options.timeout)


def _command(
    config: Config, request: Request, deployment: Deployment, node: NodeName, options: RunOptions
) -> Command:
    listener = deployment.sockets[node].fileno()
    arguments = [
        sys.executable,
        "-P",
        "-m",
        f"{config.output.name}.{node.folder}",
        request.choreography,
    ]
    arguments += ["--deployment", str(deployment.file), "--listen-fd", str(listener)]
    arguments += ["--report", str(deployment.report(node))]
    if node.member is not None:
        arguments += ["--member", str(node.member)]
    if options.lost_after is not None:
        arguments += ["--lost-after", str(options.lost_after)]
    for name, text in request.arguments_of(node.location, node.member).items():
        arguments += ["--arg", f"{name}={text}"]
    return Command(node, tuple(arguments), (listener,))


def _environment(config: Config) -> dict[str, str]:
    """The generated package, the project's own modules and the runtime, before whatever the user has on the path."""
    path = [str(config.output.parent), *map(str, config.sources), str(_runtime())]
    path += filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    unique = dict.fromkeys(path)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(unique), "PYTHONUNBUFFERED": "1"}


def _runtime() -> Path:
    spec = importlib.util.find_spec("motet")
    if spec is None or spec.origin is None:
        raise ConfigError("the runtime is not installed: pip install motet-runtime")
    return Path(spec.origin).parents[1]


def _with_report(end: Ended, deployment: Deployment) -> Ended:
    return Ended(end.node, end.code, read_report(deployment.report(end.node)), end.stopped)


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
