"""The same bookshop, with a friend who pays a part of the price."""

from __future__ import annotations

from generated.seller.shop import Seller
from generated.wire.together import BuyTogetherAtSeller


async def buy_together(seller: Seller, net: BuyTogetherAtSeller) -> None:
    """The friend hears the price and says what they give; the seller never learns of it."""
    wanted: str = await net.wanted.recv()  # ← buyer, together.py:27
    # → buyer, friend, together.py:28
    quote = await net.quote.share(seller.quote(wanted))
    if quote is None:
        return

    # The friend does nothing from here on, so only the seller is told what the buyer decides.
    if await net.to_seller.recv():  # ← buyer, together.py:34
        await net.ship.send(seller.ship(wanted))  # → buyer, together.py:35
