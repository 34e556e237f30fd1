from collections.abc import Callable
from typing import Generic, overload

from _typeshed import SupportsRichComparison
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import (
    Atomic,
    Bounded,
    BoundedValue,
    ExactlyOnce,
    Monotonic,
    MonotonicKeys,
    MonotonicValue,
    NoOrder,
    Ordered,
    Unbounded,
)
from motet.live.requirements import KeyedValueAt, ValueAt
from motet.live.singletons import Optional, Singleton
from motet.live.streams import Stream
from motet.live.variables import K2, O2, R2, V2, B, K, L, P, U, V
from motet.locations import _Place

class KeyedSingleton(Generic[K, V, L, B]):
    # What the requirements of operators are held against (requirements.pyi).
    @property
    def _at(self) -> L: ...
    @property
    def _key(self) -> K: ...
    @property
    def _bound(self) -> B: ...

    # One by one.
    @overload
    def map(
        self: KeyedSingleton[K, V, L, Bounded], f: Callable[[V], U]
    ) -> KeyedSingleton[K, U, L, Bounded]: ...
    @overload
    def map(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[V], U]
    ) -> KeyedSingleton[K, U, L, BoundedValue]: ...
    @overload
    def map(
        self: KeyedSingleton[K, V, L, MonotonicKeys], f: Callable[[V], U]
    ) -> KeyedSingleton[K, U, L, MonotonicKeys]: ...
    @overload
    def map(self, f: Callable[[V], U]) -> KeyedSingleton[K, U, L, Unbounded]: ...
    @overload
    def map_with_key(
        self: KeyedSingleton[K, V, L, Bounded], f: Callable[[K, V], U]
    ) -> KeyedSingleton[K, U, L, Bounded]: ...
    @overload
    def map_with_key(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[K, V], U]
    ) -> KeyedSingleton[K, U, L, BoundedValue]: ...
    @overload
    def map_with_key(
        self: KeyedSingleton[K, V, L, MonotonicKeys], f: Callable[[K, V], U]
    ) -> KeyedSingleton[K, U, L, MonotonicKeys]: ...
    @overload
    def map_with_key(self, f: Callable[[K, V], U]) -> KeyedSingleton[K, U, L, Unbounded]: ...
    def filter(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[V], bool]
    ) -> KeyedSingleton[K, V, L, B]: ...
    def filter_map(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[V], U | None]
    ) -> KeyedSingleton[K, U, L, B]: ...
    def inspect(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[V], object]
    ) -> KeyedSingleton[K, V, L, B]: ...
    def inspect_with_key(
        self: KeyedSingleton[K, V, L, BoundedValue], f: Callable[[K, V], object]
    ) -> KeyedSingleton[K, V, L, B]: ...

    # All of them.
    @overload
    def keys(
        self: KeyedSingleton[K, V, L, Bounded],
    ) -> Stream[K, L, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def keys(
        self: KeyedSingleton[K, V, L, BoundedValue],
    ) -> Stream[K, L, NoOrder, ExactlyOnce, Unbounded]: ...
    @overload
    def values(
        self: KeyedSingleton[K, V, L, Bounded],
    ) -> Stream[V, L, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def values(
        self: KeyedSingleton[K, V, L, BoundedValue],
    ) -> Stream[V, L, NoOrder, ExactlyOnce, Unbounded]: ...
    @overload
    def entries(
        self: KeyedSingleton[K, V, L, Bounded],
    ) -> Stream[tuple[K, V], L, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def entries(
        self: KeyedSingleton[K, V, L, BoundedValue],
    ) -> Stream[tuple[K, V], L, NoOrder, ExactlyOnce, Unbounded]: ...
    @overload
    def into_keyed_stream(
        self: KeyedSingleton[K, V, L, Bounded],
    ) -> KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded]: ...
    @overload
    def into_keyed_stream(
        self: KeyedSingleton[K, V, L, BoundedValue],
    ) -> KeyedStream[K, V, L, Ordered, ExactlyOnce, Unbounded]: ...
    @overload
    def key_count(self: KeyedSingleton[K, V, L, Bounded]) -> Singleton[int, L, Bounded]: ...
    @overload
    def key_count(self: KeyedSingleton[K, V, L, MonotonicKeys]) -> Singleton[int, L, Monotonic]: ...
    @overload
    def key_count(self) -> Singleton[int, L, Unbounded]: ...
    @overload
    def into_singleton(
        self: KeyedSingleton[K, V, L, Bounded],
    ) -> Singleton[dict[K, V], L, Bounded]: ...
    @overload
    def into_singleton(self) -> Singleton[dict[K, V], L, Unbounded]: ...
    def get(
        self: KeyedSingleton[K, V, L, Bounded],
        key: Singleton[K, L, Bounded] | Optional[K, L, Bounded] | K,
    ) -> Optional[V, L, Bounded]: ...
    def get_max_key(
        self: KeyedValueAt[SupportsRichComparison, Bounded],
    ) -> Optional[tuple[K, V], L, Bounded]: ...

    # With another collection of the same location.
    def filter_key_not_in(
        self: KeyedSingleton[K, V, L, BoundedValue], other: Stream[K, L, O2, R2, Bounded]
    ) -> KeyedSingleton[K, V, L, B]: ...
    def join_keyed_stream(
        self: KeyedSingleton[K, V, L, Bounded], other: KeyedStream[K, V2, L, O2, R2, Bounded]
    ) -> KeyedStream[K, tuple[V, V2], L, O2, R2, Bounded]: ...
    def join_keyed_singleton(
        self: KeyedSingleton[K, V, L, Bounded], other: KeyedSingleton[K, V2, L, Bounded]
    ) -> KeyedSingleton[K, tuple[V, V2], L, Bounded]: ...
    def lookup_keyed_singleton(
        self: KeyedSingleton[K, K2, L, Bounded], other: KeyedSingleton[K2, V2, L, Bounded]
    ) -> KeyedSingleton[K, tuple[K2, V2 | None], L, Bounded]: ...
    def lookup_keyed_stream(
        self: KeyedSingleton[K, K2, L, Bounded], other: KeyedStream[K2, V2, L, O2, R2, Bounded]
    ) -> KeyedStream[K, tuple[K2, V2 | None], L, NoOrder, R2, Bounded]: ...
    @overload
    def threshold_greater_or_equal(
        self: KeyedSingleton[K, SupportsRichComparison, L, Bounded],
        threshold: KeyedSingleton[K, V, L, Bounded],
    ) -> KeyedStream[K, V, L, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def threshold_greater_or_equal(
        self: KeyedSingleton[K, SupportsRichComparison, L, MonotonicValue],
        threshold: KeyedSingleton[K, V, L, BoundedValue],
    ) -> KeyedStream[K, V, L, NoOrder, ExactlyOnce, Unbounded]: ...
    @overload
    def threshold_greater_or_equal_uniform(
        self: KeyedSingleton[K, SupportsRichComparison, L, Bounded],
        threshold: Singleton[V, L, Bounded] | V,
    ) -> KeyedStream[K, V, L, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def threshold_greater_or_equal_uniform(
        self: KeyedSingleton[K, SupportsRichComparison, L, MonotonicValue],
        threshold: Singleton[V, L, Bounded] | V,
    ) -> KeyedStream[K, V, L, NoOrder, ExactlyOnce, Unbounded]: ...

    # Guarantees.
    def atomic(self: ValueAt[_Place]) -> KeyedSingleton[K, V, Atomic[L], B]: ...
    def end_atomic(self: KeyedSingleton[K, V, Atomic[P], B]) -> KeyedSingleton[K, V, P, B]: ...

    # Out of the program.
    async def collect(self: ValueAt[_Place, Bounded]) -> dict[K, V]: ...
