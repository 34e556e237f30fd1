"""What `motet run` was asked for, checked against the manifest before anything is started."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from motetc.config import ConfigError, closest


@dataclass(frozen=True, slots=True)
class Played:
    """One location of the run: its class, its folder below the output, and how many nodes (None: a process)."""

    location: str
    folder: str
    size: int | None

    @property
    def nodes(self) -> tuple[int | None, ...]:
        """Member indices; one None for a process."""
        return (None,) if self.size is None else tuple(range(self.size))


@dataclass(frozen=True, slots=True)
class Request:
    """A run that makes sense: every cluster has a size, every located argument a value."""

    choreography: str
    locations: tuple[Played, ...]
    arguments: Mapping[str, str]  # name -> JSON text
    needed_at: Mapping[str, frozenset[str]]  # argument -> location classes
    results: tuple[str, ...]

    def arguments_of(self, location: str) -> dict[str, str]:
        """The values that this location needs: the others never see them."""
        return {
            name: text for name, text in self.arguments.items() if location in self.needed_at[name]
        }


def make_request(
    key: str, record: Mapping[str, Any], arguments: Iterable[str], sizes: Iterable[str]
) -> Request:
    """`record` is the manifest's entry of the choreography; anything wrong is a ConfigError of one line."""
    roles = record["roles"]
    open_roles = [role["name"] for role in roles if not role["location"]]
    if open_roles:
        raise ConfigError(
            f"{key} leaves open who plays {', '.join(open_roles)}: run a choreography that calls it with locations"
        )
    if not record["runnable"]:
        raise ConfigError(f"{key} cannot be started by itself; run a choreography that calls it")
    given = _pairs("--arg", "JSON", arguments)
    needed = {name: frozenset(places) for name, places in record["arguments"].items()}
    _check_arguments(key, given, needed)
    counts = _sizes(
        _pairs("--size", "N", sizes), [role["name"] for role in roles if role["cluster"]], key
    )
    played = tuple(
        Played(role["location"], role["folder"], counts.get(role["name"])) for role in roles
    )
    return Request(key, played, given, needed, tuple(record["results"]))


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


def _check_arguments(
    key: str, given: Mapping[str, str], needed: Mapping[str, frozenset[str]]
) -> None:
    for name, text in given.items():
        if name not in needed:
            takes = f"it takes {', '.join(needed)}" if needed else "it takes none"
            raise ConfigError(
                f"{key} has no located parameter `{name}`{closest(name, needed) or f': {takes}'}"
            )
        try:
            json.loads(text)
        except ValueError:
            hint = f" (a string is written --arg {name}='{json.dumps(text)}')" if text else ""
            raise ConfigError(f"--arg {name}: {text or 'nothing'} is not JSON{hint}") from None
    for name, places in needed.items():
        if name not in given:
            raise ConfigError(
                f"missing --arg {name}=JSON: {key} needs it at {', '.join(sorted(places))}"
            )


def _sizes(given: Mapping[str, str], clusters: list[str], key: str) -> dict[str, int]:
    for name in given:
        if name not in clusters:
            known = f"its clusters are {', '.join(clusters)}" if clusters else "it has none"
            raise ConfigError(
                f"{key} has no cluster `{name}`{closest(name, clusters) or f': {known}'}"
            )
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
    return size
