"""The office: knows prices, and how much a customer may owe."""

from __future__ import annotations

from decimal import Decimal

from motet import Process

import inventory.pricing as prices
from inventory.model import Offer, Order


class Office(Process):
    def __init__(self) -> None:
        self.limit = Decimal(1000)
        self.invoiced = Decimal(0)

    def offer(self, order: Order, missing: tuple[str, ...]) -> Offer:
        known = tuple(line for line in order.lines if line.article not in missing)
        return Offer(order, prices.total(known), missing)

    def approve(self, offer: Offer) -> bool:
        return offer.complete and self.invoiced + offer.total <= self.limit

    def invoice(self, offer: Offer) -> Decimal:
        self.invoiced += offer.total
        return self.invoiced
