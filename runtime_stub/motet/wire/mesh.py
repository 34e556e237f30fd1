"""Between the members of one cluster: `Mesh`.

What a member sends to itself is copied, not sent: it is not a message. The sends of a collective
are handed over before its receives are awaited, and concurrently with them where they must wait
for a slow receiver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Generic, TypeVar

from motet.errors import BadMessage, CollectiveError, UnsendableValue, text_of
from motet.members import MemberId
from motet.ports import Inlet, Outlet
from motet.wire.channel import Channel
from motet.wire.collectives import check_members
from motet.wire.places import Site

Here = TypeVar("Here")
T = TypeVar("T")


class MeshPeer(Generic[Here, T]):
    """One member of the own cluster, possibly oneself: sends to it and receives from it."""

    __slots__ = ("_channel", "_inlet", "_name", "_outlet")

    def __init__(
        self, channel: Channel[Here, Here, T], name: str, inlet: Inlet, outlet: Outlet
    ) -> None:
        self._channel = channel
        self._name = name
        self._inlet = inlet
        self._outlet = outlet

    @property
    def ready(self) -> bool:
        """Whether `send` would not have to wait."""
        return self._outlet.credit > 0

    async def send(self, value: T) -> None:
        """Send; waits only while the receiver is too far behind."""
        await self._put(lambda: self._channel.encode(value))

    async def share(self, value: T) -> T:
        """Send, and give back the value that both now know."""
        await self.send(value)
        return value

    async def recv(self) -> T:
        """The next message, validated."""
        return self._decode(await self._take())

    async def send_round(self, number: int, value: T) -> None:
        """Send as part of one round of a permutation."""
        await self._put(lambda: [number, self._channel.encode(value)])

    async def recv_round(self, number: int) -> T:
        """Receive the message of one round of a permutation."""
        match await self._take():
            case [int(found), data] if found == number:
                return self._decode(data)
            case _:
                raise BadMessage(self._channel.name, self._name, f"not of round {number}")

    def intrudes(self, number: int) -> bool:
        """Whether this member has sent in this round or before, although nobody expects it."""
        match list(self._inlet.items)[:1]:
            case [[int(found), _]]:
                return found <= number
            case _:
                return False

    async def _put(self, encode: Callable[[], object]) -> None:
        if self._outlet.credit <= 0:
            await self._outlet.room()
        try:
            self._outlet.put(encode())
        except Exception as problem:
            raise UnsendableValue.of(self._channel.name, problem) from problem

    async def _take(self) -> object:
        if not self._inlet.items:
            await self._inlet.arrival()
        return self._inlet.items.popleft()

    def _decode(self, data: object) -> T:
        try:
            return self._channel.decode(data)
        except Exception as problem:
            raise BadMessage(self._channel.name, self._name, text_of(problem)) from problem


class Mesh(Generic[Here, T]):
    """The collectives of one cluster, on one channel."""

    __slots__ = ("_channel", "_group", "_me", "_peers", "_site")

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, T]) -> None:
        self._site = site
        self._channel = channel
        self._group = site.group
        self._me = site.me.index
        self._peers: dict[int, MeshPeer[Here, T]] = {}

    def __getitem__(self, member: int | MemberId[Here]) -> MeshPeer[Here, T]:
        """One member, possibly oneself."""
        index = self._group.index(member)
        if index not in self._peers:
            node = self._group[index].node
            fabric, path, name = self._site.fabric, self._site.path, self._channel.name
            inlet, outlet = fabric.inlet(node, path, name), fabric.outlet(node, path, name)
            self._peers[index] = MeshPeer(self._channel, str(node), inlet, outlet)
        return self._peers[index]

    async def broadcast(self, value: T) -> None:
        """Send to every member, oneself included: what `workers[i].share(x, to=workers)` does at that member."""
        for index in range(len(self._group)):
            await self[index].send(value)

    async def scatter(self, values: Mapping[MemberId[Here], T]) -> None:
        """Send every member, oneself included, its own value; a missing or a foreign key is an error before."""
        check_members(self._channel.name, self._group, values)
        for member in self._group.members:
            await self[member].send(values[member])

    async def all_gather(self, value: T) -> Mapping[MemberId[Here], T]:
        """The value of every member, by member: the same read-only mapping everywhere."""
        return await self._swap(dict.fromkeys(self._group.members, value))

    async def gather(self) -> dict[MemberId[Here], T]:
        """What every member, myself included, has sent to me alone, in member order."""
        return {member: await self[member].recv() for member in self._group.members}

    async def reduce(self, fold: Callable[[T, T], T]) -> T:
        """The same, folded."""
        return reduce(fold, (await self.gather()).values())

    async def all_to_all(self, values: Mapping[MemberId[Here], T]) -> Mapping[MemberId[Here], T]:
        """What every member had for me, by member; `values` has one value for each."""
        check_members(self._channel.name, self._group, values)
        return await self._swap(values)

    async def all_reduce(self, value: T, fold: Callable[[T, T], T]) -> T:
        """The values folded in member order by member 0, who tells all the others."""
        others = [self[index] for index in range(1, len(self._group))]
        if self._me:
            await self[0].send(value)
            return await self[0].recv()
        values = [value]
        for peer in others:
            values.append(await peer.recv())
        result = reduce(fold, values)
        for peer in others:
            await peer.send(result)
        return result

    async def shift(self, value: T, by: int = 1) -> T:
        """Send to member `me + by`, receive from member `me - by`, around the ring."""
        size = len(self._group)
        return await self._permute(value, (self._me + by) % size, (self._me - by) % size)

    async def shift_open(self, value: T, by: int = 1) -> T | None:
        """The same on a line: what is shifted over an end is lost, nothing comes in there."""
        inside = range(len(self._group))
        target, source = self._me + by, self._me - by
        number = self._next_round()
        if target in inside:
            await self[target].send_round(number, value)
        return await self[source].recv_round(number) if source in inside else None

    async def exchange(self, value: T, partner: int | MemberId[Here]) -> T:
        """Swap values with a partner who names me as its partner; possibly myself."""
        index = self._group.index(partner)
        return await self._permute(value, index, index)

    async def _swap(self, values: Mapping[MemberId[Here], T]) -> Mapping[MemberId[Here], T]:
        mine = self._group.members[self._me]
        await self[mine].send(values[mine])  # at once: nobody could wait for it

        async def send() -> None:
            for member in self._group.members:
                if member != mine:
                    await self[member].send(values[member])

        async def receive() -> Mapping[MemberId[Here], T]:
            received = {member: await self[member].recv() for member in self._group.members}
            return MappingProxyType(received)

        if all(self[member].ready for member in self._group.members):
            await send()
            return await receive()
        received: Mapping[MemberId[Here], T]
        _, received = await self._site.fabric.concurrently([send(), receive()])  # type: ignore[assignment]
        return received

    async def _permute(self, value: T, target: int, source: int) -> T:
        number = self._next_round()
        self._refuse_intruders(number, source)
        await self[target].send_round(number, value)
        received = await self[source].recv_round(number)
        self._refuse_intruders(number, source)
        return received

    def _next_round(self) -> int:
        # Kept by the fabric: a call in a loop makes a new mesh each time.
        rounds = self._site.fabric.rounds
        key = (self._site.path, self._channel.name)
        rounds[key] = rounds.get(key, 0) + 1
        return rounds[key]

    def _refuse_intruders(self, number: int, source: int) -> None:
        """Name a member that took me for its partner while I expect another one's message."""
        for index in range(len(self._group)):
            if index != source and self[index].intrudes(number):
                raise CollectiveError(
                    f"'{self._channel.name}': {self._group[index].node} sent to "
                    f"{self._group[self._me].node}, which expected {self._group[source].node}"
                )
