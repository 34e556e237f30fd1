"""All locations of one choreography in one process, over memory.

`run_parts` is for programs and tests. `python -m motet.local shop:buy --package generated.buyer
--package generated.seller` is what `motet run --transport memory` starts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from motet.entries import (
    Entry,
    EntryError,
    Part,
    PerLocation,
    PerMember,
    arguments_at,
    check_arguments,
)
from motet.hosting.logs import log_to_stderr
from motet.hosting.manifests import manifest_of
from motet.hosting.options import UsageError
from motet.hosting.report import write_report
from motet.hosting.session import Ending, Session, run_session
from motet.hosting.typed_arguments import read_arguments
from motet.ports import NodeId
from motet.transport.addresses import Address, Deployment, parse_ports, ports_of_member
from motet.transport.hub import Hub, Identity
from motet.transport.memory import MemoryCarrier
from motet.transport.settings import Settings, change
from motet.transport.tcp_doors import DoorPlan, print_port


async def run_parts(
    parts: Sequence[Part],
    sizes: Mapping[str, int] | None = None,
    arguments: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    doors: DoorPlan | None = None,
) -> dict[NodeId, Ending]:
    """Run all nodes to their end, in this loop; how each ended.

    `sizes` are the clusters' sizes by role, `arguments` the located values by name (`PerMember`
    for a value that differs per member, `PerLocation` for one whose class every location has of its
    own). `doors` says where ports open: over TCP, here too.
    """
    sizes = sizes or {}
    nodes = {node: part for part in parts for node in part.nodes(sizes)}
    members: dict[str, tuple[Address, ...]] = {}
    for node in nodes:
        members[node.location] = (*members.get(node.location, ()), _address(node))
    deployment = Deployment(members)
    carrier = MemoryCarrier()
    sessions = []
    for node, part in nodes.items():
        own = arguments_at(node, arguments or {})
        check_arguments(part.entry, own)
        identity = Identity(node, len(part.nodes(sizes)))
        hub = Hub(
            identity,
            part.entry.partners(nodes),
            carrier,
            settings,
            dispensable=part.entry.dispensable,
            doors=_doors_at(node, doors or DoorPlan()),
        )
        manifest = manifest_of(part.entry.function)
        sessions.append(
            Session(
                part.location, part.entry, hub, _address(node), deployment, sizes, own, manifest
            )
        )
    endings = await asyncio.gather(*map(run_session, sessions))
    return dict(zip(nodes, endings, strict=True))


def _doors_at(node: NodeId, plan: DoorPlan) -> DoorPlan:
    return replace(plan, addresses=ports_of_member(plan.addresses, node.member or 0))


def _address(node: NodeId) -> Address:
    return Address("memory", str(node))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit codes as for a single node.

    The report is `{"nodes": {"Buyer": …, "Worker[0]": …}}`, each as a node alone would write it.
    """
    given = _parser().parse_args(arguments)
    log_to_stderr("warning")
    try:  # apart: an error of a module that is imported is nobody's wrong usage
        parts = [_part(package, given.choreography) for package in given.package]
    except UsageError as problem:
        return _refuse(problem, given.report)
    try:
        sizes = {name: int(text) for name, text in map(_pair, given.size)}
        forms = {name: json.loads(text) for name, text in map(_pair, given.arg)}
        values: dict[str, PerLocation] = {}
        for part in parts:
            own = _values(part.entry, forms, dict(map(_pair, given.own)))
            for name, value in own.items():
                values.setdefault(name, PerLocation())[part.entry.role.location] = value
        settings = change(Settings(lost_after=given.lost_after), given.setting)
        ports = parse_ports(given.port, [name for part in parts for name in part.entry.ports])
        folders = [package.rpartition(".")[2] for package in given.package]
        names = {p.entry.role.location: name for p, name in zip(parts, folders, strict=True)}
        doors = DoorPlan(ports, print_port, names)
        endings = asyncio.run(run_parts(parts, sizes, values, settings, doors))
    except (UsageError, EntryError, ValueError) as problem:
        return _refuse(problem, given.report)
    return _conclude(endings, given.report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m motet.local", allow_abbrev=False)
    option = parser.add_argument
    option("choreography", help="MODULE:NAME")
    option("--package", action="append", required=True, metavar="generated.LOCATION")
    option("--size", action="append", default=[], metavar="ROLE=N")
    option("--arg", action="append", default=[], metavar="NAME=JSON")
    option("--own", action="append", default=[], metavar="NAME=LIST", help="a value per member")
    option("--lost-after", type=float, default=10.0, metavar="S")
    option("--port", action="append", default=[], metavar="NAME=HOST:PORT")
    option("--setting", action="append", default=[], metavar="NAME=NUMBER")
    option("--report", type=Path, metavar="FILE")
    return parser


def _pair(item: str) -> tuple[str, str]:
    name, equals, text = item.partition("=")
    if not equals:
        raise UsageError(f"{item}: write NAME=VALUE")
    return name, text


def _part(package: str, key: str) -> Part:
    module: Any = import_module(f"{package}.__main__")
    entry: Entry | None = module.ENTRIES.get(key)
    if entry is None:
        raise UsageError(f"{package} has no part in '{key}'")
    return Part(getattr(module, entry.role.location), entry)


def _values(entry: Entry, forms: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, object]:
    """What one location is given, read by its declared types."""
    known = {name: form for name, form in forms.items() if name in entry.parameters}
    values = read_arguments(entry.function, known)
    for name, text in own.items():
        if name in entry.parameters:
            each = enumerate(json.loads(text))
            values[name] = PerMember(_own(entry, name, index, form) for index, form in each)
    return values


def _own(entry: Entry, name: str, index: int, form: object) -> object:
    """What one member has for itself."""
    try:
        return read_arguments(entry.function, {name: form})[name]
    except UsageError as problem:
        raise UsageError(
            str(problem).replace(f"--arg {name}: ", f"--arg {name}[{index}]: ", 1)
        ) from None


def _refuse(problem: Exception, report: Path | None) -> int:
    if report is None:
        sys.stderr.write(f"{problem}\n")
    else:
        error = {"kind": "usage", "message": str(problem)}
        write_report({"nodes": {}, "error": error}, report)
    return 2


def _conclude(endings: Mapping[NodeId, Ending], report: Path | None) -> int:
    for node, ending in endings.items():
        if ending.explanation:
            sys.stderr.write(f"{node}: {ending.explanation}\n")
    nodes = {str(node): ending.report.document() for node, ending in endings.items()}
    told = report is None or write_report({"nodes": nodes}, report)
    return 1 if not told or any(ending.report.error for ending in endings.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
