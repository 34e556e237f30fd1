"""A bookshop: one buyer, one seller."""

from __future__ import annotations

from datetime import date, timedelta

from motet import Process

from generated.wire.shop import BuyAtSeller, Quote


class Seller(Process):
    def __init__(self) -> None:
        self.stock = {"TAPL": 8_000}

    def quote(self, title: str) -> Quote | None:
        return Quote(title, self.stock[title]) if title in self.stock else None

    def ship(self, title: str) -> date:
        del self.stock[title]
        return date.today() + timedelta(days=3)


async def buy(seller: Seller, net: BuyAtSeller) -> None:
    wanted: str = await net.wanted.recv()  # ← buyer, shop.py:35
    await net.quote.send(seller.quote(wanted))  # → buyer, shop.py:36
    if await net.afford.recv():  # ← buyer, shop.py:38
        await net.ship.send(seller.ship(wanted))  # → buyer, shop.py:39
