"""A day in the shop: baskets, then a look at the shelves."""

from __future__ import annotations

from generated.warehouse.inventory.orders import place
from generated.warehouse.inventory.warehouse import Warehouse
from generated.wire.inventory.day import DayAtWarehouse


async def day(warehouse: Warehouse, net: DayAtWarehouse) -> dict[str, int]:
    customers: int = await net.customers.recv()  # ← till, inventory/day.py:17
    for _ in range(customers):
        await place(warehouse, net.place)
    return warehouse.left()
