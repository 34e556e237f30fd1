"""`Process` and `Cluster`: the base classes of locations, as programs see them.

Their communication methods describe what travels; they are never executed. `motet build` rewrites
them into sends and receives of typed endpoints, and calling one here raises `NotProjectedError`.
`attempt`, `me`, `members` and `len()` are local and work in generated modules too.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NoReturn, ParamSpec, Self, TypeAlias, TypeVar, overload

from motet.errors import NotProjectedError
from motet.failure import Failure, attempt
from motet.members import MemberId
from motet.nondeterminism import Nondet

if TYPE_CHECKING:
    from motet.live.feedback import Feedback
    from motet.live.keyed_streams import KeyedStream
    from motet.live.ports import Port, SinglePort
    from motet.live.singletons import Singleton
    from motet.live.slices import Slice
    from motet.live.streams import Stream

T = TypeVar("T")
Folded = TypeVar("Folded")
P = ParamSpec("P")
ClusterT = TypeVar("ClusterT", bound="Cluster")


def _refuse(location: object, operation: str) -> NoReturn:
    raise NotProjectedError(f"{type(location).__name__}.{operation}")


class _Place:
    """What processes and clusters share."""

    async def send(self, value: T, *, to: Location) -> T:
        """`value`, known here, at `to` (and only there)."""
        _refuse(self, "send")

    async def share(self, value: T, *, to: Location | tuple[Location, ...]) -> T:
        """`value`, known here and from now on at `to` as well: the same at all of them."""
        _refuse(self, "share")

    @overload
    async def attempt(
        self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | Failure: ...
    @overload
    async def attempt(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | Failure: ...
    async def attempt(
        self, function: Callable[..., object], /, *args: object, **kwargs: object
    ) -> object:
        """Call `function` here, sync or async; an exception it raises becomes a `Failure`."""
        return await attempt(function, *args, **kwargs)

    def __enter__(self) -> Self:
        """`with location:` holds Python that runs at that location alone."""
        _refuse(self, "__enter__")

    def __exit__(self, *exception: object) -> None:
        _refuse(self, "__exit__")

    def source(self, elements: Iterable[object] | AsyncIterable[object]) -> Stream:
        """The elements as a stream that starts here, and ends when they do. Those of a set come in no order.

        Hydro: `source_iter`, `source_stream`.
        """
        _refuse(self, "source")

    def singleton(self, value: object) -> Singleton:
        """A final value: one that is known here, or an expression of what is.

        Hydro: `singleton`.
        """
        _refuse(self, "singleton")

    def every(self, seconds: float, why: Nondet) -> Stream:
        """`None`, every so many seconds, for ever.

        Hydro: `source_interval`.
        """
        _refuse(self, "every")

    def spin(self) -> Stream:
        """`None`, as often as there is time, for ever.

        Hydro: `spin`.
        """
        _refuse(self, "spin")

    def channel(self, of: object, *, ordered: bool = False) -> tuple[Feedback, Stream]:
        """The two ends of a way back: what is sent into the first comes out of the second.

        Hydro: `channel`.
        """
        _refuse(self, "channel")

    def membership(self, of: Cluster, why: Nondet) -> KeyedStream:
        """Which members of a cluster joined and left.

        Hydro: `source_cluster_membership_stream`.
        """
        _refuse(self, "membership")

    def port(
        self, request: object, reply: object, *, name: str, single: bool = False
    ) -> Port | SinglePort:
        """A door for clients outside of the program: many of them, or a single one.

        Hydro: `bidi_external_many`, `bind_single_client`.
        """
        _refuse(self, "port")

    def sliced(self, *, every: float | None = None, why: Nondet | None = None) -> Slice:
        """`with location.sliced() as tick:` holds Python that runs at one instant, again and again.

        Hydro: `sliced!`.
        """
        _refuse(self, "sliced")


class Process(_Place):
    """One node. A subclass holds its state and methods; its `__init__` takes no arguments."""

    async def scatter(self, values: Mapping[MemberId[ClusterT], T], *, to: ClusterT) -> T:
        """Each member of `to` gets its own value; every member must have exactly one."""
        _refuse(self, "scatter")


class Cluster(Process):
    """A group of nodes that run the same code; its size is fixed when it starts."""

    _motet_identity: tuple[int, int] | None = None

    @property
    def me(self) -> MemberId[Self]:
        """Which member this is."""
        return MemberId(self._identity("me")[0])

    @property
    def members(self) -> tuple[MemberId[Self], ...]:
        """All members in order; everybody in the choreography knows them."""
        return tuple(MemberId(index) for index in range(self._identity("members")[1]))

    def __len__(self) -> int:
        """The number of members."""
        return self._identity("__len__")[1]

    def __bool__(self) -> bool:
        """A cluster is never false, even one without members."""
        return True

    def _identity(self, attribute: str) -> tuple[int, int]:
        if self._motet_identity is None:
            raise RuntimeError(
                f"{type(self).__name__}.{attribute} is not known yet: the runtime sets it after "
                "__init__, and only in a node of this cluster"
            )
        return self._motet_identity

    def __getitem__(self, member: int | MemberId[Self]) -> Self:
        """That member, usable as a process; `member` must be known to all who take part."""
        _refuse(self, "__getitem__")

    @overload
    async def gather(self, value: T, *, to: Location) -> dict[MemberId[Self], T]: ...
    @overload
    async def gather(
        self, value: T, *, to: Location, at_least: int, why: Nondet
    ) -> dict[MemberId[Self], T]: ...
    async def gather(
        self, value: T, *, to: Location, at_least: int | None = None, why: Nondet | None = None
    ) -> dict[MemberId[Self], T]:
        """Every member's value at `to`, in member order; or the first `at_least` answers."""
        _refuse(self, "gather")

    async def scatter(  # type: ignore[override]  # of all members, to each
        self, values: Mapping[MemberId[ClusterT], T], *, to: ClusterT
    ) -> T | dict[MemberId[Self], T]:
        """Each member of `to` gets one value of each member here, by sender; of `workers[i]` alone, its own one."""
        _refuse(self, "scatter")

    async def all_gather(self, value: T) -> Mapping[MemberId[Self], T]:
        """Every member's value, the same read-only mapping at every member."""
        _refuse(self, "all_gather")

    async def all_to_all(self, values: Mapping[MemberId[Self], T]) -> Mapping[MemberId[Self], T]:
        """The transpose: what each member had for me, by sender."""
        _refuse(self, "all_to_all")

    async def reduce(self, value: T, fold: Callable[[T, T], Folded], *, to: Location) -> Folded:
        """The values folded in member order, at `to`."""
        _refuse(self, "reduce")

    async def all_reduce(self, value: T, fold: Callable[[T, T], Folded]) -> Folded:
        """The values folded in member order, the same result at every member."""
        _refuse(self, "all_reduce")

    @overload
    async def shift(self, value: T, by: int = 1, wrap: Literal[True] = True) -> T: ...
    @overload
    async def shift(self, value: T, by: int, wrap: Literal[False]) -> T | None: ...
    @overload
    async def shift(self, value: T, by: int = 1, *, wrap: Literal[False]) -> T | None: ...
    async def shift(self, value: T, by: int = 1, wrap: bool = True) -> T | None:
        """The value of member `me - by`; without `wrap`, `None` at the ends."""
        _refuse(self, "shift")

    async def exchange(self, value: T, partner: int | MemberId[Self]) -> T:
        """The value of the partner, who must name me as its partner; possibly myself."""
        _refuse(self, "exchange")

    def each(self, why: Nondet | None = None) -> Iterable[Self]:
        """`for member in cluster.each():` a concurrent session for every member."""
        _refuse(self, "each")


Location: TypeAlias = Process | Cluster


def identify(cluster: Cluster, index: int, size: int) -> None:
    """Tell a member who it is; the runtime does this once, right after `__init__`."""
    object.__setattr__(cluster, "_motet_identity", (index, size))
