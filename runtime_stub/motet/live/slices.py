"""Slices: one instant at one location."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from motet.live.base import Live

if TYPE_CHECKING:
    from motet.live.singletons import Singleton
    from motet.live.streams import Stream
    from motet.nondeterminism import Nondet


class Slice(Live):
    """One instant at one location: `with location.sliced() as tick:`.

    The body is ordinary local Python that runs whenever one of its batches has something, or its
    timer fires. What it reads belongs to one instant.
    """

    def __enter__(self) -> Self:
        """The slice itself."""
        self._refuse("__enter__")

    def __exit__(self, *exception: object) -> None:
        """The end of the slice's body."""
        self._refuse("__exit__")

    def batch(self, collection: object, why: Nondet) -> list[Any]:
        """What came since the last slice; of keyed collections, pairs.

        Not of a collection in an atomic section. Hydro: `use::batch`.
        """
        self._refuse("batch")

    def snapshot(self, collection: object, why: Nondet) -> Any:
        """The value of this instant; of keyed collections, a dict.

        Not of a collection in an atomic section. Hydro: `use::snapshot`.
        """
        self._refuse("snapshot")

    def atomic(self, collection: object, why: Nondet | None = None) -> Any:
        """The batch or value of a collection in an atomic section, with all that was
        acknowledged.

        Hydro: `use::atomic`.
        """
        self._refuse("atomic")

    def state(self, init: object) -> Any:
        """A value that is kept from slice to slice: bind the name again to change it.

        Hydro: `use::state`.
        """
        self._refuse("state")

    def stream(self, elements: Iterable[object]) -> Stream:
        """The elements leave the slice: a stream of them, slice after slice."""
        self._refuse("stream")

    def latest(self, value: object) -> Singleton:
        """The value leaves the slice: its latest one."""
        self._refuse("latest")
