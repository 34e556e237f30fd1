"""The same bookshop, with a friend who pays a part of the price."""

from __future__ import annotations

from motet import Process

from generated.wire.shop import Quote
from generated.wire.together import BuyTogetherAtFriend


class Friend(Process):
    """Lends half of what a book costs, but never more than is in the purse."""

    def __init__(self) -> None:
        self.purse = 3_000

    def lend(self, cents: int) -> int:
        return min(cents // 2, self.purse)


async def buy_together(friend: Friend, net: BuyTogetherAtFriend) -> None:
    """The friend hears the price and says what they give; the seller never learns of it."""
    quote: Quote | None = await net.quote.recv()  # ← seller, together.py:28
    if quote is None:
        return

    await net.loan.send(friend.lend(quote.cents))  # → buyer, together.py:32
