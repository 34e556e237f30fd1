"""The same bookshop, with a friend who pays a part of the price."""

from __future__ import annotations

from datetime import date

from generated.buyer.shop import Buyer
from generated.wire.shop import Quote
from generated.wire.together import BuyTogetherAtBuyer


async def buy_together(
    buyer: Buyer, net: BuyTogetherAtBuyer, title: str
) -> date | None:
    """The friend hears the price and says what they give; the seller never learns of it."""
    await net.wanted.send(title)  # → seller, together.py:27
    quote: Quote | None = await net.quote.recv()  # ← seller, together.py:28
    if quote is None:
        return None

    loan: int = await net.loan.recv()  # ← friend, together.py:32
    # The friend does nothing from here on, so only the seller is told what the buyer decides.
    # → seller, together.py:34
    if await net.to_seller.share(quote.cents - loan <= buyer.budget):
        return await net.ship.recv()  # ← seller, together.py:35
    return None
