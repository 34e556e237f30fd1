"""Where customers order."""

from __future__ import annotations

from motet import Process

from inventory.model import Line, Order


class Till(Process):
    def __init__(self) -> None:
        self.number = 0

    def order(self, basket: dict[str, int]) -> Order:
        self.number += 1
        return Order(
            self.number,
            tuple(Line(article, n) for article, n in sorted(basket.items())),
        )
