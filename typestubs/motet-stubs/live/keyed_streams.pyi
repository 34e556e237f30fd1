from collections.abc import Callable, Hashable, Iterable, Iterator, Reversible
from typing import Generic, overload

from _typeshed import SupportsRichComparison
from motet.live.generators import Generate
from motet.live.keyed_singletons import KeyedSingleton
from motet.live.markers import (
    AtLeastOnce,
    Atomic,
    Bounded,
    BoundedValue,
    ExactlyOnce,
    MonotonicKeys,
    MonotonicValue,
    NoOrder,
    Ordered,
    Unbounded,
)
from motet.live.proofs import Proof
from motet.live.requirements import Init, KeyedStreamAt
from motet.live.singletons import Optional, Singleton
from motet.live.streams import Stream
from motet.live.variables import (
    B2,
    K2,
    O2,
    R2,
    V2,
    A,
    B,
    I,
    K,
    L,
    MembersT,
    O,
    P,
    R,
    ThereT,
    U,
    V,
)
from motet.locations import Cluster, _Place, _Single
from motet.members import MemberId
from motet.nondeterminism import Nondet
from typing_extensions import TypeIs

class KeyedStream(Generic[K, V, L, O, R, B]):
    # What the requirements of operators are held against (requirements.pyi).
    @property
    def _at(self) -> L: ...
    @property
    def _key(self) -> K: ...
    @property
    def _order(self) -> O: ...
    @property
    def _delivery(self) -> R: ...
    @property
    def _bound(self) -> B: ...

    # One by one.
    def map(self, f: Callable[[V], U]) -> KeyedStream[K, U, L, O, R, B]: ...
    def map_with_key(self, f: Callable[[K, V], U]) -> KeyedStream[K, U, L, O, R, B]: ...
    @overload
    def filter(self, f: Callable[[V], TypeIs[U]]) -> KeyedStream[K, U, L, O, R, B]: ...
    @overload
    def filter(self, f: Callable[[V], bool]) -> KeyedStream[K, V, L, O, R, B]: ...
    def filter_with_key(self, f: Callable[[K, V], bool]) -> KeyedStream[K, V, L, O, R, B]: ...
    def filter_map(self, f: Callable[[V], U | None]) -> KeyedStream[K, U, L, O, R, B]: ...
    def filter_map_with_key(
        self, f: Callable[[K, V], U | None]
    ) -> KeyedStream[K, U, L, O, R, B]: ...
    def flat_map_ordered(
        self, f: Callable[[V], Reversible[U] | Iterator[U]]
    ) -> KeyedStream[K, U, L, O, R, B]: ...
    def flat_map_unordered(
        self, f: Callable[[V], Iterable[U]]
    ) -> KeyedStream[K, U, L, NoOrder, R, B]: ...
    def flatten_ordered(
        self: KeyedStream[K, Reversible[U] | Iterator[U], L, O, R, B],
    ) -> KeyedStream[K, U, L, O, R, B]: ...
    def flatten_unordered(
        self: KeyedStream[K, Iterable[U], L, O, R, B],
    ) -> KeyedStream[K, U, L, NoOrder, R, B]: ...
    def partition(
        self, f: Callable[[V], bool]
    ) -> tuple[KeyedStream[K, V, L, O, R, B], KeyedStream[K, V, L, O, R, B]]: ...
    def inspect(self, f: Callable[[V], object]) -> KeyedStream[K, V, L, O, R, B]: ...
    def inspect_with_key(self, f: Callable[[K, V], object]) -> KeyedStream[K, V, L, O, R, B]: ...
    def cross_singleton(
        self, other: Singleton[U, L, Bounded] | Optional[U, L, Bounded]
    ) -> KeyedStream[K, tuple[V, U], L, O, R, B]: ...

    # Out of their keys.
    def keys(self) -> Stream[K, L, NoOrder, ExactlyOnce, B]: ...
    def values(self) -> Stream[V, L, NoOrder, R, B]: ...
    def entries(self) -> Stream[tuple[K, V], L, NoOrder, R, B]: ...
    def entries_partially_ordered(
        self: KeyedStream[K, V, L, Ordered, R, B], why: Nondet
    ) -> Stream[tuple[K, V], L, Ordered, R, B]: ...
    def prefix_key(self, f: Callable[[K, V], K2]) -> KeyedStream[tuple[K2, K], V, L, O, R, B]: ...
    def drop_key_prefix(
        self: KeyedStream[tuple[K2, U], V, L, O, R, B],
    ) -> KeyedStream[U, V, L, NoOrder, R, B]: ...

    # In order within each key, with memory.
    def enumerate(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
    ) -> KeyedStream[K, tuple[int, V], L, Ordered, ExactlyOnce, B]: ...
    @overload
    def scan(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], tuple[A, U] | None],
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def scan(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], tuple[I, U] | None],
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def generator(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], tuple[A, Generate[U]]],
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def generator(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], tuple[I, Generate[U]]],
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        make: Callable[[], Callable[[V], Iterable[U]]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        make: Callable[[], Callable[[V], Iterable[U]]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> KeyedStream[K, U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        make: Callable[[], Callable[[V], Iterable[U]]],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> KeyedStream[K, U, L, NoOrder, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        make: Callable[[], Callable[[V], Iterable[U]]],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> KeyedStream[K, U, L, NoOrder, ExactlyOnce, B]: ...
    def unique(
        self: KeyedStream[K, Hashable, L, O, R, B],
    ) -> KeyedStream[K, V, L, NoOrder, ExactlyOnce, B]: ...
    @overload
    def sort(
        self: KeyedStream[K, SupportsRichComparison, L, O, R, Bounded],
        *,
        key: None = None,
        reverse: bool = False,
    ) -> KeyedStream[K, V, L, Ordered, R, Bounded]: ...
    @overload
    def sort(
        self: KeyedStream[K, V, L, Ordered, R, Bounded],
        *,
        key: Callable[[V], SupportsRichComparison],
        reverse: bool = False,
    ) -> KeyedStream[K, V, L, Ordered, R, Bounded]: ...

    # Down to one value for each key.
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, A, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, I, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, Bounded],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, A, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, Bounded],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, I, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, Bounded],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, A, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, Bounded],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, I, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, Bounded],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, A, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, Bounded],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof | None = None,
    ) -> KeyedSingleton[K, I, L, Bounded]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> KeyedSingleton[K, A, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> KeyedSingleton[K, I, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> KeyedSingleton[K, A, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> KeyedSingleton[K, I, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> KeyedSingleton[K, A, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> KeyedSingleton[K, I, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> KeyedSingleton[K, A, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> KeyedSingleton[K, I, L, MonotonicValue]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> KeyedSingleton[K, A, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> KeyedSingleton[K, I, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> KeyedSingleton[K, A, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> KeyedSingleton[K, I, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: None = None,
    ) -> KeyedSingleton[K, A, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: None = None,
    ) -> KeyedSingleton[K, I, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, V], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: None = None,
    ) -> KeyedSingleton[K, A, L, MonotonicKeys]: ...
    @overload
    def fold(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        init: I,
        f: Callable[[I, V], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: None = None,
    ) -> KeyedSingleton[K, I, L, MonotonicKeys]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, MonotonicKeys]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, NoOrder, ExactlyOnce, B],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, MonotonicKeys]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, Ordered, AtLeastOnce, B],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, MonotonicKeys]: ...
    @overload
    def reduce(
        self: KeyedStream[K, V, L, NoOrder, AtLeastOnce, B],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, MonotonicKeys]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, Ordered, ExactlyOnce, Bounded],
        other: Singleton[K, L, Bounded] | Optional[K, L, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, NoOrder, ExactlyOnce, Bounded],
        other: Singleton[K, L, Bounded] | Optional[K, L, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, Ordered, AtLeastOnce, Bounded],
        other: Singleton[K, L, Bounded] | Optional[K, L, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, NoOrder, AtLeastOnce, Bounded],
        other: Singleton[K, L, Bounded] | Optional[K, L, Bounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, Ordered, ExactlyOnce, Unbounded],
        other: Singleton[K, L, Unbounded] | Optional[K, L, Unbounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Unbounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, NoOrder, ExactlyOnce, Unbounded],
        other: Singleton[K, L, Unbounded] | Optional[K, L, Unbounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton[K, V, L, Unbounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, Ordered, AtLeastOnce, Unbounded],
        other: Singleton[K, L, Unbounded] | Optional[K, L, Unbounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Unbounded]: ...
    @overload
    def reduce_watermark(
        self: KeyedStreamAt[object, SupportsRichComparison, NoOrder, AtLeastOnce, Unbounded],
        other: Singleton[K, L, Unbounded] | Optional[K, L, Unbounded],
        f: Callable[[V, V], V],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> KeyedSingleton[K, V, L, Unbounded]: ...
    @overload
    def fold_early_stop(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
        init: Init[A],
        f: Callable[[A, V], tuple[A, bool]],
    ) -> KeyedSingleton[K, A, L, Bounded]: ...
    @overload
    def fold_early_stop(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
        init: I,
        f: Callable[[I, V], tuple[I, bool]],
    ) -> KeyedSingleton[K, I, L, Bounded]: ...
    @overload
    def fold_early_stop(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, V], tuple[A, bool]],
    ) -> KeyedSingleton[K, A, L, BoundedValue]: ...
    @overload
    def fold_early_stop(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, V], tuple[I, bool]],
    ) -> KeyedSingleton[K, I, L, BoundedValue]: ...
    @overload
    def first(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded],
    ) -> KeyedSingleton[K, V, L, Bounded]: ...
    @overload
    def first(
        self: KeyedStream[K, V, L, Ordered, ExactlyOnce, B],
    ) -> KeyedSingleton[K, V, L, BoundedValue]: ...
    @overload
    def value_counts(
        self: KeyedStream[K, V, L, O, ExactlyOnce, Bounded],
    ) -> KeyedSingleton[K, int, L, Bounded]: ...
    @overload
    def value_counts(
        self: KeyedStream[K, V, L, O, ExactlyOnce, B],
    ) -> KeyedSingleton[K, int, L, MonotonicValue]: ...
    async def collect(
        self: KeyedStreamAt[_Place, object, Ordered, ExactlyOnce, Bounded],
    ) -> dict[K, list[V]]: ...

    # With another collection of the same location.
    def merge_unordered(
        self, other: KeyedStream[K, V2, L, O2, R2, B2]
    ) -> KeyedStream[K, V | V2, L, NoOrder, R | R2, B | B2]: ...
    def merge_ordered(
        self: KeyedStream[K, V, L, Ordered, R, B],
        other: KeyedStream[K, V2, L, Ordered, R2, B2],
        why: Nondet,
    ) -> KeyedStream[K, V | V2, L, Ordered, R | R2, B | B2]: ...
    def chain(
        self: KeyedStream[K, V, L, O, R, Bounded], other: KeyedStream[K, V2, L, O2, R2, Bounded]
    ) -> KeyedStream[K, V | V2, L, O | O2, R | R2, Bounded]: ...
    def filter_key_not_in(
        self, other: Stream[K, L, O2, R2, Bounded]
    ) -> KeyedStream[K, V, L, O, R, B]: ...
    def join_keyed_stream(
        self, other: KeyedStream[K, V2, L, O2, R2, B2]
    ) -> KeyedStream[K, tuple[V, V2], L, NoOrder, R | R2, B | B2]: ...
    def join_keyed_singleton(
        self: KeyedStream[K, V, L, O, R, Bounded], other: KeyedSingleton[K, V2, L, Bounded]
    ) -> KeyedStream[K, tuple[V, V2], L, NoOrder, R, Bounded]: ...
    def lookup_keyed_singleton(
        self: KeyedStream[K, K2, L, O, R, Bounded], other: KeyedSingleton[K2, V2, L, Bounded]
    ) -> KeyedStream[K, tuple[K2, V2 | None], L, NoOrder, R, Bounded]: ...
    def lookup_keyed_stream(
        self: KeyedStream[K, K2, L, O, R, Bounded], other: KeyedStream[K2, V2, L, O2, R2, Bounded]
    ) -> KeyedStream[K, tuple[K2, V2 | None], L, NoOrder, R | R2, Bounded]: ...
    def get(
        self: KeyedStream[K, V, L, O, R, Bounded],
        key: Singleton[K, L, Bounded] | Optional[K, L, Bounded] | K,
    ) -> Stream[V, L, NoOrder, R, Bounded]: ...

    # Guarantees.
    def weaken_ordering(self) -> KeyedStream[K, V, L, NoOrder, R, B]: ...
    def weaken_retries(self) -> KeyedStream[K, V, L, O, AtLeastOnce, B]: ...
    def assume_ordering(self, why: Nondet) -> KeyedStream[K, V, L, Ordered, R, B]: ...
    def assume_retries(self, why: Nondet) -> KeyedStream[K, V, L, O, ExactlyOnce, B]: ...
    def atomic(self: KeyedStreamAt[_Place, object]) -> KeyedStream[K, V, Atomic[L], O, R, B]: ...
    def end_atomic(
        self: KeyedStream[K, V, Atomic[P], O, R, B],
    ) -> KeyedStream[K, V, P, O, R, B]: ...

    # To another location.
    @overload
    def send(
        self: KeyedStreamAt[_Single, object], *, to: ThereT
    ) -> KeyedStream[K, V, ThereT, O, R, B]: ...
    @overload
    def send(
        self: KeyedStreamAt[Cluster, object], *, to: ThereT
    ) -> KeyedStream[tuple[MemberId[L], K], V, ThereT, O, R, B]: ...
    @overload
    def broadcast(
        self: KeyedStreamAt[_Single, object], *, to: MembersT
    ) -> KeyedStream[K, V, MembersT, O, R, B]: ...
    @overload
    def broadcast(
        self: KeyedStreamAt[Cluster, object], *, to: MembersT
    ) -> KeyedStream[tuple[MemberId[L], K], V, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: KeyedStreamAt[_Single, MemberId[MembersT]], *, to: MembersT
    ) -> Stream[V, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: KeyedStreamAt[Cluster, MemberId[MembersT]], *, to: MembersT
    ) -> KeyedStream[MemberId[L], V, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: KeyedStreamAt[_Single, tuple[MemberId[MembersT], K2]], *, to: MembersT
    ) -> KeyedStream[K2, V, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: KeyedStreamAt[Cluster, tuple[MemberId[MembersT], K2]], *, to: MembersT
    ) -> KeyedStream[tuple[MemberId[L], K2], V, MembersT, O, R, B]: ...
    def share(self: KeyedStreamAt[_Single, object], *, to: P) -> KeyedStream[K, V, P, O, R, B]: ...
