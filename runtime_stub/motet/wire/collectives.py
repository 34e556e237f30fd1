"""Between one node and all members of a cluster: `Gather` and `Scatter`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Generic, TypeVar

from motet.errors import BadMessage, CollectiveError, text_of
from motet.members import MemberId
from motet.wire.boxes import Outbox
from motet.wire.channel import Channel
from motet.wire.places import Group, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")


class Gather(Generic[Here, There, T]):
    """Receives one value of every member of a cluster, or of the first few that answer.

    The k-th message of a member is its answer in round k, so answers need no round number on the
    wire: an answer that comes too late for its round is dropped when it arrives.
    """

    __slots__ = ("_channel", "_group", "_inlets", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], group: Group[There]
    ) -> None:
        self._site = site
        self._channel = channel
        self._group = group
        self._inlets = {
            member: site.fabric.inlet(group[member].node, site.path, channel.name)
            for member in group.members
        }

    async def gather(self) -> dict[MemberId[There], T]:
        """The value of every member, in member order."""
        values = {}
        for member, inlet in self._inlets.items():
            if not inlet.items:
                await inlet.arrival()
            values[member] = self._decode(member, inlet.items.popleft())
        return values

    async def first(self, at_least: int) -> dict[MemberId[There], T]:
        """The first `at_least` answers of this round, whichever they are, in member order."""
        if not 0 < at_least <= len(self._group):
            raise CollectiveError(
                f"at_least={at_least}: {self._group.location} has {len(self._group)} members"
            )
        answers: dict[MemberId[There], T] = {}
        waiting = dict(self._inlets)
        while True:
            for member, inlet in list(waiting.items()):
                inlet.drop_late()
                if inlet.items and len(answers) < at_least:
                    answers[member] = self._decode(member, inlet.items.popleft())
                    del waiting[member]
            if len(answers) >= at_least:
                break
            needed = at_least - len(answers)
            await self._site.fabric.any_arrival(list(waiting.values()), needed)
        for inlet in waiting.values():
            inlet.discard_next()
        return {member: answers[member] for member in self._group.members if member in answers}

    async def reduce(self, fold: Callable[[T, T], T]) -> T:
        """The values folded in member order."""
        return reduce(fold, (await self.gather()).values())

    def _decode(self, member: MemberId[There], data: object) -> T:
        try:
            return self._channel.decode(data)
        except Exception as problem:
            sender = str(self._group[member].node)
            raise BadMessage(self._channel.name, sender, text_of(problem)) from problem


class Scatter(Generic[Here, There, T]):
    """Sends every member of a cluster its own value."""

    __slots__ = ("_channel", "_group", "_outboxes")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, T], group: Group[There]
    ) -> None:
        self._channel = channel.name
        self._group = group
        self._outboxes = {member: Outbox(site, channel, group[member]) for member in group.members}

    async def scatter(self, values: Mapping[MemberId[There], T]) -> None:
        """Send; a missing or a foreign key is an error before anything is sent."""
        check_members(self._channel, self._group, values)
        for member, outbox in self._outboxes.items():
            await outbox.send(values[member])


def check_members(
    channel: str, group: Group[There], values: Mapping[MemberId[There], object]
) -> None:
    """Refuse a mapping that does not have exactly the members of the group as keys."""
    members = set(group.members)
    missing = [member for member in group.members if member not in values]
    foreign = [key for key in values if key not in members]
    if missing or foreign:
        raise CollectiveError(
            f"'{channel}' must have one value for every member of {group.location}: "
            + "; ".join(
                f"{what} {', '.join(map(repr, keys))}"
                for what, keys in (("missing", missing), ("not a member:", foreign))
                if keys
            )
        )
