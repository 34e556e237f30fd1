"""What travels between the locations of words.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import (
    decode_dict,
    decode_int,
    decode_list,
    decode_str,
    encode_dict,
    encode_int,
    encode_list,
    encode_str,
)
from motet.wire import Channel, Gather, Group, Inbox, Net, Outbox, Peer, Scatter, Site

if TYPE_CHECKING:
    from generated.leader.words import Leader
    from generated.worker.words import Worker


def _encode_deal_hand(value: list[str]) -> object:
    return encode_list(value, encode_str)


def _decode_deal_hand(data: object) -> list[str]:
    return decode_list(data, decode_str)


DEAL_HAND: Final[Channel[Leader, Worker, list[str]]] = Channel(
    "hand", _encode_deal_hand, _decode_deal_hand
)


class DealAtLeader(Net):
    """What `deal` sends and receives at the leader."""

    def __init__(self, site: Site[Leader], workers: Group[Worker]) -> None:
        super().__init__(site)
        self.workers = workers
        self.hand: Scatter[Leader, Worker, list[str]] = Scatter(
            site, DEAL_HAND, workers
        )


class DealAtWorker(Net):
    """What `deal` sends and receives at the workers."""

    def __init__(self, site: Site[Worker], leader: Peer[Leader]) -> None:
        super().__init__(site)
        self.hand: Inbox[Worker, Leader, list[str]] = Inbox(site, DEAL_HAND, leader)


def _encode_count_counts(value: dict[str, int]) -> object:
    return encode_dict(value, encode_int)


def _decode_count_counts(data: object) -> dict[str, int]:
    return decode_dict(data, decode_int)


COUNT_COUNTS: Final[Channel[Worker, Leader, dict[str, int]]] = Channel(
    "counts", _encode_count_counts, _decode_count_counts
)


class CountAtLeader(Net):
    """What `count` sends and receives at the leader."""

    def __init__(self, site: Site[Leader], workers: Group[Worker]) -> None:
        super().__init__(site)
        self.workers = workers
        self.counts: Gather[Leader, Worker, dict[str, int]] = Gather(
            site, COUNT_COUNTS, workers
        )

    @property
    def deal(self) -> DealAtLeader:
        return DealAtLeader(self.site.call("deal"), workers=self.workers)


class CountAtWorker(Net):
    """What `count` sends and receives at the workers."""

    def __init__(self, site: Site[Worker], leader: Peer[Leader]) -> None:
        super().__init__(site)
        self.leader = leader
        self.counts: Outbox[Worker, Leader, dict[str, int]] = Outbox(
            site, COUNT_COUNTS, leader
        )

    @property
    def deal(self) -> DealAtWorker:
        return DealAtWorker(self.site.call("deal"), leader=self.leader)


LONGEST_LONGEST: Final[Channel[Worker, Leader, str]] = Channel(
    "longest", encode_str, decode_str
)


class LongestAtLeader(Net):
    """What `longest` sends and receives at the leader."""

    def __init__(self, site: Site[Leader], workers: Group[Worker]) -> None:
        super().__init__(site)
        self.workers = workers
        self.longest: Gather[Leader, Worker, str] = Gather(
            site, LONGEST_LONGEST, workers
        )

    @property
    def deal(self) -> DealAtLeader:
        return DealAtLeader(self.site.call("deal"), workers=self.workers)


class LongestAtWorker(Net):
    """What `longest` sends and receives at the workers."""

    def __init__(self, site: Site[Worker], leader: Peer[Leader]) -> None:
        super().__init__(site)
        self.leader = leader
        self.longest: Outbox[Worker, Leader, str] = Outbox(
            site, LONGEST_LONGEST, leader
        )

    @property
    def deal(self) -> DealAtWorker:
        return DealAtWorker(self.site.call("deal"), leader=self.leader)
