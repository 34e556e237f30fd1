"""What travels between the locations of log.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    constructor,
    decode_ints,
    decode_list,
    encode_ints,
    encode_list,
    misfit,
    mistyped,
    within,
)
from motet.wire import (
    Channel,
    Group,
    Net,
    Peer,
    RoundRobin,
    Site,
    StreamGather,
    StreamInbox,
    StreamOutbox,
)

if TYPE_CHECKING:
    from generated.relay.log import Relay
    from generated.replica.log import Replica
    from generated.sequencer.log import Sequencer


@dataclass(frozen=True, slots=True)
class Put:
    key: str
    value: int


@dataclass(frozen=True, slots=True)
class Slot:
    number: int
    put: Put


def encode_slot(value: Slot) -> object:
    if type(value) is Slot and type(value.number) in INTEGERS:
        return [value.number, within("put", encode_put, value.put)]
    raise mistyped(value, Slot, number=int)


new_slot = constructor(Slot)


def decode_slot(data: object) -> Slot:
    if type(data) is list and len(data) == 2:
        number, put = data
        if type(number) in INTEGERS:
            return new_slot(number, within("put", decode_put, put))
    raise misfit(data, Slot, number=int, put=object)


def encode_put(value: Put) -> object:
    if type(value) is Put and type(value.key) is str and type(value.value) in INTEGERS:
        return [value.key, value.value]
    raise mistyped(value, Put, key=str, value=int)


new_put = constructor(Put)


def decode_put(data: object) -> Put:
    if type(data) is list and len(data) == 2:
        key, value_ = data
        if type(key) is str and type(value_) in INTEGERS:
            return new_put(key, value_)
    raise misfit(data, Put, key=str, value=int)


def _encode_replicate_dealt(value: list[Slot]) -> object:
    return encode_list(value, encode_slot)


def _decode_replicate_dealt(data: object) -> list[Slot]:
    return decode_list(data, decode_slot)


REPLICATE_DEALT: Final[Channel[Sequencer, Relay, list[Slot]]] = Channel(
    "dealt", _encode_replicate_dealt, _decode_replicate_dealt
)

REPLICATE_APPLIED: Final[Channel[Replica, Sequencer, list[int]]] = Channel(
    "applied", encode_ints, decode_ints
)

REPLICATE_ARRIVED: Final[Channel[Relay, Replica, list[Slot]]] = Channel(
    "arrived", _encode_replicate_dealt, _decode_replicate_dealt
)


class ReplicateAtSequencer(Net):
    """What `replicate` sends and receives at the sequencer."""

    def __init__(
        self, site: Site[Sequencer], relays: Group[Relay], replicas: Group[Replica]
    ) -> None:
        super().__init__(site)
        self.dealt: RoundRobin[Sequencer, Relay, Slot] = RoundRobin(
            site, REPLICATE_DEALT, relays
        )
        self.applied: StreamGather[Sequencer, Replica, int] = StreamGather(
            site, REPLICATE_APPLIED, replicas
        )


class ReplicateAtRelay(Net):
    """What `replicate` sends and receives at the relays."""

    def __init__(
        self, site: Site[Relay], sequencer: Peer[Sequencer], replicas: Group[Replica]
    ) -> None:
        super().__init__(site)
        self.arrived: StreamOutbox[Relay, Replica, Slot] = StreamOutbox(
            site, REPLICATE_ARRIVED, replicas
        )
        self.dealt: StreamInbox[Relay, Sequencer, Slot] = StreamInbox(
            site, REPLICATE_DEALT, sequencer
        )


class ReplicateAtReplica(Net):
    """What `replicate` sends and receives at the replicas."""

    def __init__(
        self, site: Site[Replica], sequencer: Peer[Sequencer], relays: Group[Relay]
    ) -> None:
        super().__init__(site)
        self.applied: StreamOutbox[Replica, Sequencer, int] = StreamOutbox(
            site, REPLICATE_APPLIED, sequencer
        )
        self.arrived: StreamGather[Replica, Relay, Slot] = StreamGather(
            site, REPLICATE_ARRIVED, relays
        )
