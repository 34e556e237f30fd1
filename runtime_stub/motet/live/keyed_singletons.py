"""Keyed values, as programs see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from motet.live.base import Function, Live

if TYPE_CHECKING:
    from motet.live.keyed_streams import KeyedStream
    from motet.live.singletons import Optional, Singleton
    from motet.live.streams import Stream


class KeyedSingleton(Live):
    """A value for every key, at one location.

    `KeyedSingleton[K, V, L, B]`: `Bounded` (final), `BoundedValue` (keys are added, and keep their
    value), `MonotonicValue` (values only grow), `MonotonicKeys` (keys are only added), `Unbounded`.
    """

    def map(self, f: Function) -> KeyedSingleton:
        """`f` of every value.

        Hydro: `map`.
        """
        self._refuse("map")

    def map_with_key(self, f: Function) -> KeyedSingleton:
        """`f` of every key and value.

        Hydro: `map_with_key`.
        """
        self._refuse("map_with_key")

    def filter(self, f: Function) -> KeyedSingleton:
        """The values for which `f` is true.

        Values must not change once they are there. Hydro: `filter`.
        """
        self._refuse("filter")

    def filter_map(self, f: Function) -> KeyedSingleton:
        """`f` of every value, without those that are `None`.

        Values must not change once they are there. Hydro: `filter_map`.
        """
        self._refuse("filter_map")

    def inspect(self, f: Function) -> KeyedSingleton:
        """The same; `f` looks at every value.

        Values must not change once they are there. Hydro: `inspect`.
        """
        self._refuse("inspect")

    def inspect_with_key(self, f: Function) -> KeyedSingleton:
        """The same; `f` looks at every key and value.

        Values must not change once they are there. Hydro: `inspect_with_key`.
        """
        self._refuse("inspect_with_key")

    def keys(self) -> Stream:
        """The keys.

        Values must not change once they are there. Hydro: `keys`.
        """
        self._refuse("keys")

    def values(self) -> Stream:
        """The values.

        Values must not change once they are there. Hydro: `values`.
        """
        self._refuse("values")

    def entries(self) -> Stream:
        """Pairs `(key, value)`.

        Values must not change once they are there. Hydro: `entries`.
        """
        self._refuse("entries")

    def into_keyed_stream(self) -> KeyedStream:
        """A stream of one value for every key.

        Values must not change once they are there. Hydro: `into_keyed_stream`.
        """
        self._refuse("into_keyed_stream")

    def key_count(self) -> Singleton:
        """How many keys there are.

        Hydro: `key_count`.
        """
        self._refuse("key_count")

    def into_singleton(self) -> Singleton:
        """All of it in one dict.

        Hydro: `into_singleton`.
        """
        self._refuse("into_singleton")

    def get(self, key: object) -> Optional:
        """The value of one key.

        Needs final values. Hydro: `get`.
        """
        self._refuse("get")

    def get_max_key(self) -> Optional:
        """The pair `(key, value)` of the largest key.

        Needs final values, and keys that can be compared. Hydro: `get_max_key`.
        """
        self._refuse("get_max_key")

    def filter_key_not_in(self, other: Stream) -> KeyedSingleton:
        """The values whose key is not among the others.

        Values must not change once they are there; the keys must end. Hydro: `filter_key_not_in`.
        """
        self._refuse("filter_key_not_in")

    def join_keyed_stream(self, other: KeyedStream) -> KeyedStream:
        """Under each key, the value with every value there, in their order.

        Both must be final. Hydro: `join_keyed_stream`.
        """
        self._refuse("join_keyed_stream")

    def join_keyed_singleton(self, other: KeyedSingleton) -> KeyedSingleton:
        """Under each key, both values.

        Both must be final. Hydro: `join_keyed_singleton`.
        """
        self._refuse("join_keyed_singleton")

    def lookup_keyed_singleton(self, other: KeyedSingleton) -> KeyedSingleton:
        """Every value with what the table has under it, or `None`.

        Both must be final. Hydro: `lookup_keyed_singleton`.
        """
        self._refuse("lookup_keyed_singleton")

    def lookup_keyed_stream(self, other: KeyedStream) -> KeyedStream:
        """Every value with each of what the table has under it, or `None`.

        Both must be final. Hydro: `lookup_keyed_stream`.
        """
        self._refuse("lookup_keyed_stream")

    def threshold_greater_or_equal(self, threshold: object) -> KeyedStream:
        """Each key's threshold, as soon as its value has reached it.

        Values must be final or only grow; thresholds must not change. Hydro:
        `threshold_greater_or_equal`.
        """
        self._refuse("threshold_greater_or_equal")

    def threshold_greater_or_equal_uniform(self, threshold: object) -> KeyedStream:
        """The one threshold under each key, as soon as its value has reached it.

        Values must be final or only grow. Hydro: `threshold_greater_or_equal_uniform`.
        """
        self._refuse("threshold_greater_or_equal_uniform")

    def atomic(self) -> KeyedSingleton:
        """Enters an atomic section.

        Not inside another one. Hydro: `atomic`.
        """
        self._refuse("atomic")

    def end_atomic(self) -> KeyedSingleton:
        """Leaves the atomic section.

        Hydro: `end_atomic`.
        """
        self._refuse("end_atomic")

    async def collect(self) -> dict[Any, Any]:
        """Awaited: all of it in a dict located here.

        Needs final values; not in an atomic section.
        """
        self._refuse("collect")
