"""The same bookshop, with a friend who pays a part of the price."""

from __future__ import annotations

from datetime import date

from motet import At, Process, choreography

from shop import Buyer, Seller


class Friend(Process):
    """Lends half of what a book costs, but never more than is in the purse."""

    def __init__(self) -> None:
        self.purse = 3_000

    def lend(self, cents: int) -> int:
        return min(cents // 2, self.purse)


@choreography
async def buy_together(
    buyer: Buyer, friend: Friend, seller: Seller, title: At[str, Buyer]
) -> At[date | None, Buyer]:
    """The friend hears the price and says what they give; the seller never learns of it."""
    wanted = await buyer.send(title, to=seller)
    quote = await seller.share(seller.quote(wanted), to=(buyer, friend))
    if quote is None:
        return None

    loan = await friend.send(friend.lend(quote.cents), to=buyer)
    # The friend does nothing from here on, so only the seller is told what the buyer decides.
    if await buyer.share(quote.cents - loan <= buyer.budget, to=seller):
        return await seller.send(seller.ship(wanted), to=buyer)
    return None
