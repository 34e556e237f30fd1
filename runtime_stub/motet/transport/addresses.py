"""Where nodes listen: `unix:/path`, `tcp:host:port`, `fd:N`, `memory:name`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from motet.ports import NodeId

Kind: TypeAlias = Literal["unix", "tcp", "fd", "memory"]


class AddressError(ValueError):
    """An address, or a deployment file, that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Address:
    """One place to listen at or to dial; `port` has a meaning for tcp alone."""

    kind: Kind
    name: str
    port: int = 0

    def __str__(self) -> str:
        if self.kind != "tcp":
            return f"{self.kind}:{self.name}"
        return (
            f"tcp:[{self.name}]:{self.port}" if ":" in self.name else f"tcp:{self.name}:{self.port}"
        )


def parse_address(text: object) -> Address:
    """Read one address; `AddressError` says what is wrong with it."""
    match str(text).split(":", 1):
        case ["tcp", rest]:
            host, _, port = rest.rpartition(":")
            if host and port.isdecimal() and int(port) < 65536:
                return Address("tcp", host.strip("[]"), int(port))
        case ["fd", number] if number.isdecimal():
            return Address("fd", number)
        case ["unix" | "memory" as kind, name] if name:
            return Address("unix" if kind == "unix" else "memory", name)
    raise AddressError(
        f"'{text}' is not an address: expected unix:PATH, tcp:HOST:PORT or fd:NUMBER"
    )


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where every location class listens, one address per member, and in which run.

    `listening`: all sockets listen from before the first node starts until theirs ends, so that who
    is not answered there need not wait.
    """

    members: Mapping[str, tuple[Address, ...]]
    run: str = ""
    listening: bool = False


_KEYS: Final = ("run", "members", "listening")


def parse_deployment(text: str) -> Deployment:
    """Read a deployment.

    It is JSON: `{"run": "…", "members": {"Buyer": ["unix:/…"], "Worker": ["tcp:…", "tcp:…"]}}`, or
    the inner object alone.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise AddressError("the deployment is nested too deeply") from None
    except ValueError as problem:
        raise AddressError(f"the deployment is not JSON: {problem}") from None
    members = data.get("members", data) if isinstance(data, dict) else data
    if not isinstance(members, dict):
        raise AddressError("the deployment must be a JSON object: location class to addresses")
    if members is data and isinstance(data.get("run"), str):
        raise AddressError(
            "the deployment names a run, and no 'members': location class to addresses"
        )
    unknown = sorted(data.keys() - _KEYS) if members is not data else []
    if unknown:
        raise AddressError(f"the deployment has '{unknown[0]}', and may have {', '.join(_KEYS)}")
    found = {name: _addresses(name, listed) for name, listed in members.items()}
    if members is data:
        return Deployment(found)
    return Deployment(found, str(data.get("run", "")), data.get("listening") is True)


def _addresses(location: str, listed: object) -> tuple[Address, ...]:
    if not isinstance(listed, list) or not listed:
        raise AddressError(f"the addresses of '{location}' must be a list, one per member")
    return tuple(parse_address(address) for address in listed)


def parse_tcp(text: str) -> Address:
    """The same of `HOST:PORT`."""
    return parse_address(text if text.startswith("tcp:") else f"tcp:{text}")


def parse_ports(pairs: Iterable[str], known: Collection[str]) -> dict[str, Address]:
    """Where ports are to open: `NAME=HOST:PORT`, once for each."""
    found: dict[str, Address] = {}
    for pair in pairs:
        name, _, where = pair.partition("=")
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise AddressError(f"--port {pair}: there is no port '{name}' here (known: {names})")
        if name in found:
            raise AddressError(f"--port {name} is given twice")
        try:
            found[name] = parse_tcp(where)
        except AddressError:
            raise AddressError(f"--port {pair}: write --port NAME=HOST:PORT") from None
    return found


def ports_of_member(ports: Mapping[str, Address], member: int) -> dict[str, Address]:
    """Where a cluster's member opens its ports: each at the next number, unless the kernel chooses."""
    return {
        name: replace(address, port=address.port + member) if address.port else address
        for name, address in ports.items()
    }


def check_addresses(
    nodes: Iterable[NodeId], me: NodeId, deployment: Mapping[str, Sequence[Address]]
) -> None:
    """Refuse what cannot be a deployment of these nodes: where one could not be found, or two would be."""
    taken: dict[Address, NodeId] = {}
    for node in nodes:
        address = address_of(node, deployment)
        count = len(deployment[node.location])
        if node.member is None and count > 1:
            raise AddressError(f"{node} is one process, and has {count} addresses")
        if (address.kind == "tcp" and not address.port) or address.kind == "memory":
            raise AddressError(
                f"{node} cannot be found at {address}: write unix:PATH or tcp:HOST:PORT"
            )
        if address.kind == "fd" and node != me:
            raise AddressError(f"{node} cannot be dialed at {address}, which is its own descriptor")
        if address in taken:
            raise AddressError(f"{taken[address]} and {node} cannot both be at {address}")
        taken[address] = node


def address_of(node: NodeId, deployment: Mapping[str, Sequence[Address]]) -> Address:
    """Where a node listens."""
    addresses = deployment.get(node.location)
    if addresses is None:
        others = ", ".join(sorted(deployment)) or "none"
        raise AddressError(f"no address is given for {node.location} (there are: {others})")
    index = node.member or 0
    if index >= len(addresses):
        raise AddressError(f"no address is given for {node}: there are {len(addresses)}")
    return addresses[index]
