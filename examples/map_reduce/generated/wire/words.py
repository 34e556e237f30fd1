"""What travels between the locations of words.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import (
    decode_list,
    decode_str,
    encode_list,
    encode_str,
    misfit,
    mistyped,
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
    return encode_list(value, _encode_count_counted_item)


def _decode_count_counted(data: object) -> list[tuple[str, int]]:
    return decode_list(data, _decode_count_counted_item)


def _encode_count_counted_item(value: tuple[str, int]) -> object:
    if type(value) is tuple and len(value) == 2:
        item0, item1 = value
        if type(item0) is str and type(item1) is int:
            return [item0, item1]
    raise mistyped(value, tuple, str, int)


def _decode_count_counted_item(data: object) -> tuple[str, int]:
    if type(data) is list and len(data) == 2:
        item0, item1 = data
        if type(item0) is str and type(item1) is int:
            return (item0, item1)
    raise misfit(data, tuple, str, int)


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
