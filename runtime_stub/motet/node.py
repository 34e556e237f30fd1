"""Run one location on its own: what a generated `__main__` calls."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Final

from motet.entries import Entry, Role
from motet.hosting.logs import log_to_stderr
from motet.hosting.manifests import Manifest, manifest_of
from motet.hosting.metrics import served
from motet.hosting.options import Options, UsageError, read_options
from motet.hosting.report import Problem, Report, write_report
from motet.hosting.session import Ending, Session, run_session
from motet.hosting.typed_arguments import read_arguments
from motet.transport.addresses import AddressError
from motet.transport.carriers import SocketCarrier
from motet.transport.hub import Hub, Identity
from motet.transport.tcp_doors import DoorPlan, print_port

if TYPE_CHECKING:
    from motet.hosting.tracing import Tracing

__all__ = ["Entry", "Role", "main", "run_node"]

HESITATION: Final = 0.3
"""Seconds in which who started all nodes may end this one: when a peer cannot use what it was given, there is no more
to say than that."""

FAILED: Final = 1
USAGE: Final = 2


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop if it is there."""
    try:
        factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    except ImportError:
        return None
    return factory


NEW_LOOP: Final = _loop_factory()
"""Looked for once: nodes that are forks share what it has loaded."""


def main(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> None:
    """Run the part of `location` in one of the entries, and exit.

    Exit codes: 0 done, 1 failed, 2 the command line cannot be followed.
    """
    sys.exit(run_node(location, entries, arguments))


def run_node(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> int:
    """The same, returning the exit code."""
    try:
        options = read_options(location, entries, arguments)
    except UsageError as problem:
        return _refuse(location, problem)
    try:
        values = read_arguments(options.entry.function, options.arguments)
    except UsageError as problem:
        return _misused(location, options, problem)
    log_to_stderr(options.log_level)
    manifest = manifest_of(options.entry.function)
    try:
        with asyncio.Runner(loop_factory=NEW_LOOP) as runner:
            ending = runner.run(_run(location, options, values, manifest))
    except (AddressError, OSError) as problem:
        return _refuse(location, problem)
    except asyncio.CancelledError:  # a second signal, while peers were being told of the first
        return FAILED
    if ending.unmet and options.deployment.listening:
        time.sleep(HESITATION)
    if ending.explanation:
        sys.stderr.write(f"{options.node}: {ending.explanation}\n")
    told = options.report is None or write_report(ending.report.document(), options.report)
    return FAILED if ending.report.error or not told else 0


def _refuse(location: type, problem: Exception) -> int:
    sys.stderr.write(f"{location.__name__}: {problem}\n")
    return USAGE


def _misused(location: type, options: Options, problem: UsageError) -> int:
    """Say so once: in the report if somebody reads it, else to the person at the terminal."""
    if options.report is None:
        return _refuse(location, problem)
    told = Problem("usage", str(problem), str(options.node), None, primary=True)
    report = Report(has_result=False, result=None, messages={}, error=told)
    write_report(report.document(), options.report)
    return USAGE


def _tracing(options: Options) -> Tracing | None:
    if options.trace is None:
        return None
    from motet.hosting.tracing import Tracing  # what is only asked for costs the others nothing

    return Tracing(options.trace, options.node, options.deployment.run)


async def _run(
    location: type, options: Options, arguments: Mapping[str, object], manifest: Manifest
) -> Ending:
    entry = options.entry
    identity = Identity(
        options.node,
        options.sizes.get(entry.plays, 1),
        options.deployment.run,
        manifest.fingerprint(),
    )
    tracing = _tracing(options)
    hub = Hub(
        identity,
        entry.partners(entry.nodes(options.sizes)),
        SocketCarrier(),
        options.settings,
        dispensable=entry.dispensable,
        doors=DoorPlan(options.ports, print_port),
        sampler=tracing,
    )
    hub.sole = True
    session = Session(
        location,
        entry,
        hub,
        options.own,
        options.deployment,
        options.sizes,
        arguments,
        manifest,
    )
    meanwhile = nullcontext() if tracing is None else tracing.part(options.key)
    with served(hub, options.metrics), meanwhile:
        task = asyncio.create_task(run_session(session))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`
                loop.add_signal_handler(number, task.cancel, number.name)
        ending = await task
        if tracing is not None and ending.report.error is not None:
            tracing.failed(ending.report.error.message)
        return ending
