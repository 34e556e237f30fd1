"""What travels between the locations of words.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    decode_list,
    decode_str,
    encode_list,
    encode_str,
    misfit_tuples,
    mistyped_tuples,
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
    from generated.leader.words import Leader
    from generated.reducer.words import Reducer
    from generated.worker.words import Worker


def _encode_count_dealt(value: list[str]) -> object:
    return encode_list(value, encode_str)


def _decode_count_dealt(data: object) -> list[str]:
    return decode_list(data, decode_str)


def _encode_count_counted(value: list[tuple[str, int]]) -> object:
    if type(value) is list:
        fields: list[object] = []
        for item in value:
            if not (
                type(item) is tuple
                and len(item) == 2
                and type(item[0]) is str
                and type(item[1]) in INTEGERS
            ):
                break
            fields.append(item[0])
            fields.append(item[1])
        else:
            return fields
    raise mistyped_tuples(value, list, str, int)


def _decode_count_counted(data: object) -> list[tuple[str, int]]:
    if type(data) is list and len(data) % 2 == 0:
        fields = iter(data)
        items: list[tuple[str, int]] = []
        for row in zip(fields, fields):
            item0, item1 = row
            if not (type(item0) is str and type(item1) in INTEGERS):
                break
            items.append(row)
        else:
            return items
    raise misfit_tuples(data, list, str, int)


COUNT_DEALT: Final[Channel[Leader, Worker, list[str]]] = Channel(
    "dealt", _encode_count_dealt, _decode_count_dealt
)

COUNT_COUNTED: Final[Channel[Worker, Reducer, list[tuple[str, int]]]] = Channel(
    "counted", _encode_count_counted, _decode_count_counted
)


class CountAtLeader(Net):
    """What `count` sends and receives at the leader."""

    def __init__(
        self, site: Site[Leader], workers: Group[Worker], reducer: Peer[Reducer]
    ) -> None:
        super().__init__(site)
        self.dealt: RoundRobin[Leader, Worker, str] = RoundRobin(
            site, COUNT_DEALT, workers
        )


class CountAtWorker(Net):
    """What `count` sends and receives at the workers."""

    def __init__(
        self, site: Site[Worker], leader: Peer[Leader], reducer: Peer[Reducer]
    ) -> None:
        super().__init__(site)
        self.counted: StreamOutbox[Worker, Reducer, tuple[str, int]] = StreamOutbox(
            site, COUNT_COUNTED, reducer
        )
        self.dealt: StreamInbox[Worker, Leader, str] = StreamInbox(
            site, COUNT_DEALT, leader
        )


class CountAtReducer(Net):
    """What `count` sends and receives at the reducer."""

    def __init__(
        self, site: Site[Reducer], leader: Peer[Leader], workers: Group[Worker]
    ) -> None:
        super().__init__(site)
        self.counted: StreamGather[Reducer, Worker, tuple[str, int]] = StreamGather(
            site, COUNT_COUNTED, workers
        )
