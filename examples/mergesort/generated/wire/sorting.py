"""What travels between the locations of sorting.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from motet import Process
from motet.codec import (
    decode_bool,
    decode_int,
    decode_list,
    encode_bool,
    encode_int,
    encode_list,
)
from motet.wire import Channel, Inbox, Multicast, Net, Outbox, Peer, Site

if TYPE_CHECKING:
    from generated.first.sorting import First
    from generated.second.sorting import Second
    from generated.third.sorting import Third


A = TypeVar("A", bound=Process)
B = TypeVar("B", bound=Process)
C = TypeVar("C", bound=Process)


def _encode_sort_left(value: list[int]) -> object:
    return encode_list(value, encode_int)


def _decode_sort_left(data: object) -> list[int]:
    return decode_list(data, decode_int)


class SortAtA(Net, Generic[A, B, C]):
    """What `sort` sends and receives at the a."""

    def __init__(self, site: Site[A], b: Peer[B], c: Peer[C]) -> None:
        super().__init__(site)
        self.b = b
        self.c = c
        self.from_a: Multicast[A, bool] = Multicast(
            Outbox(site, Channel("from_a", encode_bool, decode_bool), b),
            Outbox(site, Channel("from_a", encode_bool, decode_bool), c),
        )
        self.left: Outbox[A, B, list[int]] = Outbox(
            site, Channel("left", _encode_sort_left, _decode_sort_left), b
        )
        self.right: Outbox[A, C, list[int]] = Outbox(
            site, Channel("right", _encode_sort_left, _decode_sort_left), c
        )
        self.lower: Inbox[A, B, list[int]] = Inbox(
            site, Channel("lower", _encode_sort_left, _decode_sort_left), b
        )
        self.upper: Inbox[A, C, list[int]] = Inbox(
            site, Channel("upper", _encode_sort_left, _decode_sort_left), c
        )

    @property
    def sort(self) -> SortAtC[B, C, A]:
        return SortAtC(self.site.call("sort"), a=self.b, b=self.c)

    @property
    def sort_2(self) -> SortAtB[C, A, B]:
        return SortAtB(self.site.call("sort_2"), a=self.c, c=self.b)


class SortAtB(Net, Generic[A, B, C]):
    """What `sort` sends and receives at the b."""

    def __init__(self, site: Site[B], a: Peer[A], c: Peer[C]) -> None:
        super().__init__(site)
        self.a = a
        self.c = c
        self.from_a: Inbox[B, A, bool] = Inbox(
            site, Channel("from_a", encode_bool, decode_bool), a
        )
        self.left: Inbox[B, A, list[int]] = Inbox(
            site, Channel("left", _encode_sort_left, _decode_sort_left), a
        )
        self.lower: Outbox[B, A, list[int]] = Outbox(
            site, Channel("lower", _encode_sort_left, _decode_sort_left), a
        )

    @property
    def sort(self) -> SortAtA[B, C, A]:
        return SortAtA(self.site.call("sort"), b=self.c, c=self.a)

    @property
    def sort_2(self) -> SortAtC[C, A, B]:
        return SortAtC(self.site.call("sort_2"), a=self.c, b=self.a)


class SortAtC(Net, Generic[A, B, C]):
    """What `sort` sends and receives at the c."""

    def __init__(self, site: Site[C], a: Peer[A], b: Peer[B]) -> None:
        super().__init__(site)
        self.a = a
        self.b = b
        self.from_a: Inbox[C, A, bool] = Inbox(
            site, Channel("from_a", encode_bool, decode_bool), a
        )
        self.right: Inbox[C, A, list[int]] = Inbox(
            site, Channel("right", _encode_sort_left, _decode_sort_left), a
        )
        self.upper: Outbox[C, A, list[int]] = Outbox(
            site, Channel("upper", _encode_sort_left, _decode_sort_left), a
        )

    @property
    def sort(self) -> SortAtB[B, C, A]:
        return SortAtB(self.site.call("sort"), a=self.b, c=self.a)

    @property
    def sort_2(self) -> SortAtA[C, A, B]:
        return SortAtA(self.site.call("sort_2"), b=self.a, c=self.b)


class SortThreeAtFirst(Net):
    """What `sort_three` sends and receives at the first."""

    def __init__(
        self, site: Site[First], second: Peer[Second], third: Peer[Third]
    ) -> None:
        super().__init__(site)
        self.second = second
        self.third = third

    @property
    def sort(self) -> SortAtA[First, Second, Third]:
        return SortAtA(self.site.call("sort"), b=self.second, c=self.third)


class SortThreeAtSecond(Net):
    """What `sort_three` sends and receives at the second."""

    def __init__(
        self, site: Site[Second], first: Peer[First], third: Peer[Third]
    ) -> None:
        super().__init__(site)
        self.first = first
        self.third = third

    @property
    def sort(self) -> SortAtB[First, Second, Third]:
        return SortAtB(self.site.call("sort"), a=self.first, c=self.third)


class SortThreeAtThird(Net):
    """What `sort_three` sends and receives at the third."""

    def __init__(
        self, site: Site[Third], first: Peer[First], second: Peer[Second]
    ) -> None:
        super().__init__(site)
        self.first = first
        self.second = second

    @property
    def sort(self) -> SortAtC[First, Second, Third]:
        return SortAtC(self.site.call("sort"), a=self.first, b=self.second)
