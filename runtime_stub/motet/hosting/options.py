"""The command line of one node."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from motet.entries import Entry, EntryError
from motet.locations import Cluster
from motet.ports import NodeId
from motet.transport.addresses import (
    Address,
    AddressError,
    Deployment,
    address_of,
    check_addresses,
    parse_deployment,
    parse_ports,
    parse_tcp,
)
from motet.transport.settings import SettingError, Settings, change

VARIABLE = "MOTET_DEPLOYMENT"
METRICS: Final = "prometheus_client"
"""What serves them."""

TRACING: Final = "opentelemetry.trace"
"""What makes spans."""


class UsageError(Exception):
    """The command line cannot be followed; one line says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one node was asked to do."""

    key: str
    entry: Entry
    node: NodeId
    own: Address
    deployment: Deployment
    sizes: Mapping[str, int]
    arguments: Mapping[str, Any]  # JSON, not yet read by type
    settings: Settings
    ports: Mapping[str, Address]
    metrics: Address | None
    trace: int | None
    report: Path | None
    log_level: str


def read_options(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> Options:
    """Read the command line; a `UsageError` or argparse itself says what is wrong with it."""
    given = _parser_of(location, entries).parse_args(arguments)
    try:
        return _checked(location, entries, given)
    except (AddressError, EntryError, SettingError) as problem:
        raise UsageError(str(problem)) from None


def _parser_of(location: type, entries: Mapping[str, Entry]) -> argparse.ArgumentParser:
    name = location.__name__
    known = ", ".join(entries) or "none"
    parser = copy(PARSER)
    parser.prog = f"python -m generated.{name.lower()}"
    parser.description = f"Run {name}'s part of a choreography ({known})."
    return parser


def _new_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    option = parser.add_argument
    option("choreography", nargs="?", help="MODULE:NAME; may be left out if there is only one")
    option("--entry", help="the same as CHOREOGRAPHY")
    option(
        "--deployment",
        "--addresses",
        metavar="FILE",
        help=f"JSON: location class -> list of addresses, one per member "
        f"(unix:PATH, tcp:HOST:PORT); default: ${VARIABLE}, a file or the JSON itself",
    )
    option("--member", type=int, metavar="I", help="which member of its cluster this node is")
    option("--listen-fd", type=int, metavar="N", help="take over a listening socket")
    option("--arg", action="append", default=[], metavar="NAME=JSON", help="a located value")
    option("--run-id", help="nodes of different runs do not talk to each other")
    option("--report", type=Path, metavar="FILE", help="write the outcome there, as JSON")
    option("--lost-after", type=_seconds, default=10.0, metavar="S", help="default: 10")
    option("--start-within", type=_seconds, metavar="S", help="default: 60")
    option(
        "--port",
        action="append",
        default=[],
        metavar="NAME=HOST:PORT",
        help="where a port opens for clients; default: 127.0.0.1, any free port",
    )
    option("--metrics", metavar="HOST:PORT", help="answer Prometheus there")
    option("--trace", type=int, metavar="N", help="spans for OpenTelemetry: of one message in N")
    option("--setting", action="append", default=[], metavar="NAME=NUMBER")
    option("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    return parser


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number above 0")
    return value


PARSER: Final = _new_parser()
"""Of all locations: nodes that are forks share it."""


def _checked(location: type, entries: Mapping[str, Entry], given: argparse.Namespace) -> Options:
    key = _choose(location, entries, given.choreography or given.entry)
    entry = entries[key]
    deployment = _read_deployment(given.deployment)
    if given.run_id:
        deployment = replace(deployment, run=given.run_id)
    members = deployment.members
    sizes = {
        name: len(members[role.location])
        for name, role in entry.roles.items()
        if role.cluster and role.location in members
    }
    nodes = entry.nodes(sizes)
    for node in nodes:
        address_of(node, members)
    node = _node(location, given.member, sizes.get(entry.plays, 0))
    check_addresses(nodes, node, members)
    own = address_of(node, members)
    if given.report is not None and not given.report.parent.is_dir():
        raise UsageError(f"--report {given.report}: there is no folder {given.report.parent}")
    if given.listen_fd is not None:
        own = Address("fd", str(given.listen_fd))
    settings = Settings(
        lost_after=given.lost_after, start_within=given.start_within or max(60.0, given.lost_after)
    )
    return Options(
        key=key,
        entry=entry,
        node=node,
        own=own,
        deployment=deployment,
        sizes=sizes,
        arguments=_arguments(key, entry, given.arg),
        settings=change(settings, given.setting),
        ports=parse_ports(given.port, entry.ports),
        metrics=_metrics(given.metrics),
        trace=_trace(given.trace),
        report=given.report,
        log_level=given.log_level,
    )


def _metrics(given: str | None) -> Address | None:
    if given is None:
        return None
    if find_spec(METRICS) is None:
        needed = "pip install 'motet-runtime[metrics]'"
        raise UsageError(f"--metrics needs the package {METRICS}: {needed}")
    try:
        return parse_tcp(given)
    except AddressError:
        raise UsageError(f"--metrics {given}: write --metrics HOST:PORT") from None


def _trace(given: int | None) -> int | None:
    if given is None:
        return None
    if given < 1:
        raise UsageError(f"--trace {given}: one message in how many? write --trace 1000")
    if find_spec(TRACING.partition(".")[0]) is None:
        needed = "pip install 'motet-runtime[tracing]'"
        raise UsageError(f"--trace needs the package opentelemetry-api: {needed}")
    return given


def _choose(location: type, entries: Mapping[str, Entry], asked: str | None) -> str:
    if asked is None and len(entries) == 1:
        return next(iter(entries))
    known = f"there is {', '.join(entries)}" if entries else "there is nothing to run"
    if asked is None:
        raise UsageError(f"which choreography? {known}" if entries else known)
    if asked not in entries:
        raise UsageError(f"{location.__name__} has no part in '{asked}'; {known}")
    return asked


def _read_deployment(asked: str | None) -> Deployment:
    source = asked or os.environ.get(VARIABLE)
    if not source:
        raise UsageError(f"where are the peers? give --deployment FILE or set {VARIABLE}")
    text = source
    if asked or not source.lstrip().startswith("{"):
        try:
            text = Path(source).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            why = getattr(problem, "strerror", None) or problem
            raise UsageError(f"cannot read {source}: {why}") from None
    return parse_deployment(text)


def _node(location: type, member: int | None, size: int) -> NodeId:
    name = location.__name__
    if not issubclass(location, Cluster):
        if member is not None:
            raise UsageError(f"{name} is one process: --member has no meaning for it")
        return NodeId(name)
    if member is None:
        raise UsageError(f"{name} is a cluster: say which member this is with --member")
    if not 0 <= member < size:
        raise UsageError(f"--member {member}: {name} has {size} members, counted from 0")
    return NodeId(name, member)


def _arguments(key: str, entry: Entry, given: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or name not in entry.parameters:
            known = ", ".join(entry.parameters) or "none"
            raise UsageError(f"--arg {item}: {key} takes NAME=JSON for {known} here")
        if name in found:
            raise UsageError(f"--arg {name} is given twice")
        try:
            found[name] = json.loads(text)
        except RecursionError:
            raise UsageError(f"--arg {name}: nested too deeply") from None
        except ValueError as problem:
            raise UsageError(f"--arg {name}: not JSON: {problem}") from None
    missing = [p for p in entry.parameters if p not in found and p not in entry.optional]
    if missing:
        raise UsageError(f"missing: {' '.join(f'--arg {name}=JSON' for name in missing)}")
    return found
