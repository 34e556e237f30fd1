"""A bookshop: one buyer, one seller."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from motet import At, Process, choreography


@dataclass(frozen=True)
class Quote:
    title: str
    cents: int


class Buyer(Process):
    def __init__(self) -> None:
        self.budget = 10_000


class Seller(Process):
    def __init__(self) -> None:
        self.stock = {"TAPL": 8_000}

    def quote(self, title: str) -> Quote | None:
        return Quote(title, self.stock[title]) if title in self.stock else None

    def ship(self, title: str) -> date:
        del self.stock[title]
        return date.today() + timedelta(days=3)


@choreography
async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[date | None, Buyer]:
    wanted = await buyer.send(title, to=seller)
    quote = await seller.send(seller.quote(wanted), to=buyer)
    afford = quote is not None and quote.cents <= buyer.budget
    if await buyer.share(afford, to=seller):
        return await seller.send(seller.ship(wanted), to=buyer)
    return None
