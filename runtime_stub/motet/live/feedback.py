"""The sending end of a feedback channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet.live.base import Live

if TYPE_CHECKING:
    from motet.live.streams import Stream


class Feedback(Live):
    """The sending end of `location.channel(T)`.

    Of an unordered channel any number of streams may be sent; of an ordered one, exactly one.
    """

    def send(self, stream: Stream, /) -> None:
        """The elements of `stream` come out of the channel's other end, at the same location.

        On the way round there must be a network hop or a slice. Hydro: `channel`.
        """
        self._refuse("send")
