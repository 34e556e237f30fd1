"""Doors for clients outside of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet.live.base import Live

if TYPE_CHECKING:
    from motet.clients import ClientId
    from motet.live.keyed_streams import KeyedStream
    from motet.live.streams import Stream


class Port(Live):
    """A door for clients outside of the program, many at a time."""

    @property
    def requests(self) -> KeyedStream:
        """What clients ask, by client, each one's in its order.

        Hydro: `bidi_external_many`.
        """
        self._refuse("requests")

    @property
    def membership(self) -> KeyedStream:
        """Which clients came and went.

        Hydro: `bidi_external_many`.
        """
        self._refuse("membership")

    def reply(self, replies: KeyedStream, /) -> None:
        """A sink: each reply goes to the client that is its key.

        Hydro: `bidi_external_many`.
        """
        self._refuse("reply")

    async def send(self, reply: object, /, *, to: ClientId) -> None:
        """Awaited: one reply to one client, from where the port is, in the body of an `async for` or anywhere else."""
        self._refuse("send")


class SinglePort(Live):
    """A door for one client outside of the program."""

    @property
    def requests(self) -> Stream:
        """What the client asks.

        Hydro: `bind_single_client`.
        """
        self._refuse("requests")

    def reply(self, replies: Stream, /) -> None:
        """A sink: the replies go to the client.

        Hydro: `bind_single_client`.
        """
        self._refuse("reply")

    async def send(self, reply: object, /) -> None:
        """Awaited: one reply to the client, from where the port is."""
        self._refuse("send")
