"""Single values, as programs see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from motet.live.base import Function, Live

if TYPE_CHECKING:
    from motet.live.proofs import Proof
    from motet.live.streams import Stream
    from motet.nondeterminism import Nondet


class Singleton(Live):
    """One value at one location, which may change.

    `Singleton[T, L, B]`: a `T` at `L`; `Bounded` (final), `Monotonic` (it only grows) or
    `Unbounded` (it may change). Read it in a slice, sample it, or `collect` it when it is final.
    """

    def map(self, f: Function, *, order_preserving: Proof | None = None) -> Singleton:
        """`f` of the value; it still only grows if `order_preserving=proof(…)`.

        Hydro: `map`.
        """
        self._refuse("map")

    def filter(self, f: Function) -> Optional:
        """The value if `f` is true of it.

        Hydro: `filter`.
        """
        self._refuse("filter")

    def filter_map(self, f: Function) -> Optional:
        """`f` of the value, unless that is `None`.

        Hydro: `filter_map`.
        """
        self._refuse("filter_map")

    def flat_map_ordered(self, f: Function) -> Stream:
        """All that `f` gives, in its order.

        Needs a final value; what `f` gives must have an order. Hydro: `flat_map_ordered`.
        """
        self._refuse("flat_map_ordered")

    def flat_map_unordered(self, f: Function) -> Stream:
        """All that `f` gives, in any order.

        Needs a final value. Hydro: `flat_map_unordered`.
        """
        self._refuse("flat_map_unordered")

    def flatten_ordered(self) -> Stream:
        """The elements of the value, in its order.

        Needs a final value that has an order. Hydro: `flatten_ordered`.
        """
        self._refuse("flatten_ordered")

    def flatten_unordered(self) -> Stream:
        """The elements of the value, in any order.

        Needs a final value. Hydro: `flatten_unordered`.
        """
        self._refuse("flatten_unordered")

    def inspect(self, f: Function) -> Singleton:
        """The same; `f` looks at the value.

        Hydro: `inspect`.
        """
        self._refuse("inspect")

    def into_stream(self) -> Stream:
        """The value as a stream of one.

        Needs a final value. Hydro: `into_stream`.
        """
        self._refuse("into_stream")

    def into_optional(self) -> Optional:
        """The value unless it is `None`.

        Hydro: `into_optional`.
        """
        self._refuse("into_optional")

    def zip(self, other: Singleton) -> Singleton | Optional:
        """Both values in a tuple; with an `Optional`, if there is one.

        Hydro: `zip`.
        """
        self._refuse("zip")

    def equals(self, other: Singleton) -> Singleton:
        """Whether both are equal.

        Needs final values. Hydro: `equals`.
        """
        self._refuse("equals")

    def and_(self, other: Singleton) -> Singleton:
        """Whether both are true.

        Needs final values. Hydro: `and`.
        """
        self._refuse("and_")

    def or_(self, other: Singleton) -> Singleton:
        """Whether one of them is true.

        Needs final values. Hydro: `or`.
        """
        self._refuse("or_")

    def not_(self) -> Singleton:
        """Whether it is false.

        Hydro: `not`.
        """
        self._refuse("not_")

    def filter_if(self, other: Singleton) -> Optional:
        """The value if the signal is true.

        Both must be final. Hydro: `filter_if`.
        """
        self._refuse("filter_if")

    def threshold_greater_or_equal(self, threshold: object) -> Stream:
        """The threshold, once, as soon as the value has reached it.

        Needs a value that is final or only grows. Hydro: `threshold_greater_or_equal`.
        """
        self._refuse("threshold_greater_or_equal")

    def sample_every(self, seconds: float, why: Nondet) -> Stream:
        """The value, every so many seconds.

        Not in an atomic section. Hydro: `sample_every`.
        """
        self._refuse("sample_every")

    def sample_eager(self, why: Nondet) -> Stream:
        """The value, as often as it changes and there is time.

        Not in an atomic section. Hydro: `sample_eager`.
        """
        self._refuse("sample_eager")

    def atomic(self) -> Singleton:
        """Enters an atomic section.

        Not inside another one. Hydro: `atomic`.
        """
        self._refuse("atomic")

    def end_atomic(self) -> Singleton:
        """Leaves the atomic section.

        Hydro: `end_atomic`.
        """
        self._refuse("end_atomic")

    async def collect(self) -> Any:
        """Awaited: the final value, located here.

        Needs a final value; not in an atomic section.
        """
        self._refuse("collect")


class Optional(Live):
    """One value at one location, or none so far.

    `Optional[T, L, B]`: a `T` at `L` or nothing; `Bounded` (final) or `Unbounded`.
    """

    def map(self, f: Function) -> Optional:
        """`f` of the value, if there is one.

        Hydro: `map`.
        """
        self._refuse("map")

    def filter(self, f: Function) -> Optional:
        """The value if `f` is true of it.

        Hydro: `filter`.
        """
        self._refuse("filter")

    def filter_map(self, f: Function) -> Optional:
        """`f` of the value, unless that is `None`.

        Hydro: `filter_map`.
        """
        self._refuse("filter_map")

    def flat_map_ordered(self, f: Function) -> Stream:
        """All that `f` gives, in its order.

        Needs a final value; what `f` gives must have an order. Hydro: `flat_map_ordered`.
        """
        self._refuse("flat_map_ordered")

    def flat_map_unordered(self, f: Function) -> Stream:
        """All that `f` gives, in any order.

        Needs a final value. Hydro: `flat_map_unordered`.
        """
        self._refuse("flat_map_unordered")

    def flatten_ordered(self) -> Stream:
        """The elements of the value, in its order.

        Needs a final value that has an order. Hydro: `flatten_ordered`.
        """
        self._refuse("flatten_ordered")

    def flatten_unordered(self) -> Stream:
        """The elements of the value, in any order.

        Needs a final value. Hydro: `flatten_unordered`.
        """
        self._refuse("flatten_unordered")

    def inspect(self, f: Function) -> Optional:
        """The same; `f` looks at the value, if there is one.

        Hydro: `inspect`.
        """
        self._refuse("inspect")

    def into_stream(self) -> Stream:
        """The value as a stream of one, or of none.

        Needs a final value. Hydro: `into_stream`.
        """
        self._refuse("into_stream")

    def into_singleton(self) -> Singleton:
        """The value or `None`.

        Hydro: `into_singleton`.
        """
        self._refuse("into_singleton")

    def is_some(self) -> Singleton:
        """Whether there is a value.

        Hydro: `is_some`.
        """
        self._refuse("is_some")

    def is_none(self) -> Singleton:
        """Whether there is none.

        Hydro: `is_none`.
        """
        self._refuse("is_none")

    def zip(self, other: Optional | Singleton) -> Optional:
        """Both values in a tuple, if there are both.

        Hydro: `zip`.
        """
        self._refuse("zip")

    def or_(self, other: Optional) -> Optional:
        """This value, else the other.

        Hydro: `or`.
        """
        self._refuse("or_")

    def unwrap_or(self, other: Singleton) -> Singleton:
        """The value, else that of the other.

        Hydro: `unwrap_or`.
        """
        self._refuse("unwrap_or")

    def filter_if(self, other: Singleton) -> Optional:
        """The value if the signal is true.

        Both must be final. Hydro: `filter_if`.
        """
        self._refuse("filter_if")

    def sample_every(self, seconds: float, why: Nondet) -> Stream:
        """The value if there is one, every so many seconds.

        Not in an atomic section. Hydro: `sample_every`.
        """
        self._refuse("sample_every")

    def sample_eager(self, why: Nondet) -> Stream:
        """The value if there is one, as often as it changes and there is time.

        Not in an atomic section. Hydro: `sample_eager`.
        """
        self._refuse("sample_eager")

    def atomic(self) -> Optional:
        """Enters an atomic section.

        Not inside another one. Hydro: `atomic`.
        """
        self._refuse("atomic")

    def end_atomic(self) -> Optional:
        """Leaves the atomic section.

        Hydro: `end_atomic`.
        """
        self._refuse("end_atomic")

    async def collect(self) -> Any:
        """Awaited: the final value or `None`, located here.

        Needs a final value; not in an atomic section.
        """
        self._refuse("collect")
