"""Streams, as programs see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from motet.live.base import Function, Live

if TYPE_CHECKING:
    from motet.live.keyed_singletons import KeyedSingleton
    from motet.live.keyed_streams import KeyedStream
    from motet.live.proofs import Proof
    from motet.live.singletons import Optional, Singleton
    from motet.locations import Cluster, Location, Process
    from motet.nondeterminism import Nondet


class Stream(Live):
    """Elements that keep arriving at one location.

    `Stream[T, L, O, R, B]`: of `T`, at `L` (of a cluster each member has its own), `Ordered` or
    `NoOrder`, `ExactlyOnce` or `AtLeastOnce`, `Bounded` (it ends by itself) or `Unbounded`.
    """

    def map(self, f: Function) -> Stream:
        """`f` of every element.

        Hydro: `map`.
        """
        self._refuse("map")

    def filter(self, f: Function) -> Stream:
        """The elements for which `f` is true; a `TypeIs` function narrows their type.

        Hydro: `filter`.
        """
        self._refuse("filter")

    def filter_map(self, f: Function) -> Stream:
        """`f` of every element, without those that are `None`.

        Hydro: `filter_map`.
        """
        self._refuse("filter_map")

    def flat_map_ordered(self, f: Function) -> Stream:
        """All that `f` gives for each element, in its order.

        What `f` gives must have an order: a list, a tuple, a dict, an iterator; not a set. Hydro:
        `flat_map_ordered`.
        """
        self._refuse("flat_map_ordered")

    def flat_map_unordered(self, f: Function) -> Stream:
        """All that `f` gives for each element, in any order.

        Hydro: `flat_map_unordered`.
        """
        self._refuse("flat_map_unordered")

    def flatten_ordered(self) -> Stream:
        """The elements of every element, in its order.

        The elements must have an order: lists, tuples, dicts, iterators; not sets. Hydro:
        `flatten_ordered`.
        """
        self._refuse("flatten_ordered")

    def flatten_unordered(self) -> Stream:
        """The elements of every element, in any order.

        Hydro: `flatten_unordered`.
        """
        self._refuse("flatten_unordered")

    def inspect(self, f: Function) -> Stream:
        """The same stream; `f` looks at every element as it passes.

        Hydro: `inspect`.
        """
        self._refuse("inspect")

    def partition(self, f: Function) -> tuple[Stream, Stream]:
        """Two streams: the elements for which `f` is true, and the others; `f` is asked once.

        Hydro: `partition`.
        """
        self._refuse("partition")

    def resolve_futures(self) -> Stream:
        """What the awaitables give, as they are done: many are under way at a time.

        Hydro: `resolve_futures`.
        """
        self._refuse("resolve_futures")

    def resolve_futures_ordered(self) -> Stream:
        """What the awaitables give, in the order in which they came: many are under way at a time.

        Hydro: `resolve_futures_ordered`.
        """
        self._refuse("resolve_futures_ordered")

    def resolve_futures_blocking(self) -> Stream:
        """What the awaitables give, one after the other: nothing else of the loop goes on meanwhile.

        Hydro: `resolve_futures_blocking`.
        """
        self._refuse("resolve_futures_blocking")

    def enumerate(self) -> Stream:
        """`(0, first)`, `(1, second)`, ….

        Needs an order and no repeats. Hydro: `enumerate`.
        """
        self._refuse("enumerate")

    def scan(self, init: object, f: Function) -> Stream:
        """Carries a state along: `f(state, element)` gives `(state, result)`; `None` ends the
        stream.

        Needs an order and no repeats. Hydro: `scan`.
        """
        self._refuse("scan")

    def generator(self, init: object, f: Function) -> Stream:
        """As `scan`, and `f` says what becomes of the stream: `(state, Yield(x) | Return(x) |
        Break() | Continue())`.

        Needs an order and no repeats. Hydro: `generator`.
        """
        self._refuse("generator")

    def transform(
        self, make: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> Stream:
        """`make()` gives an object that is called with every element and returns any number of
        results.

        The way in for state machines that are plain Python classes, as in `motet.std`. Without an order it needs
        `commutative=proof(…)`, with repeats `idempotent=proof(…)`.
        """
        self._refuse("transform")

    def take(self, n: int) -> Stream:
        """The first `n` elements; then it ends.

        Needs an order and no repeats.
        """
        self._refuse("take")

    def skip(self, n: int) -> Stream:
        """All but the first `n` elements.

        Needs an order and no repeats.
        """
        self._refuse("skip")

    def unique(self) -> Stream:
        """Every element the first time it comes; all that came are remembered.

        The elements must be hashable. Hydro: `unique`.
        """
        self._refuse("unique")

    def sort(self, *, key: Function | None = None, reverse: bool = False) -> Stream:
        """The elements from the smallest to the largest, by `key` if it is given; or the other way round.

        Needs a stream that ends, and elements (or keys) that can be compared; with `key` it needs an order, which
        equals keep, as in `sorted`. Hydro: `sort`.
        """
        self._refuse("sort")

    def fold(
        self,
        init: object,
        f: Function,
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
        monotone: Proof | None = None,
    ) -> Singleton:
        """All elements in one value: `f(value, element)`, starting from `init` (a plain value,
        or a callable that makes it).

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`. With
        `monotone=proof(…)` the value only grows, and can be held against a threshold. Hydro:
        `fold`.
        """
        self._refuse("fold")

    def reduce(
        self, f: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> Optional:
        """All elements in one value of their kind: `f(value, element)`, starting from the
        first.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`.
        Hydro: `reduce`.
        """
        self._refuse("reduce")

    def count(self) -> Singleton:
        """How many elements there are (so far; it only grows).

        Needs a stream without repeats. Hydro: `count`.
        """
        self._refuse("count")

    def max(self, *, key: Function | None = None) -> Optional:
        """The largest element, by `key` if it is given.

        The elements (or keys) must be comparable; with `key` it needs an order: of equals, the
        first. Hydro: `max`.
        """
        self._refuse("max")

    def min(self, *, key: Function | None = None) -> Optional:
        """The smallest element, by `key` if it is given.

        The elements (or keys) must be comparable; with `key` it needs an order: of equals, the
        first. Hydro: `min`.
        """
        self._refuse("min")

    def first(self) -> Optional:
        """The first element.

        Needs an order. Hydro: `first`.
        """
        self._refuse("first")

    def last(self) -> Optional:
        """The last element (so far).

        Needs an order. Hydro: `last`.
        """
        self._refuse("last")

    def collect_list(self) -> Singleton:
        """All elements (so far) in a list.

        Needs an order and no repeats. Hydro: `collect_vec`.
        """
        self._refuse("collect_list")

    def is_empty(self) -> Singleton:
        """Whether it ends without an element.

        Needs a stream that ends. Hydro: `is_empty`.
        """
        self._refuse("is_empty")

    async def collect(self) -> list[Any]:
        """Awaited: all elements, a value located here.

        Needs a stream that ends, with an order and without repeats; not in an atomic section.
        """
        self._refuse("collect")

    def chain(self, other: Stream) -> Stream:
        """This stream to its end, then the other.

        This one must end. Hydro: `chain`.
        """
        self._refuse("chain")

    def merge_unordered(self, other: Stream) -> Stream:
        """The elements of both, as they come.

        Hydro: `merge_unordered`.
        """
        self._refuse("merge_unordered")

    def merge_ordered(self, other: Stream, why: Nondet) -> Stream:
        """The elements of both, each side's in its order; how they mix is the guarded choice.

        Both need an order. Hydro: `merge_ordered`.
        """
        self._refuse("merge_ordered")

    def cross_singleton(self, other: Singleton | Optional) -> Stream:
        """Every element with the one value; with an empty `Optional`, nothing.

        The value must be final. Hydro: `cross_singleton`.
        """
        self._refuse("cross_singleton")

    def cross_product(self, other: Stream) -> Stream:
        """Every element with every element of the other.

        Hydro: `cross_product`.
        """
        self._refuse("cross_product")

    def cross_product_nested_loop(self, other: Stream) -> Stream:
        """Every element with every element of the other, in the order of two nested loops.

        Both must end. Hydro: `cross_product_nested_loop`.
        """
        self._refuse("cross_product_nested_loop")

    def filter_if(self, other: Singleton) -> Stream:
        """All elements if the signal is true, else none.

        The signal must be final. Hydro: `filter_if`.
        """
        self._refuse("filter_if")

    def filter_not_in(self, other: Stream) -> Stream:
        """The elements that the other does not have.

        The other must end; the elements must be hashable. Hydro: `filter_not_in`.
        """
        self._refuse("filter_not_in")

    def join(self, other: Stream) -> Stream:
        """Pairs `(k, (a, b))` of every `(k, a)` here with every `(k, b)` there.

        Hydro: `join`.
        """
        self._refuse("join")

    def anti_join(self, other: Stream) -> Stream:
        """The pairs `(k, a)` whose key is not among the others.

        The keys must end. Hydro: `anti_join`.
        """
        self._refuse("anti_join")

    def into_keyed(self) -> KeyedStream:
        """Pairs `(k, v)` as a keyed stream; nothing is computed.

        Hydro: `into_keyed`.
        """
        self._refuse("into_keyed")

    def keys(self) -> Stream:
        """The keys of pairs `(k, v)`, each once.

        Needs a stream that ends. Hydro: `keys`.
        """
        self._refuse("keys")

    def repeat_with_keys(self, other: KeyedSingleton) -> KeyedStream:
        """Every element for every key.

        Both must end. Hydro: `repeat_with_keys`.
        """
        self._refuse("repeat_with_keys")

    def sample_every(self, seconds: float, why: Nondet) -> Stream:
        """The latest element, every so many seconds.

        Not in an atomic section. Hydro: `sample_every`.
        """
        self._refuse("sample_every")

    def timeout(self, seconds: float, why: Nondet) -> Optional:
        """`True` once nothing has come for so many seconds; empty when something comes.

        Not in an atomic section. Hydro: `timeout`.
        """
        self._refuse("timeout")

    def weaken_ordering(self) -> Stream:
        """The same without the promise of an order; subtyping does it anyway.

        Hydro: `weaken_ordering`.
        """
        self._refuse("weaken_ordering")

    def weaken_retries(self) -> Stream:
        """The same without the promise that nothing comes twice; subtyping does it anyway.

        Hydro: `weaken_retries`.
        """
        self._refuse("weaken_retries")

    def assume_ordering(self, why: Nondet) -> Stream:
        """The same with the order in which it happens to come.

        Hydro: `assume_ordering`.
        """
        self._refuse("assume_ordering")

    def assume_retries(self, why: Nondet) -> Stream:
        """The same, counting repeats as elements of their own.

        Hydro: `assume_retries`.
        """
        self._refuse("assume_retries")

    def atomic(self) -> Stream:
        """Enters an atomic section: outputs wait until all that is computed from this has been.

        Not inside another one. Hydro: `atomic`.
        """
        self._refuse("atomic")

    def end_atomic(self) -> Stream:
        """Leaves the atomic section.

        Hydro: `end_atomic`.
        """
        self._refuse("end_atomic")

    def send(self, *, to: Process) -> Stream | KeyedStream:
        """The elements at another process; from a cluster, by member.

        Not in an atomic section. Hydro: `send`.
        """
        self._refuse("send")

    def broadcast(self, *, to: Cluster) -> Stream | KeyedStream:
        """Every element at every member of a cluster; from a cluster, by sending member.

        Not in an atomic section. Hydro: `broadcast_closed`.
        """
        self._refuse("broadcast")

    def demux(self, *, to: Cluster) -> Stream | KeyedStream:
        """Pairs `(member, x)`: `x` at that member; from a cluster, by sending member.

        Not in an atomic section. Hydro: `demux`.
        """
        self._refuse("demux")

    def round_robin(self, *, to: Cluster, why: Nondet) -> Stream | KeyedStream:
        """The elements dealt out to the members in turn; from a cluster, by sending member.

        Needs an order and no repeats; not in an atomic section. Hydro: `round_robin`.
        """
        self._refuse("round_robin")

    def share(self, *, to: Location | tuple[Location, ...]) -> Stream | SharedStream:
        """The elements at other locations, and all know that all know them: an `async for` may
        be joint. Operators need a single receiver.

        From a process; not in an atomic section.
        """
        self._refuse("share")

    def for_each(
        self, f: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> None:
        """Calls `f` with every element.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`; not
        in an atomic section. Hydro: `for_each`.
        """
        self._refuse("for_each")

    def dest_sink(
        self, f: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> None:
        """Awaits `f` with every element.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`; not
        in an atomic section. Hydro: `dest_sink`.
        """
        self._refuse("dest_sink")

    def __aiter__(self) -> AsyncIterator[Any]:
        """`async for x in stream:` runs a protocol for every element, at the places that share
        the stream.

        Needs an order and no repeats; not in an atomic section.
        """
        self._refuse("__aiter__")


class SharedStream(Live):
    """A stream that several locations have received: they loop over it together."""

    def __aiter__(self) -> AsyncIterator[Any]:
        """`async for x in shared:` runs a protocol for every element, at all of them."""
        self._refuse("__aiter__")
