"""The contenders of `bench/network.py`: each gives what one node of a program runs.

A node is the leader (member None) or a worker. What is sent, how it is packed and what is done with it
is the same for all contenders but the generated one, which has it from its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

BATCH = 1024
Batch = list[Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program."""

    folder: Path  # of its own: sockets, the deployment
    program: str
    count: int  # of elements that one sender sends
    leader: str  # its address
    workers: tuple[str, ...]

    @property
    def leader_sends(self) -> bool:
        return self.program.startswith("broadcast")

    def sends(self, member: int | None) -> bool:
        return self.leader_sends == (member is None)


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent, packed and folded."""

    made: Callable[[int], Sequence[Any]]
    encode: Callable[[Sequence[Any]], object]
    decode: Callable[[Batch], Batch]
    total: Callable[[int, Batch], int]  # what there is already, and more of it

    def batches(self, count: int) -> Iterator[Sequence[Any]]:
        elements = self.made(count)
        for start in range(0, count, BATCH):
            yield elements[start : start + BATCH]


def payload(program: str) -> Payload:
    """By hand: nothing is checked."""
    if program.endswith("numbers"):
        return Payload(range, list, _same, _add)
    reading = import_module("generated.wire.network").Reading

    def made(count: int) -> Sequence[Any]:
        return [reading("north", number) for number in range(count)]

    def decode(batch: Batch) -> Batch:
        return [reading(*fields) for fields in batch]

    return Payload(made, _encode_readings, decode, _add_values)


def checked(program: str) -> Payload:
    """The same with the codec that Motet has generated, which checks every element."""
    plain, wire = payload(program), import_module("generated.wire.network")
    numbers = program.endswith("numbers")
    channel = wire.GATHER_NUMBERS_NUMBERS if numbers else wire.GATHER_READINGS_READINGS
    return Payload(plain.made, lambda batch: channel.encode([*batch]), channel.decode, plain.total)


def _same(batch: Batch) -> Batch:
    return batch


def _encode_readings(batch: Sequence[Any]) -> object:
    return [(item.sensor, item.value) for item in batch]


def _add(total: int, batch: Batch) -> int:
    for number in batch:
        total += number
    return total


def _add_values(total: int, batch: Batch) -> int:
    for item in batch:
        total += item.value
    return total
