"""Keyed streams, as programs see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from motet.live.base import Function, Live

if TYPE_CHECKING:
    from motet.live.keyed_singletons import KeyedSingleton
    from motet.live.proofs import Proof
    from motet.live.singletons import Optional, Singleton
    from motet.live.streams import Stream
    from motet.locations import Cluster, Location, Process
    from motet.nondeterminism import Nondet


class KeyedStream(Live):
    """A stream for every key, at one location.

    `KeyedStream[K, V, L, O, R, B]`: order and delivery are of the values of one key; between keys there
    is never an order.
    """

    def map(self, f: Function) -> KeyedStream:
        """`f` of every value.

        Hydro: `map`.
        """
        self._refuse("map")

    def map_with_key(self, f: Function) -> KeyedStream:
        """`f` of every key and value; the keys stay.

        Hydro: `map_with_key`.
        """
        self._refuse("map_with_key")

    def filter(self, f: Function) -> KeyedStream:
        """The values for which `f` is true; a `TypeIs` function narrows their type.

        Hydro: `filter`.
        """
        self._refuse("filter")

    def filter_with_key(self, f: Function) -> KeyedStream:
        """The values for which `f(key, value)` is true.

        Hydro: `filter_with_key`.
        """
        self._refuse("filter_with_key")

    def filter_map(self, f: Function) -> KeyedStream:
        """`f` of every value, without those that are `None`.

        Hydro: `filter_map`.
        """
        self._refuse("filter_map")

    def filter_map_with_key(self, f: Function) -> KeyedStream:
        """`f(key, value)`, without those that are `None`.

        Hydro: `filter_map_with_key`.
        """
        self._refuse("filter_map_with_key")

    def flat_map_ordered(self, f: Function) -> KeyedStream:
        """All that `f` gives for each value, in its order.

        What `f` gives must have an order. Hydro: `flat_map_ordered`.
        """
        self._refuse("flat_map_ordered")

    def flat_map_unordered(self, f: Function) -> KeyedStream:
        """All that `f` gives for each value, in any order.

        Hydro: `flat_map_unordered`.
        """
        self._refuse("flat_map_unordered")

    def flatten_ordered(self) -> KeyedStream:
        """The elements of every value, in its order.

        The values must have an order. Hydro: `flatten_ordered`.
        """
        self._refuse("flatten_ordered")

    def flatten_unordered(self) -> KeyedStream:
        """The elements of every value, in any order.

        Hydro: `flatten_unordered`.
        """
        self._refuse("flatten_unordered")

    def partition(self, f: Function) -> tuple[KeyedStream, KeyedStream]:
        """Two keyed streams: the values for which `f` is true, and the others; `f` is asked
        once.

        Hydro: `partition`.
        """
        self._refuse("partition")

    def inspect(self, f: Function) -> KeyedStream:
        """The same; `f` looks at every value as it passes.

        Hydro: `inspect`.
        """
        self._refuse("inspect")

    def inspect_with_key(self, f: Function) -> KeyedStream:
        """The same; `f` looks at every key and value as they pass.

        Hydro: `inspect_with_key`.
        """
        self._refuse("inspect_with_key")

    def cross_singleton(self, other: Singleton | Optional) -> KeyedStream:
        """Every value with the one value; with an empty `Optional`, nothing.

        The one value must be final. Hydro: `cross_singleton`.
        """
        self._refuse("cross_singleton")

    def keys(self) -> Stream:
        """The keys, each once.

        Hydro: `keys`.
        """
        self._refuse("keys")

    def values(self) -> Stream:
        """The values without their keys.

        Hydro: `values`.
        """
        self._refuse("values")

    def entries(self) -> Stream:
        """Pairs `(key, value)`.

        Hydro: `entries`.
        """
        self._refuse("entries")

    def entries_partially_ordered(self, why: Nondet) -> Stream:
        """Pairs `(key, value)`, each key's in its order; how they mix is the guarded choice.

        Needs an order within each key. Hydro: `entries_partially_ordered`.
        """
        self._refuse("entries_partially_ordered")

    def prefix_key(self, f: Function) -> KeyedStream:
        """The same under longer keys, `(f(key, value), key)`.

        Hydro: `prefix_key`.
        """
        self._refuse("prefix_key")

    def drop_key_prefix(self) -> KeyedStream:
        """The same under keys `(prefix, key)` without their prefix.

        Hydro: `drop_key_prefix`.
        """
        self._refuse("drop_key_prefix")

    def enumerate(self) -> KeyedStream:
        """Numbers the values of each key.

        Needs an order and no repeats within each key. Hydro: `enumerate`.
        """
        self._refuse("enumerate")

    def scan(self, init: object, f: Function) -> KeyedStream:
        """Carries a state along for each key: `f(state, value)` gives `(state, result)`; `None`
        ends that key.

        Needs an order and no repeats within each key. Hydro: `scan`.
        """
        self._refuse("scan")

    def generator(self, init: object, f: Function) -> KeyedStream:
        """As `scan`, and `f` says what becomes of the key: `(state, Yield(x) | Return(x) |
        Break() | Continue())`.

        Needs an order and no repeats within each key. Hydro: `generator`.
        """
        self._refuse("generator")

    def transform(
        self, make: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> KeyedStream:
        """For each key, `make()` gives an object that is called with every value and returns
        any number of results.

        The way in for state machines that are plain Python classes, as in `motet.std`. Without an order it needs
        `commutative=proof(…)`, with repeats `idempotent=proof(…)`.
        """
        self._refuse("transform")

    def unique(self) -> KeyedStream:
        """Every value the first time it comes under its key.

        The values must be hashable. Hydro: `unique`.
        """
        self._refuse("unique")

    def sort(self, *, key: Function | None = None, reverse: bool = False) -> KeyedStream:
        """The values of each key from the smallest to the largest, by `key` if it is given; or the other way round.

        Needs a stream that ends, and values (or keys) that can be compared; with `key` it needs an order, which
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
    ) -> KeyedSingleton:
        """All values of each key in one: `f(value, element)`, starting from `init`.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`. With
        `monotone=proof(…)` the value only grows, and can be held against a threshold. Hydro:
        `fold`.
        """
        self._refuse("fold")

    def reduce(
        self, f: Function, *, commutative: Proof | None = None, idempotent: Proof | None = None
    ) -> KeyedSingleton:
        """All values of each key in one of their kind: `f(value, element)`, starting from the
        first.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`.
        Hydro: `reduce`.
        """
        self._refuse("reduce")

    def reduce_watermark(
        self,
        other: Singleton | Optional,
        f: Function,
        *,
        commutative: Proof | None = None,
        idempotent: Proof | None = None,
    ) -> KeyedSingleton:
        """As `reduce`, for keys not below the watermark, which is to rise; the others are forgotten.

        Without an order it needs `commutative=proof(…)`, with repeats `idempotent=proof(…)`. Keys
        must be comparable with the watermark. Hydro: `reduce_watermark`.
        """
        self._refuse("reduce_watermark")

    def fold_early_stop(self, init: object, f: Function) -> KeyedSingleton:
        """As `fold`; `f` gives `(value, stop)`, and when `stop` is true that key has its final
        value.

        Needs an order and no repeats within each key. Hydro: `fold_early_stop`.
        """
        self._refuse("fold_early_stop")

    def first(self) -> KeyedSingleton:
        """The first value of each key.

        Needs an order and no repeats within each key. Hydro: `first`.
        """
        self._refuse("first")

    def value_counts(self) -> KeyedSingleton:
        """How many values each key has (so far; it only grows).

        Needs a stream without repeats. Hydro: `value_counts`.
        """
        self._refuse("value_counts")

    async def collect(self) -> dict[Any, Any]:
        """Awaited: the values of each key in a list, in a dict located here.

        Needs a stream that ends, with an order and without repeats within each key; not in an
        atomic section.
        """
        self._refuse("collect")

    def merge_unordered(self, other: KeyedStream) -> KeyedStream:
        """The values of both, as they come.

        Hydro: `merge_unordered`.
        """
        self._refuse("merge_unordered")

    def merge_ordered(self, other: KeyedStream, why: Nondet) -> KeyedStream:
        """The values of both, each side's in its order; how they mix is the guarded choice.

        Both need an order within each key. Hydro: `merge_ordered`.
        """
        self._refuse("merge_ordered")

    def chain(self, other: KeyedStream) -> KeyedStream:
        """For each key the values of this stream, then those of the other.

        Both must end. Hydro: `chain`.
        """
        self._refuse("chain")

    def filter_key_not_in(self, other: Stream) -> KeyedStream:
        """The values whose key is not among the others.

        The keys must end. Hydro: `filter_key_not_in`.
        """
        self._refuse("filter_key_not_in")

    def join_keyed_stream(self, other: KeyedStream) -> KeyedStream:
        """Under each key, every value here with every value there.

        Hydro: `join_keyed_stream`.
        """
        self._refuse("join_keyed_stream")

    def join_keyed_singleton(self, other: KeyedSingleton) -> KeyedStream:
        """Under each key, every value with the one value there.

        Both must end. Hydro: `join_keyed_singleton`.
        """
        self._refuse("join_keyed_singleton")

    def lookup_keyed_singleton(self, other: KeyedSingleton) -> KeyedStream:
        """Every value with what the table has under it, or `None`.

        Both must end. Hydro: `lookup_keyed_singleton`.
        """
        self._refuse("lookup_keyed_singleton")

    def lookup_keyed_stream(self, other: KeyedStream) -> KeyedStream:
        """Every value with each of what the table has under it, or `None`.

        Both must end. Hydro: `lookup_keyed_stream`.
        """
        self._refuse("lookup_keyed_stream")

    def get(self, key: object) -> Stream:
        """The values of one key.

        Needs a stream that ends. Hydro: `get`.
        """
        self._refuse("get")

    def weaken_ordering(self) -> KeyedStream:
        """The same without the promise of an order; subtyping does it anyway.

        Hydro: `weaken_ordering`.
        """
        self._refuse("weaken_ordering")

    def weaken_retries(self) -> KeyedStream:
        """The same without the promise that nothing comes twice; subtyping does it anyway.

        Hydro: `weaken_retries`.
        """
        self._refuse("weaken_retries")

    def assume_ordering(self, why: Nondet) -> KeyedStream:
        """The same with the order in which each key's values happen to come.

        Hydro: `assume_ordering`.
        """
        self._refuse("assume_ordering")

    def assume_retries(self, why: Nondet) -> KeyedStream:
        """The same, counting repeats as elements of their own.

        Hydro: `assume_retries`.
        """
        self._refuse("assume_retries")

    def atomic(self) -> KeyedStream:
        """Enters an atomic section: outputs wait until all that is computed from this has been.

        Not inside another one. Hydro: `atomic`.
        """
        self._refuse("atomic")

    def end_atomic(self) -> KeyedStream:
        """Leaves the atomic section.

        Hydro: `end_atomic`.
        """
        self._refuse("end_atomic")

    def send(self, *, to: Process) -> KeyedStream:
        """The values at another process, under their keys; from a cluster, under `(member,
        key)`.

        Not in an atomic section. Hydro: `send`.
        """
        self._refuse("send")

    def broadcast(self, *, to: Cluster) -> KeyedStream:
        """Every value at every member of a cluster, under its key; from a cluster, under
        `(member, key)`.

        Not in an atomic section. Hydro: `broadcast_closed`.
        """
        self._refuse("broadcast")

    def demux(self, *, to: Cluster) -> Stream | KeyedStream:
        """Each value at the member that is its key, or the first part of it; from a cluster, by
        sending member.

        Not in an atomic section. Hydro: `demux`.
        """
        self._refuse("demux")

    def share(self, *, to: Location) -> KeyedStream:
        """The values at another location, under their keys, known at both.

        From a process; not in an atomic section.
        """
        self._refuse("share")
