"""Ways to damage a generated tree, each found by its shape, so that no list has to follow the examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Damage:
    """One file as it becomes."""

    kind: str
    path: str
    text: str
    where: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.path}: {self.where}"


_ENDPOINT = re.compile(
    r"^        self\.(\w+): (\w+)\[([^=]*)\] = \w+\([^=]*?\)\n(?=\n|        self|    \S|$)", re.M
)
_CHANNEL = re.compile(r"^\w+: Final\[Channel\[[^=]*\]\] = Channel\([^=]*?\)\n", re.M)
_SENT = re.compile(r"^ +await (net\.\w+)\.send\((.*)\)  # →.*\n", re.M)
_SHARED = re.compile(r"^ +\w+ = await (net\.\w+)\.share\(.*\)  # →.*\n", re.M)
_RECEIVED = re.compile(r"^ +(\w+): .* = await (net\.\w+)\.recv\(\)  # ←.*\n", re.M)
_STATE = re.compile(r"^class (\w+)\((?:Process|Cluster)\):", re.M)


def damages(files: Files, most: int) -> Iterator[Damage]:
    """The first `most` of each kind in each file."""
    for path, text in sorted(files.items()):
        kinds: tuple[Callable[[str, str, Files], Iterator[tuple[str, str]]], ...]
        if path.startswith("wire/"):
            kinds = (_swapped_direction, _other_payload, _no_endpoint, _no_channel, _no_field)
        else:
            kinds = (
                _swapped_operation,
                _no_await,
                _no_share,
                _no_receive,
                _renamed,
                _foreign_state,
            )
        for kind in kinds:
            found = [(new, where) for new, where in kind(text, path, files) if new != text]
            for new, where in [*found[:most]]:
                yield Damage(kind.__name__.strip("_").replace("_", " "), path, new, where)


def _swapped_direction(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _ENDPOINT.finditer(text):
        other = {"Inbox": "Outbox", "Outbox": "Inbox"}.get(found[2])
        if other and "Group" not in found[0]:
            yield _put(text, found, found[0].replace(found[2], other)), found[1]


def _other_payload(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _ENDPOINT.finditer(text):
        payload = found[3].split(", ", 2)[-1].strip().rstrip(",")
        yield (
            _put(text, found, found[0].replace(found[3], found[3].replace(payload, "complex"))),
            found[1],
        )


def _no_endpoint(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _ENDPOINT.finditer(text):
        yield _put(text, found, ""), found[1]


def _no_channel(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _CHANNEL.finditer(text):
        yield _put(text, found, ""), found[0].split(":")[0]


def _no_field(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    """A payload without one of its fields."""
    for found in re.finditer(
        r"(?<=@dataclass\(frozen=True\)\n)class (\w+):\n    (\w+): \w+\n", text
    ):
        yield _put(text, found, f"class {found[1]}:\n    other_{found[2]}: bytes\n"), found[1]


def _swapped_operation(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _SENT.finditer(text):
        yield (
            text.replace(f"await {found[1]}.send({found[2]})", f"await {found[1]}.recv()", 1),
            found[1],
        )
    for found in _RECEIVED.finditer(text):
        yield text.replace(f"await {found[2]}.recv()", f"await {found[2]}.send(None)", 1), found[2]


def _no_await(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in (*_SENT.finditer(text), *_RECEIVED.finditer(text)):
        yield _put(text, found, found[0].replace("await ", "", 1)), found[1]


def _no_share(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _SHARED.finditer(text):
        yield _put(text, found, ""), found[1]


def _no_receive(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _RECEIVED.finditer(text):
        yield _put(text, found, ""), found[2]


def _renamed(text: str, _: str, __: Files) -> Iterator[tuple[str, str]]:
    for found in _RECEIVED.finditer(text):
        yield _put(text, found, found[0].replace(found[1], f"{found[1]}_2", 1)), found[1]


def _foreign_state(text: str, path: str, files: Files) -> Iterator[tuple[str, str]]:
    """One location reaches for another's state."""
    mine = path.split("/")[0]
    function = re.search(r"^async def \w+\(.*?\) -> .*:\n", text, re.M | re.S)
    for other, found in sorted(files.items()):
        state = _STATE.search(found)
        if other.startswith((f"{mine}/", "wire/")) or state is None or function is None:
            continue
        module = other.removesuffix(".py").replace("/", ".")
        stolen = f"    from generated.{module} import {state[1]} as Other\n\n    net.site = Other().site\n"
        yield _put(text, function, function[0] + stolen), state[1]


def _put(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]
