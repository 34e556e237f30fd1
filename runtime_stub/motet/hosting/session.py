"""One node's run: connect, take part, end together with the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from motet.entries import Entry, perform
from motet.errors import MotetError, PeerAborted, PeerLost
from motet.hosting.elements import element_of
from motet.hosting.manifests import Manifest
from motet.hosting.report import Problem, Report, any_digits, describe
from motet.hosting.tracebacks import format_error, source_line
from motet.transport.addresses import Address, AddressError, Deployment
from motet.transport.driving import drive
from motet.transport.hub import Hub
from motet.transport.tasks import is_cancelled


@dataclass(frozen=True, slots=True)
class Session:
    """What one node is to do, and with what."""

    location: type
    entry: Entry
    hub: Hub
    own: Address
    deployment: Deployment
    sizes: Mapping[str, int]
    arguments: Mapping[str, object]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Ending:
    """The report of a node, and what to tell the person at the terminal if it failed."""

    report: Report
    explanation: str = ""
    unmet: bool = False
    """Whether a peer was lost that had never been there: it may have more to say of that itself."""


async def run_session(session: Session) -> Ending:
    """Take part to the end; raises for addresses, never for what happens in the choreography."""
    try:
        return await _succeed(session)
    except AddressError:  # nothing has begun: whoever started this has to know
        raise
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError) and is_cancelled():
            return await _stop(session, str(error) or "cancelled")
        return await _break(session, error)
    finally:
        await session.hub.close()


async def _succeed(session: Session) -> Ending:
    hub = session.hub
    deployment = session.deployment
    await hub.open(session.own, deployment.members, deployment.listening)
    part = perform(session.entry, session.location, hub, session.sizes, session.arguments)
    result = await drive(part)
    form = _json_form(session.entry.function, result) if session.entry.has_result else None
    await hub.finish()
    return Ending(Report(session.entry.has_result, form, hub.messages()))


def _json_form(projection: Callable[..., object], result: object) -> object:
    from motet.codec_errors import TooDeep
    from motet.values_told import result_form  # only nodes with a result pay for it

    try:
        with any_digits():
            return result_form(projection, result)
    except RecursionError:
        raise TooDeep("the result") from None


async def _stop(session: Session, reason: str) -> Ending:
    problem = Problem("Stopped", reason, str(session.hub.me), None, primary=True)
    return await _fail(session, problem, f"stopped by {reason}")


async def _break(session: Session, error: BaseException) -> Ending:
    line = source_line(error, session.manifest)
    element = element_of(error, session.manifest)
    if element and not isinstance(error, MotetError):
        with suppress(Exception):  # a class may forbid changes
            error.add_note(f"in a loop, at {element}")
    problem = describe(error, str(session.hub.me), line)
    ending = await _fail(session, problem, _explain(error, session.manifest, line))
    unmet = any(link.incarnation is None for link in session.hub.links.values())
    return replace(ending, unmet=unmet and isinstance(error, PeerLost))


async def _fail(session: Session, problem: Problem, explanation: str) -> Ending:
    hub = session.hub
    stopped = problem.kind == "Stopped"
    if stopped and hub.dispensable and hub.failure is None:
        await hub.leave()
    else:
        cause = hub.failure or PeerAborted(*hub.me, problem.line, _reason(problem))
        await hub.abort(cause, unmet=not stopped)
    return Ending(Report(session.entry.has_result, None, hub.messages(), problem), explanation)


def _reason(problem: Problem) -> str:
    if problem.kind == "Stopped":
        return f"stopped by {problem.message}"
    if not problem.primary:
        return problem.message
    return f"{problem.kind}: {problem.message}".removesuffix(": ")


def _explain(error: BaseException, manifest: Manifest, line: str | None) -> str:
    """One line for what others did; the whole traceback for what the user's code did."""
    if isinstance(error, PeerAborted | PeerLost):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, MotetError):
        return f"{type(error).__name__}{f' at {line}' if line else ''}: {error}"
    return format_error(error, manifest).rstrip()
