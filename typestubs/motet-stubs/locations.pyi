from collections.abc import (
    AsyncIterable,
    Awaitable,
    Callable,
    ItemsView,
    Iterable,
    KeysView,
    Mapping,
    Set,
)
from typing import Literal, ParamSpec, Protocol, Self, TypeAlias, TypeVar, overload

from motet.failure import Failure
from motet.live.feedback import Feedback
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import Bounded, ExactlyOnce, MembershipEvent, NoOrder, Ordered, Unbounded
from motet.live.ports import Port, SinglePort
from motet.live.singletons import Singleton
from motet.live.slices import Slice
from motet.live.streams import Stream
from motet.live.variables import U
from motet.members import MemberId
from motet.nondeterminism import Nondet
from typing_extensions import TypeForm

T = TypeVar("T")
Folded = TypeVar("Folded")
P = ParamSpec("P")
ClusterT = TypeVar("ClusterT", bound="Cluster")

class _Place:
    async def send(self, value: T, *, to: Location) -> T: ...
    async def share(self, value: T, *, to: Location | tuple[Location, ...]) -> T: ...
    @overload
    async def attempt(
        self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | Failure: ...
    @overload
    async def attempt(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | Failure: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...
    # A set has no order, but the keys and the items of a dict are sets to type checkers, too.
    @overload
    def source(  # type: ignore[overload-overlap]
        self, elements: KeysView[T]
    ) -> Stream[T, Self, Ordered, ExactlyOnce, Bounded]: ...
    @overload
    def source(  # type: ignore[overload-overlap]
        self, elements: ItemsView[T, U]
    ) -> Stream[tuple[T, U], Self, Ordered, ExactlyOnce, Bounded]: ...
    @overload
    def source(  # type: ignore[overload-overlap]
        self, elements: Set[T]
    ) -> Stream[T, Self, NoOrder, ExactlyOnce, Bounded]: ...
    @overload
    def source(
        self, elements: Iterable[T] | AsyncIterable[T]
    ) -> Stream[T, Self, Ordered, ExactlyOnce, Bounded]: ...
    def singleton(self, value: T) -> Singleton[T, Self, Bounded]: ...
    def every(
        self, seconds: float, why: Nondet
    ) -> Stream[None, Self, Ordered, ExactlyOnce, Unbounded]: ...
    def spin(self) -> Stream[None, Self, Ordered, ExactlyOnce, Unbounded]: ...
    @overload
    def channel(
        self, of: TypeForm[T], *, ordered: Literal[False] = False
    ) -> tuple[Feedback[T, Self], Stream[T, Self, NoOrder, ExactlyOnce, Unbounded]]: ...
    @overload
    def channel(
        self, of: TypeForm[T], *, ordered: Literal[True]
    ) -> tuple[Feedback[T, Self, Ordered], Stream[T, Self, Ordered, ExactlyOnce, Unbounded]]: ...
    def membership(
        self, of: ClusterT, why: Nondet
    ) -> KeyedStream[
        MemberId[ClusterT], MembershipEvent, Self, Ordered, ExactlyOnce, Unbounded
    ]: ...
    @overload
    def port(
        self, request: TypeForm[T], reply: TypeForm[U], *, name: str, single: Literal[False] = False
    ) -> Port[T, U, Self]: ...
    @overload
    def port(
        self, request: TypeForm[T], reply: TypeForm[U], *, name: str, single: Literal[True]
    ) -> SinglePort[T, U, Self]: ...
    @overload
    def sliced(self) -> Slice[Self, Bounded]: ...
    @overload
    def sliced(self, *, every: float, why: Nondet) -> Slice[Self, Unbounded]: ...

class _One: ...
class _Many: ...

class Process(_Place):
    @property
    def _kind(self) -> _One: ...
    async def scatter(self, values: Mapping[MemberId[ClusterT], T], *, to: ClusterT) -> T: ...

class Cluster(Process):
    @property
    def _kind(self) -> _Many: ...  # type: ignore[override]
    @property
    def me(self) -> MemberId[Self]: ...
    @property
    def members(self) -> tuple[MemberId[Self], ...]: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __getitem__(self, member: int | MemberId[Self]) -> Self: ...
    @overload
    async def gather(self, value: T, *, to: Location) -> dict[MemberId[Self], T]: ...
    @overload
    async def gather(
        self, value: T, *, to: Location, at_least: int, why: Nondet
    ) -> dict[MemberId[Self], T]: ...
    @overload  # type: ignore[override]
    async def scatter(  # type: ignore[overload-overlap]  # of one member, to its cluster
        self, values: Mapping[MemberId[Self], T], *, to: Self
    ) -> T: ...
    @overload
    async def scatter(  # of all members, to each of another
        self, values: Mapping[MemberId[ClusterT], T], *, to: ClusterT
    ) -> dict[MemberId[Self], T]: ...
    async def all_gather(self, value: T) -> Mapping[MemberId[Self], T]: ...
    async def all_to_all(
        self, values: Mapping[MemberId[Self], T]
    ) -> Mapping[MemberId[Self], T]: ...
    # `Folded` is `T`; mypy would take one variable for what is around the call: `str(await …)` for object.
    async def reduce(self, value: T, fold: Callable[[T, T], Folded], *, to: Location) -> Folded: ...
    async def all_reduce(self, value: T, fold: Callable[[T, T], Folded]) -> Folded: ...
    @overload
    async def shift(self, value: T, by: int = 1, wrap: Literal[True] = True) -> T: ...
    @overload
    async def shift(self, value: T, by: int, wrap: Literal[False]) -> T | None: ...
    @overload
    async def shift(self, value: T, by: int = 1, *, wrap: Literal[False]) -> T | None: ...
    async def exchange(self, value: T, partner: int | MemberId[Self]) -> T: ...
    def each(self, why: Nondet | None = None) -> Iterable[Self]: ...

# Members of a cluster play the roles of processes, so a cluster is a `Process`. This is what a cluster is not.
class _Single(Protocol):
    @property
    def _kind(self) -> _One: ...

Location: TypeAlias = Process | Cluster

def identify(cluster: Cluster, index: int, size: int) -> None: ...
