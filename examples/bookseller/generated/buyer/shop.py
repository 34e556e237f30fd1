"""A bookshop: one buyer, one seller."""

from __future__ import annotations

from datetime import date

from motet import Process

from generated.wire.shop import BuyAtBuyer, Quote


class Buyer(Process):
    def __init__(self) -> None:
        self.budget = 10_000


async def buy(buyer: Buyer, net: BuyAtBuyer, title: str) -> date | None:
    await net.wanted.send(title)  # → seller, shop.py:35
    quote: Quote | None = await net.quote.recv()  # ← seller, shop.py:36
    afford = quote is not None and quote.cents <= buyer.budget
    if await net.afford.share(afford):  # → seller, shop.py:38
        return await net.ship.recv()  # ← seller, shop.py:39
    return None
