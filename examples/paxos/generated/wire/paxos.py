"""What travels between the locations of paxos.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import (
    decode_column,
    decode_ints,
    decode_list,
    encode_column,
    encode_ints,
    encode_list,
    fields_of,
    in_columns,
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
    StreamMesh,
    StreamOutbox,
    StreamOutboxes,
)

from generated.wire.messages import (
    decode_accept,
    decode_beat,
    decode_command,
    decode_decided,
    decode_prepare,
    decode_promise,
    decode_vote,
    encode_accept,
    encode_beat,
    encode_command,
    encode_decided,
    encode_prepare,
    encode_promise,
    encode_vote,
    new_command,
)
from messages import Accept, Beat, Command, Decided, Prepare, Promise, Vote

if TYPE_CHECKING:
    from generated.acceptor.paxos import Acceptor
    from generated.client.paxos import Client
    from generated.proposer.paxos import Proposer
    from generated.replica.paxos import Replica


def _encode_paxos_asked(value: list[Command]) -> object:
    if not uniform(value, Command):
        return encode_list(value, encode_command)
    return [
        len(value),
        encode_column([item.id for item in value], int, "id"),
        encode_column([item.key for item in value], str, "key"),
        encode_column([item.value for item in value], int, "value"),
    ]


def _decode_paxos_asked(data: object) -> list[Command]:
    if not in_columns(data):
        return decode_list(data, decode_command)
    count, id_, key, value_ = fields_of(data, "columns of Command", 4)
    return [
        *map(
            new_command,
            decode_column(id_, count, int, "id"),
            decode_column(key, count, str, "key"),
            decode_column(value_, count, int, "value"),
        )
    ]


def _encode_paxos_prepared(value: list[Prepare]) -> object:
    return encode_list(value, encode_prepare)


def _decode_paxos_prepared(data: object) -> list[Prepare]:
    return decode_list(data, decode_prepare)


def _encode_paxos_accepted(value: list[Accept]) -> object:
    return encode_list(value, encode_accept)


def _decode_paxos_accepted(data: object) -> list[Accept]:
    return decode_list(data, decode_accept)


def _encode_paxos_beats(value: list[Beat]) -> object:
    return encode_list(value, encode_beat)


def _decode_paxos_beats(data: object) -> list[Beat]:
    return decode_list(data, decode_beat)


def _encode_paxos_decided(value: list[Decided]) -> object:
    return encode_list(value, encode_decided)


def _decode_paxos_decided(data: object) -> list[Decided]:
    return decode_list(data, decode_decided)


def _encode_paxos_promises(value: list[Promise]) -> object:
    return encode_list(value, encode_promise)


def _decode_paxos_promises(data: object) -> list[Promise]:
    return decode_list(data, decode_promise)


def _encode_paxos_votes(value: list[Vote]) -> object:
    return encode_list(value, encode_vote)


def _decode_paxos_votes(data: object) -> list[Vote]:
    return decode_list(data, decode_vote)


PAXOS_ASKED: Final[Channel[Client, Proposer, list[Command]]] = Channel(
    "asked", _encode_paxos_asked, _decode_paxos_asked
)

PAXOS_APPLIED: Final[Channel[Replica, Client, list[int]]] = Channel(
    "applied", encode_ints, decode_ints, unlimited=True
)

PAXOS_PREPARED: Final[Channel[Proposer, Acceptor, list[Prepare]]] = Channel(
    "prepared", _encode_paxos_prepared, _decode_paxos_prepared
)

PAXOS_ACCEPTED: Final[Channel[Proposer, Acceptor, list[Accept]]] = Channel(
    "accepted", _encode_paxos_accepted, _decode_paxos_accepted
)

PAXOS_BEATS: Final[Channel[Proposer, Proposer, list[Beat]]] = Channel(
    "beats", _encode_paxos_beats, _decode_paxos_beats, unlimited=True
)

PAXOS_DECIDED: Final[Channel[Proposer, Proposer, list[Decided]]] = Channel(
    "decided", _encode_paxos_decided, _decode_paxos_decided, unlimited=True
)

PAXOS_DECIDED_TO_REPLICAS: Final[Channel[Proposer, Replica, list[Decided]]] = Channel(
    "decided_to_replicas", _encode_paxos_decided, _decode_paxos_decided
)

PAXOS_PROMISES: Final[Channel[Acceptor, Proposer, list[Promise]]] = Channel(
    "promises", _encode_paxos_promises, _decode_paxos_promises, unlimited=True
)

PAXOS_VOTES: Final[Channel[Acceptor, Proposer, list[Vote]]] = Channel(
    "votes", _encode_paxos_votes, _decode_paxos_votes, unlimited=True
)

PAXOS_CHECKPOINTS: Final[Channel[Replica, Acceptor, list[int]]] = Channel(
    "checkpoints", encode_ints, decode_ints
)


class PaxosAtClient(Net):
    """What `paxos` sends and receives at the client."""

    def __init__(
        self,
        site: Site[Client],
        proposers: Group[Proposer],
        acceptors: Group[Acceptor],
        replicas: Group[Replica],
    ) -> None:
        super().__init__(site)
        self.proposers = proposers
        self.asked: StreamOutbox[Client, Proposer, Command] = StreamOutbox(
            site, PAXOS_ASKED, proposers
        )
        self.applied: StreamGather[Client, Replica, int] = StreamGather(
            site, PAXOS_APPLIED, replicas
        )


class PaxosAtProposer(Net):
    """What `paxos` sends and receives at the proposers."""

    def __init__(
        self,
        site: Site[Proposer],
        client: Peer[Client],
        acceptors: Group[Acceptor],
        replicas: Group[Replica],
    ) -> None:
        super().__init__(site)
        self.prepared: StreamOutbox[Proposer, Acceptor, Prepare] = StreamOutbox(
            site, PAXOS_PREPARED, acceptors
        )
        self.accepted: StreamOutbox[Proposer, Acceptor, Accept] = StreamOutbox(
            site, PAXOS_ACCEPTED, acceptors
        )
        self.beats: StreamMesh[Proposer, Beat] = StreamMesh(site, PAXOS_BEATS)
        self.decided: StreamMesh[Proposer, Decided] = StreamMesh(site, PAXOS_DECIDED)
        self.decided_to_replicas: StreamOutbox[Proposer, Replica, Decided] = (
            StreamOutbox(site, PAXOS_DECIDED_TO_REPLICAS, replicas)
        )
        self.asked: StreamInbox[Proposer, Client, Command] = StreamInbox(
            site, PAXOS_ASKED, client
        )
        self.promises: StreamGather[Proposer, Acceptor, Promise] = StreamGather(
            site, PAXOS_PROMISES, acceptors
        )
        self.votes: StreamGather[Proposer, Acceptor, Vote] = StreamGather(
            site, PAXOS_VOTES, acceptors
        )


class PaxosAtAcceptor(Net):
    """What `paxos` sends and receives at the acceptors."""

    def __init__(
        self,
        site: Site[Acceptor],
        client: Peer[Client],
        proposers: Group[Proposer],
        replicas: Group[Replica],
    ) -> None:
        super().__init__(site)
        self.replicas = replicas
        self.promises: StreamOutboxes[Acceptor, Proposer, Promise] = StreamOutboxes(
            site, PAXOS_PROMISES, proposers
        )
        self.votes: StreamOutboxes[Acceptor, Proposer, Vote] = StreamOutboxes(
            site, PAXOS_VOTES, proposers
        )
        self.prepared: StreamGather[Acceptor, Proposer, Prepare] = StreamGather(
            site, PAXOS_PREPARED, proposers
        )
        self.accepted: StreamGather[Acceptor, Proposer, Accept] = StreamGather(
            site, PAXOS_ACCEPTED, proposers
        )
        self.checkpoints: StreamGather[Acceptor, Replica, int] = StreamGather(
            site, PAXOS_CHECKPOINTS, replicas
        )


class PaxosAtReplica(Net):
    """What `paxos` sends and receives at the replicas."""

    def __init__(
        self,
        site: Site[Replica],
        client: Peer[Client],
        proposers: Group[Proposer],
        acceptors: Group[Acceptor],
    ) -> None:
        super().__init__(site)
        self.checkpoints: StreamOutbox[Replica, Acceptor, int] = StreamOutbox(
            site, PAXOS_CHECKPOINTS, acceptors
        )
        self.applied: StreamOutbox[Replica, Client, int] = StreamOutbox(
            site, PAXOS_APPLIED, client
        )
        self.decided_to_replicas: StreamGather[Replica, Proposer, Decided] = (
            StreamGather(site, PAXOS_DECIDED_TO_REPLICAS, proposers)
        )
