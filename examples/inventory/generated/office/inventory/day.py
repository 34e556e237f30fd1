"""A day in the shop: baskets, then a look at the shelves."""

from __future__ import annotations

from generated.office.inventory.office import Office
from generated.office.inventory.orders import place
from generated.wire.inventory.day import DayAtOffice


async def day(office: Office, net: DayAtOffice) -> None:
    customers: int = await net.customers.recv()  # ← till, inventory/day.py:17
    for _ in range(customers):
        await place(office, net.place)
