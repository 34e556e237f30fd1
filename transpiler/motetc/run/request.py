"""What `motet run` was asked for, checked against the manifest before anything is started."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from motetc.config import ConfigError, closest

MOST: Final = 10_000
"""Members of a cluster: each is a process, so that more are a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Played:
    """One location of the run, with its folder below the output. `size` None: a process, not a cluster."""

    role: str
    location: str
    folder: str
    size: int | None

    @property
    def nodes(self) -> tuple[int | None, ...]:
        """Member indices; one None for a process."""
        return (None,) if self.size is None else tuple(range(self.size))


@dataclass(frozen=True, slots=True)
class Argument:
    """A located value as JSON text: one for all, or one per member."""

    needed_at: frozenset[str]
    texts: Sequence[str]
    own: bool

    def text(self, member: int | None) -> str:
        """What one node is given."""
        return self.texts[member or 0] if self.own else self.texts[0]


@dataclass(frozen=True, slots=True)
class Request:
    """A run that makes sense: every cluster has a size, every located parameter a value."""

    choreography: str
    locations: tuple[Played, ...]
    arguments: Mapping[str, Argument]
    results: tuple[str, ...]
    watched: frozenset[str] = frozenset()
    """The clusters, by class, without whose members the run goes on: the choreography watches who leaves."""
    ports: tuple[tuple[str, str, str], ...] = ()
    """Where ports open: location class, name, `HOST:PORT`."""

    def arguments_of(self, location: str, member: int | None) -> dict[str, str]:
        """The values that a node needs, as JSON: the others never see them."""
        return {
            name: argument.text(member)
            for name, argument in self.arguments.items()
            if location in argument.needed_at
        }


def make_request(
    key: str,
    record: Mapping[str, Any],
    arguments: Iterable[str],
    sizes: Iterable[str],
    ports: Iterable[str] = (),
) -> Request:
    """`record` is the manifest's entry of the choreography; anything wrong is a ConfigError of one line."""
    _check_runnable(key, record)
    counts = _sizes(key, record, _pairs("--size", "N", sizes))
    roles = record["roles"]
    played = tuple(
        Played(r["name"], r["location"], r["folder"], counts.get(r["name"])) for r in roles
    )
    given = _pairs("--arg", "JSON", arguments)
    _check_names(key, record, given)
    by_class = {item.location: item.size for item in played}
    values = {name: _argument(name, text, record, by_class) for name, text in given.items()}
    watched = frozenset(r["location"] for r in roles if r["name"] in record.get("watched", ()))
    opened = tuple(_ports(key, record, _pairs("--port", "HOST:PORT", ports)))
    return Request(key, played, values, tuple(record["results"]), watched, opened)


def _ports(
    key: str, record: Mapping[str, Any], given: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    known = [port["name"] for port in record.get("ports", ())]
    for name in given:
        if name not in known:
            has = f": its ports are {', '.join(known)}" if known else ": it has none"
            raise ConfigError(f"{key} has no port `{name}`{closest(name, known) or has}")
    for port in record.get("ports", ()):
        if port["name"] in given:
            yield port["location"], port["name"], given[port["name"]]


def _check_runnable(key: str, record: Mapping[str, Any]) -> None:
    open_roles = [role["name"] for role in record["roles"] if not role["location"]]
    if open_roles:
        raise ConfigError(
            f"{key} leaves open who plays {', '.join(open_roles)}: run a choreography that calls it with locations"
        )
    if not record["runnable"]:
        raise ConfigError(
            f"{key} leaves open what type its values are of: run a choreography that calls it with values"
        )


def _pairs(option: str, value: str, items: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in items:
        name, equals, text = item.partition("=")
        if not equals or not name:
            raise ConfigError(f"{option} {item}: write {option} NAME={value}")
        if name in pairs:
            raise ConfigError(f"{option} {name} is given twice")
        pairs[name] = text
    return pairs


def _check_names(key: str, record: Mapping[str, Any], given: Mapping[str, str]) -> None:
    takes = record["arguments"]
    for name in given:
        if name not in takes:
            known = f": it takes {', '.join(takes) or 'none'}"
            raise ConfigError(
                f"{key} has no located parameter `{name}`{closest(name, takes) or known}"
            )
    for name, places in takes.items():
        if name not in given and name not in record["optional"]:
            raise ConfigError(
                f"missing --arg {name}=JSON: {key} needs it at {', '.join(sorted(places))}"
            )


def _argument(
    name: str, text: str, record: Mapping[str, Any], sizes: Mapping[str, int | None]
) -> Argument:
    needed_at = frozenset(record["arguments"][name])
    value = _json(name, text)
    if name not in record["own"]:
        return Argument(needed_at, (text,), own=False)
    size = next((sizes[place] for place in sorted(needed_at)), None)
    if not isinstance(value, list) or len(value) != size:
        raise ConfigError(
            f"--arg {name}: each member has its own, so give a list of {size} values, not {text}"
        )
    return Argument(needed_at, tuple(map(json.dumps, value)), own=True)


def _json(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise ConfigError(f"--arg {name}: nested too deeply") from None
    except ValueError:
        hint = f" (a string is written --arg {name}='{json.dumps(text)}')" if text else ""
        raise ConfigError(f"--arg {name}: {text or 'nothing'} is not JSON{hint}") from None


def _sizes(key: str, record: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, int]:
    clusters = [role["name"] for role in record["roles"] if role["cluster"]]
    for name in given:
        if name not in clusters:
            known = f": its clusters are {', '.join(clusters)}" if clusters else ": it has none"
            raise ConfigError(f"{key} has no cluster `{name}`{closest(name, clusters) or known}")
    for name in clusters:
        if name not in given:
            raise ConfigError(
                f"missing --size {name}=N: how many members has the cluster `{name}`?"
            )
    return {name: _count(name, text) for name, text in given.items()}


def _count(name: str, text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        raise ConfigError(f"--size {name}: {text or 'nothing'} is not a whole number") from None
    if size < 1:
        raise ConfigError(f"--size {name}: a cluster has at least one member, not {size}")
    if size > MOST:
        raise ConfigError(
            f"--size {name}: one machine runs no more than {MOST} members, not {size}"
        )
    return size
