"""What travels between the locations of commit.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    constructor,
    decode_column,
    decode_ints,
    decode_list,
    encode_column,
    encode_ints,
    encode_list,
    fields_of,
    in_columns,
    misfit,
    misfit_tuples,
    mistyped,
    mistyped_tuples,
    uniform,
)
from motet.wire import (
    Channel,
    Group,
    Net,
    Peer,
    Site,
    StreamGather,
    StreamInbox,
    StreamOutbox,
)

if TYPE_CHECKING:
    from generated.coordinator.commit import Coordinator
    from generated.participant.commit import Participant


@dataclass(frozen=True, slots=True)
class Transfer:
    id: int
    cents: int


def encode_transfer(value: Transfer) -> object:
    if (
        type(value) is Transfer
        and type(value.id) in INTEGERS
        and type(value.cents) in INTEGERS
    ):
        return [value.id, value.cents]
    raise mistyped(value, Transfer, id=int, cents=int)


new_transfer = constructor(Transfer)


def decode_transfer(data: object) -> Transfer:
    if type(data) is list and len(data) == 2:
        id_, cents = data
        if type(id_) in INTEGERS and type(cents) in INTEGERS:
            return new_transfer(id_, cents)
    raise misfit(data, Transfer, id=int, cents=int)


def _encode_transfer_asked(value: list[Transfer]) -> object:
    if not uniform(value, Transfer):
        return encode_list(value, encode_transfer)
    return [
        len(value),
        encode_column([item.id for item in value], int, "id"),
        encode_column([item.cents for item in value], int, "cents"),
    ]


def _decode_transfer_asked(data: object) -> list[Transfer]:
    if not in_columns(data):
        return decode_list(data, decode_transfer)
    count, id_, cents = fields_of(data, "columns of Transfer", 3)
    return [
        *map(
            new_transfer,
            decode_column(id_, count, int, "id"),
            decode_column(cents, count, int, "cents"),
        )
    ]


def _encode_transfer_votes(value: list[tuple[int, bool]]) -> object:
    if type(value) is list:
        fields: list[object] = []
        for item in value:
            if not (
                type(item) is tuple
                and len(item) == 2
                and type(item[0]) in INTEGERS
                and type(item[1]) is bool
            ):
                break
            fields.append(item[0])
            fields.append(item[1])
        else:
            return fields
    raise mistyped_tuples(value, list, int, bool)


def _decode_transfer_votes(data: object) -> list[tuple[int, bool]]:
    if type(data) is list and len(data) % 2 == 0:
        fields = iter(data)
        items: list[tuple[int, bool]] = []
        for row in zip(fields, fields):
            item0, item1 = row
            if not (type(item0) in INTEGERS and type(item1) is bool):
                break
            items.append(row)
        else:
            return items
    raise misfit_tuples(data, list, int, bool)


TRANSFER_ASKED: Final[Channel[Coordinator, Participant, list[Transfer]]] = Channel(
    "asked", _encode_transfer_asked, _decode_transfer_asked
)

TRANSFER_READY: Final[Channel[Coordinator, Participant, list[int]]] = Channel(
    "ready", encode_ints, decode_ints
)

TRANSFER_VOTES: Final[Channel[Participant, Coordinator, list[tuple[int, bool]]]] = (
    Channel("votes", _encode_transfer_votes, _decode_transfer_votes)
)

TRANSFER_ACKS: Final[Channel[Participant, Coordinator, list[tuple[int, bool]]]] = (
    Channel("acks", _encode_transfer_votes, _decode_transfer_votes)
)


class TransferAtCoordinator(Net):
    """What `transfer` sends and receives at the coordinator."""

    def __init__(
        self, site: Site[Coordinator], participants: Group[Participant]
    ) -> None:
        super().__init__(site)
        self.participants = participants
        self.asked: StreamOutbox[Coordinator, Participant, Transfer] = StreamOutbox(
            site, TRANSFER_ASKED, participants
        )
        self.ready: StreamOutbox[Coordinator, Participant, int] = StreamOutbox(
            site, TRANSFER_READY, participants
        )
        self.votes: StreamGather[Coordinator, Participant, tuple[int, bool]] = (
            StreamGather(site, TRANSFER_VOTES, participants)
        )
        self.acks: StreamGather[Coordinator, Participant, tuple[int, bool]] = (
            StreamGather(site, TRANSFER_ACKS, participants)
        )


class TransferAtParticipant(Net):
    """What `transfer` sends and receives at the participants."""

    def __init__(self, site: Site[Participant], coordinator: Peer[Coordinator]) -> None:
        super().__init__(site)
        self.votes: StreamOutbox[Participant, Coordinator, tuple[int, bool]] = (
            StreamOutbox(site, TRANSFER_VOTES, coordinator)
        )
        self.acks: StreamOutbox[Participant, Coordinator, tuple[int, bool]] = (
            StreamOutbox(site, TRANSFER_ACKS, coordinator)
        )
        self.asked: StreamInbox[Participant, Coordinator, Transfer] = StreamInbox(
            site, TRANSFER_ASKED, coordinator
        )
        self.ready: StreamInbox[Participant, Coordinator, int] = StreamInbox(
            site, TRANSFER_READY, coordinator
        )
