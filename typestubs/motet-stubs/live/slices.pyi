from collections.abc import Callable, Iterable
from typing import Generic, Self, overload

from motet.live.keyed_singletons import KeyedSingleton
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import (
    AtLeastOnce,
    Atomic,
    BoundedValue,
    ExactlyOnce,
    NoOrder,
    Ordered,
    Unbounded,
)
from motet.live.singletons import Optional, Singleton
from motet.live.streams import Stream
from motet.live.variables import K2, B, P, U
from motet.nondeterminism import Nondet

class Slice(Generic[P, B]):
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...
    @overload
    def batch(
        self, collection: Stream[U, P, NoOrder, AtLeastOnce, Unbounded], why: Nondet
    ) -> list[U]: ...
    @overload
    def batch(
        self,
        collection: (
            KeyedStream[K2, U, P, NoOrder, AtLeastOnce, Unbounded]
            | KeyedSingleton[K2, U, P, BoundedValue]
        ),
        why: Nondet,
    ) -> list[tuple[K2, U]]: ...
    @overload
    def snapshot(self, collection: Singleton[U, P, Unbounded], why: Nondet) -> U: ...
    @overload
    def snapshot(self, collection: Optional[U, P, Unbounded], why: Nondet) -> U | None: ...
    @overload
    def snapshot(
        self, collection: KeyedSingleton[K2, U, P, Unbounded], why: Nondet
    ) -> dict[K2, U]: ...
    @overload
    def atomic(
        self,
        collection: Stream[U, Atomic[P], NoOrder, AtLeastOnce, Unbounded],
        why: Nondet | None = None,
    ) -> list[U]: ...
    @overload
    def atomic(
        self,
        collection: KeyedStream[K2, U, Atomic[P], NoOrder, AtLeastOnce, Unbounded],
        why: Nondet | None = None,
    ) -> list[tuple[K2, U]]: ...
    @overload
    def atomic(
        self, collection: Singleton[U, Atomic[P], Unbounded], why: Nondet | None = None
    ) -> U: ...
    @overload
    def atomic(
        self, collection: Optional[U, Atomic[P], Unbounded], why: Nondet | None = None
    ) -> U | None: ...
    @overload
    def atomic(
        self, collection: KeyedSingleton[K2, U, Atomic[P], Unbounded], why: Nondet | None = None
    ) -> dict[K2, U]: ...
    @overload
    def state(self, init: Callable[[], U]) -> U: ...
    @overload
    def state(self, init: U) -> U: ...
    def stream(self, elements: Iterable[U]) -> Stream[U, P, Ordered, ExactlyOnce, B]: ...
    def latest(self, value: U) -> Singleton[U, P, B]: ...
