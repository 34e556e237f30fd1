"""A day in the shop: baskets, then a look at the shelves."""

from __future__ import annotations

from generated.till.inventory.orders import place
from generated.till.inventory.tills import Till
from generated.wire.inventory.day import DayAtTill


async def day(till: Till, net: DayAtTill, baskets: list[dict[str, int]]) -> list[str]:
    # → office, warehouse, inventory/day.py:17
    customers = await net.customers.share(len(baskets))
    receipts: list[str] = []
    for customer in range(customers):
        receipt = await place(till, net.place, baskets[customer])
        receipts.append(receipt)
    return receipts
