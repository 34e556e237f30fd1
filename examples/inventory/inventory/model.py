"""What the locations talk about. Nothing here belongs to a location."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    article: str
    quantity: int


@dataclass(frozen=True)
class Order:
    number: int
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Offer:
    """What can be delivered; `missing` are the articles that cannot."""

    order: Order
    total: Decimal
    missing: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.missing
