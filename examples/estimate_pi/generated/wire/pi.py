"""What travels between the locations of pi.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    constructor,
    decode_column,
    decode_list,
    encode_column,
    encode_list,
    fields_of,
    in_columns,
    misfit,
    mistyped,
    uniform,
)
from motet.wire import Channel, Group, Net, Peer, Site, StreamGather, StreamOutbox

if TYPE_CHECKING:
    from generated.leader.pi import Leader
    from generated.worker.pi import Worker


@dataclass(frozen=True, slots=True)
class Tally:
    """How many darts were thrown, and how many of them fell into the quarter of the circle."""

    inside: int = 0
    total: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(self.inside + other.inside, self.total + other.total)

    @property
    def pi(self) -> float:
        return 4 * self.inside / max(self.total, 1)


def encode_tally(value: Tally) -> object:
    if (
        type(value) is Tally
        and type(value.inside) in INTEGERS
        and type(value.total) in INTEGERS
    ):
        return [value.inside, value.total]
    raise mistyped(value, Tally, inside=int, total=int)


new_tally = constructor(Tally)


def decode_tally(data: object) -> Tally:
    if type(data) is list and len(data) == 2:
        inside, total = data
        if type(inside) in INTEGERS and type(total) in INTEGERS:
            return new_tally(inside, total)
    raise misfit(data, Tally, inside=int, total=int)


def _encode_estimate_pi_tallies(value: list[Tally]) -> object:
    if not uniform(value, Tally):
        return encode_list(value, encode_tally)
    return [
        len(value),
        encode_column([item.inside for item in value], int, "inside"),
        encode_column([item.total for item in value], int, "total"),
    ]


def _decode_estimate_pi_tallies(data: object) -> list[Tally]:
    if not in_columns(data):
        return decode_list(data, decode_tally)
    count, inside, total = fields_of(data, "columns of Tally", 3)
    return [
        *map(
            new_tally,
            decode_column(inside, count, int, "inside"),
            decode_column(total, count, int, "total"),
        )
    ]


ESTIMATE_PI_TALLIES: Final[Channel[Worker, Leader, list[Tally]]] = Channel(
    "tallies", _encode_estimate_pi_tallies, _decode_estimate_pi_tallies
)


class EstimatePiAtLeader(Net):
    """What `estimate_pi` sends and receives at the leader."""

    def __init__(self, site: Site[Leader], workers: Group[Worker]) -> None:
        super().__init__(site)
        self.tallies: StreamGather[Leader, Worker, Tally] = StreamGather(
            site, ESTIMATE_PI_TALLIES, workers
        )


class EstimatePiAtWorker(Net):
    """What `estimate_pi` sends and receives at the workers."""

    def __init__(self, site: Site[Worker], leader: Peer[Leader]) -> None:
        super().__init__(site)
        self.tallies: StreamOutbox[Worker, Leader, Tally] = StreamOutbox(
            site, ESTIMATE_PI_TALLIES, leader
        )


ESTIMATE_TALLIES: Final[Channel[Worker, Leader, list[Tally]]] = Channel(
    "tallies", _encode_estimate_pi_tallies, _decode_estimate_pi_tallies
)


class EstimateAtLeader(Net):
    """What `estimate` sends and receives at the leader."""

    def __init__(self, site: Site[Leader], workers: Group[Worker]) -> None:
        super().__init__(site)
        self.tallies: StreamGather[Leader, Worker, Tally] = StreamGather(
            site, ESTIMATE_TALLIES, workers
        )


class EstimateAtWorker(Net):
    """What `estimate` sends and receives at the workers."""

    def __init__(self, site: Site[Worker], leader: Peer[Leader]) -> None:
        super().__init__(site)
        self.tallies: StreamOutbox[Worker, Leader, Tally] = StreamOutbox(
            site, ESTIMATE_TALLIES, leader
        )
