from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Reversible,
)
from typing import Generic, overload

from _typeshed import SupportsRichComparison
from motet.live.generators import Generate
from motet.live.keyed_singletons import KeyedSingleton
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import (
    AtLeastOnce,
    Atomic,
    Bounded,
    ExactlyOnce,
    Monotonic,
    NoOrder,
    Ordered,
    Sampled,
    Unbounded,
)
from motet.live.proofs import Proof
from motet.live.requirements import Init, StreamAt
from motet.live.singletons import Optional, Singleton
from motet.live.variables import (
    B2,
    K2,
    O2,
    R2,
    T2,
    V2,
    A,
    B,
    I,
    L,
    MembersT,
    O,
    P,
    R,
    T,
    ThereT,
    U,
)
from motet.locations import Cluster, Location, _Place, _Single
from motet.members import MemberId
from motet.nondeterminism import Nondet
from typing_extensions import TypeIs

class Stream(Generic[T, L, O, R, B]):
    # What the requirements of operators are held against (requirements.pyi).
    @property
    def _at(self) -> L: ...
    @property
    def _element(self) -> T: ...
    @property
    def _order(self) -> O: ...
    @property
    def _delivery(self) -> R: ...
    @property
    def _bound(self) -> B: ...

    # One by one.
    def map(self, f: Callable[[T], U]) -> Stream[U, L, O, R, B]: ...
    @overload
    def filter(self, f: Callable[[T], TypeIs[U]]) -> Stream[U, L, O, R, B]: ...
    @overload
    def filter(self, f: Callable[[T], bool]) -> Stream[T, L, O, R, B]: ...
    def filter_map(self, f: Callable[[T], U | None]) -> Stream[U, L, O, R, B]: ...
    def flat_map_ordered(
        self, f: Callable[[T], Reversible[U] | Iterator[U]]
    ) -> Stream[U, L, O, R, B]: ...
    def flat_map_unordered(self, f: Callable[[T], Iterable[U]]) -> Stream[U, L, NoOrder, R, B]: ...
    def flatten_ordered(
        self: Stream[Reversible[U] | Iterator[U], L, O, R, B],
    ) -> Stream[U, L, O, R, B]: ...
    def flatten_unordered(self: Stream[Iterable[U], L, O, R, B]) -> Stream[U, L, NoOrder, R, B]: ...
    def inspect(self, f: Callable[[T], object]) -> Stream[T, L, O, R, B]: ...
    def partition(
        self, f: Callable[[T], bool]
    ) -> tuple[Stream[T, L, O, R, B], Stream[T, L, O, R, B]]: ...
    def resolve_futures(
        self: Stream[Awaitable[U], L, O, R, B],
    ) -> Stream[U, L, NoOrder, R, B]: ...
    def resolve_futures_ordered(
        self: Stream[Awaitable[U], L, O, R, B],
    ) -> Stream[U, L, O, R, B]: ...
    def resolve_futures_blocking(
        self: Stream[Awaitable[U], L, O, R, B],
    ) -> Stream[U, L, NoOrder, R, B]: ...

    # In order, with memory.
    def enumerate(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
    ) -> Stream[tuple[int, T], L, Ordered, ExactlyOnce, B]: ...
    @overload
    def scan(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], tuple[A, U] | None],
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def scan(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], tuple[I, U] | None],
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def generator(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], tuple[A, Generate[U]]],
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def generator(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], tuple[I, Generate[U]]],
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        make: Callable[[], Callable[[T], Iterable[U]]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        make: Callable[[], Callable[[T], Iterable[U]]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> Stream[U, L, Ordered, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        make: Callable[[], Callable[[T], Iterable[U]]],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> Stream[U, L, NoOrder, ExactlyOnce, B]: ...
    @overload
    def transform(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        make: Callable[[], Callable[[T], Iterable[U]]],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> Stream[U, L, NoOrder, ExactlyOnce, B]: ...
    def take(
        self: Stream[T, L, Ordered, ExactlyOnce, B], n: int
    ) -> Stream[T, L, Ordered, ExactlyOnce, Bounded]: ...
    def skip(
        self: Stream[T, L, Ordered, ExactlyOnce, B], n: int
    ) -> Stream[T, L, Ordered, ExactlyOnce, B]: ...
    def unique(self: Stream[Hashable, L, O, R, B]) -> Stream[T, L, O, ExactlyOnce, B]: ...
    @overload
    def sort(
        self: Stream[SupportsRichComparison, L, O, R, Bounded],
        *,
        key: None = None,
        reverse: bool = False,
    ) -> Stream[T, L, Ordered, R, Bounded]: ...
    @overload
    def sort(
        self: Stream[T, L, Ordered, R, Bounded],
        *,
        key: Callable[[T], SupportsRichComparison],
        reverse: bool = False,
    ) -> Stream[T, L, Ordered, R, Bounded]: ...

    # Down to one value.
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> Singleton[A, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> Singleton[I, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> Singleton[A, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: None = None,
    ) -> Singleton[I, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: None = None,
    ) -> Singleton[A, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: None = None,
    ) -> Singleton[I, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: None = None,
    ) -> Singleton[A, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: None = None,
    ) -> Singleton[I, L, B]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, Bounded],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[A, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, Bounded],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[I, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, Bounded],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[A, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, Bounded],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[I, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, Bounded],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[A, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, Bounded],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[I, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, Bounded],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[A, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, Bounded],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[I, L, Bounded]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[A, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[I, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[A, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
        monotone: Proof,
    ) -> Singleton[I, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[A, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[I, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        init: Init[A],
        f: Callable[[A, T], A],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[A, L, Monotonic]: ...
    @overload
    def fold(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        init: I,
        f: Callable[[I, T], I],
        *,
        commutative: Proof,
        idempotent: Proof,
        monotone: Proof,
    ) -> Singleton[I, L, Monotonic]: ...
    @overload
    def reduce(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
        f: Callable[[T, T], T],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> Optional[T, L, B]: ...
    @overload
    def reduce(
        self: Stream[T, L, NoOrder, ExactlyOnce, B],
        f: Callable[[T, T], T],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> Optional[T, L, B]: ...
    @overload
    def reduce(
        self: Stream[T, L, Ordered, AtLeastOnce, B],
        f: Callable[[T, T], T],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> Optional[T, L, B]: ...
    @overload
    def reduce(
        self: Stream[T, L, NoOrder, AtLeastOnce, B],
        f: Callable[[T, T], T],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> Optional[T, L, B]: ...
    @overload
    def count(
        self: Stream[T, L, O, ExactlyOnce, Bounded],
    ) -> Singleton[int, L, Bounded]: ...
    @overload
    def count(self: Stream[T, L, O, ExactlyOnce, B]) -> Singleton[int, L, Monotonic]: ...
    @overload
    def max(
        self: Stream[SupportsRichComparison, L, O, R, B], *, key: None = None
    ) -> Optional[T, L, B]: ...
    @overload
    def max(
        self: Stream[T, L, Ordered, R, B], *, key: Callable[[T], SupportsRichComparison]
    ) -> Optional[T, L, B]: ...
    @overload
    def min(
        self: Stream[SupportsRichComparison, L, O, R, B], *, key: None = None
    ) -> Optional[T, L, B]: ...
    @overload
    def min(
        self: Stream[T, L, Ordered, R, B], *, key: Callable[[T], SupportsRichComparison]
    ) -> Optional[T, L, B]: ...
    def first(self: Stream[T, L, Ordered, R, B]) -> Optional[T, L, B]: ...
    def last(self: Stream[T, L, Ordered, R, B]) -> Optional[T, L, B]: ...
    def collect_list(
        self: Stream[T, L, Ordered, ExactlyOnce, B],
    ) -> Singleton[list[T], L, B]: ...
    def is_empty(self: Stream[T, L, O, R, Bounded]) -> Singleton[bool, L, Bounded]: ...
    async def collect(self: StreamAt[_Place, object, Ordered, ExactlyOnce, Bounded]) -> list[T]: ...

    # With another collection of the same location.
    def chain(
        self: Stream[T, L, O, R, Bounded], other: Stream[T2, L, O2, R2, B2]
    ) -> Stream[T | T2, L, O | O2, R | R2, B2]: ...
    def merge_unordered(
        self, other: Stream[T2, L, O2, R2, B2]
    ) -> Stream[T | T2, L, NoOrder, R | R2, B | B2]: ...
    def merge_ordered(
        self: Stream[T, L, Ordered, R, B], other: Stream[T2, L, Ordered, R2, B2], why: Nondet
    ) -> Stream[T | T2, L, Ordered, R | R2, B | B2]: ...
    def cross_singleton(
        self, other: Singleton[U, L, Bounded] | Optional[U, L, Bounded]
    ) -> Stream[tuple[T, U], L, O, R, B]: ...
    def cross_product(
        self, other: Stream[T2, L, O2, R2, B2]
    ) -> Stream[tuple[T, T2], L, NoOrder, R | R2, B | B2]: ...
    def cross_product_nested_loop(
        self: Stream[T, L, O, R, Bounded], other: Stream[T2, L, O2, R2, Bounded]
    ) -> Stream[tuple[T, T2], L, O | O2, R | R2, Bounded]: ...
    def filter_if(self, other: Singleton[bool, L, Bounded]) -> Stream[T, L, O, R, B]: ...
    def filter_not_in(
        self: Stream[Hashable, L, O, R, B], other: Stream[T, L, O2, R2, Bounded]
    ) -> Stream[T, L, O, R, B]: ...
    def join(
        self: Stream[tuple[K2, U], L, O, R, B], other: Stream[tuple[K2, V2], L, O2, R2, B2]
    ) -> Stream[tuple[K2, tuple[U, V2]], L, NoOrder, R | R2, B | B2]: ...
    def anti_join(
        self: Stream[tuple[K2, U], L, O, R, B], other: Stream[K2, L, O2, R2, Bounded]
    ) -> Stream[tuple[K2, U], L, O, R, B]: ...

    # Keyed.
    def into_keyed(
        self: Stream[tuple[K2, U], L, O, R, B],
    ) -> KeyedStream[K2, U, L, O, R, B]: ...
    def keys(
        self: Stream[tuple[K2, U], L, O, R, Bounded],
    ) -> Stream[K2, L, NoOrder, ExactlyOnce, Bounded]: ...
    def repeat_with_keys(
        self: Stream[T, L, O, R, Bounded], other: KeyedSingleton[K2, U, L, Bounded]
    ) -> KeyedStream[K2, T, L, O, R, Bounded]: ...

    # By the clock.
    def sample_every(
        self: StreamAt[_Place], seconds: float, why: Nondet
    ) -> Stream[T, L, O, Sampled, Unbounded]: ...
    def timeout(
        self: StreamAt[_Place], seconds: float, why: Nondet
    ) -> Optional[bool, L, Unbounded]: ...

    # Guarantees.
    def weaken_ordering(self) -> Stream[T, L, NoOrder, R, B]: ...
    def weaken_retries(self) -> Stream[T, L, O, AtLeastOnce, B]: ...
    def assume_ordering(self, why: Nondet) -> Stream[T, L, Ordered, R, B]: ...
    def assume_retries(self, why: Nondet) -> Stream[T, L, O, ExactlyOnce, B]: ...
    def atomic(self: StreamAt[_Place]) -> Stream[T, Atomic[L], O, R, B]: ...
    def end_atomic(self: Stream[T, Atomic[P], O, R, B]) -> Stream[T, P, O, R, B]: ...

    # To another location.
    @overload
    def send(self: StreamAt[_Single], *, to: ThereT) -> Stream[T, ThereT, O, R, B]: ...
    @overload
    def send(
        self: StreamAt[Cluster], *, to: ThereT
    ) -> KeyedStream[MemberId[L], T, ThereT, O, R, B]: ...
    @overload
    def broadcast(self: StreamAt[_Single], *, to: MembersT) -> Stream[T, MembersT, O, R, B]: ...
    @overload
    def broadcast(
        self: StreamAt[Cluster], *, to: MembersT
    ) -> KeyedStream[MemberId[L], T, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: StreamAt[_Single, tuple[MemberId[MembersT], U]], *, to: MembersT
    ) -> Stream[U, MembersT, O, R, B]: ...
    @overload
    def demux(
        self: StreamAt[Cluster, tuple[MemberId[MembersT], U]], *, to: MembersT
    ) -> KeyedStream[MemberId[L], U, MembersT, O, R, B]: ...
    @overload
    def round_robin(
        self: StreamAt[_Single, object, Ordered, ExactlyOnce], *, to: MembersT, why: Nondet
    ) -> Stream[T, MembersT, Ordered, ExactlyOnce, B]: ...
    @overload
    def round_robin(
        self: StreamAt[Cluster, object, Ordered, ExactlyOnce], *, to: MembersT, why: Nondet
    ) -> KeyedStream[MemberId[L], T, MembersT, Ordered, ExactlyOnce, B]: ...
    @overload
    def share(self: StreamAt[_Single], *, to: P) -> Stream[T, P, O, R, B]: ...
    @overload
    def share(
        self: StreamAt[_Single, object, Ordered, ExactlyOnce], *, to: tuple[Location, ...]
    ) -> SharedStream[T]: ...

    # Out of the program.
    @overload
    def for_each(
        self: StreamAt[_Place, object, Ordered, Sampled],
        f: Callable[[T], object],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> None: ...
    @overload
    def for_each(
        self: StreamAt[_Place, object, NoOrder, Sampled],
        f: Callable[[T], object],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> None: ...
    @overload
    def for_each(
        self: StreamAt[_Place, object, Ordered, AtLeastOnce],
        f: Callable[[T], object],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> None: ...
    @overload
    def for_each(
        self: StreamAt[_Place, object, NoOrder, AtLeastOnce],
        f: Callable[[T], object],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> None: ...
    @overload
    def dest_sink(
        self: StreamAt[_Place, object, Ordered, Sampled],
        f: Callable[[T], Awaitable[object]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> None: ...
    @overload
    def dest_sink(
        self: StreamAt[_Place, object, NoOrder, Sampled],
        f: Callable[[T], Awaitable[object]],
        *,
        commutative: Proof,
        idempotent: Proof | None = None,
    ) -> None: ...
    @overload
    def dest_sink(
        self: StreamAt[_Place, object, Ordered, AtLeastOnce],
        f: Callable[[T], Awaitable[object]],
        *,
        commutative: Proof | None = None,
        idempotent: Proof,
    ) -> None: ...
    @overload
    def dest_sink(
        self: StreamAt[_Place, object, NoOrder, AtLeastOnce],
        f: Callable[[T], Awaitable[object]],
        *,
        commutative: Proof,
        idempotent: Proof,
    ) -> None: ...
    def __aiter__(self: StreamAt[_Place, object, Ordered, ExactlyOnce]) -> AsyncIterator[T]: ...

class SharedStream(Generic[T]):
    def __aiter__(self) -> AsyncIterator[T]: ...
