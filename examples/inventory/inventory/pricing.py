"""Prices: ordinary code, used by the office alone."""

from __future__ import annotations

from decimal import Decimal

from .model import Line

LIST_PRICES = {"chair": Decimal("49.90"), "desk": Decimal("189.00"), "lamp": Decimal("24.50")}
REBATE_FROM = Decimal(500)


def price(line: Line) -> Decimal:
    return LIST_PRICES[line.article] * line.quantity


def total(lines: tuple[Line, ...]) -> Decimal:
    amount = sum((price(line) for line in lines), Decimal(0))
    return amount * Decimal("0.9") if amount >= REBATE_FROM else amount
