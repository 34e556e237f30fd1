"""A day in the shop: baskets, then a look at the shelves."""

from __future__ import annotations

from motet import At, choreography

from . import orders
from .office import Office
from .tills import Till
from .warehouse import Warehouse


@choreography
async def day(
    till: Till, office: Office, warehouse: Warehouse, baskets: At[list[dict[str, int]], Till]
) -> tuple[At[list[str], Till], At[dict[str, int], Warehouse]]:
    customers = await till.share(len(baskets), to=(office, warehouse))
    receipts: At[list[str], Till] = []
    for customer in range(customers):
        receipt = await orders.place(till, office, warehouse, baskets[customer])
        receipts.append(receipt)
    return receipts, warehouse.left()
