"""How an order passes through the house."""

from __future__ import annotations

from decimal import Decimal

from generated.till.inventory.tills import Till
from generated.wire.inventory.orders import PlaceAtTill


async def place(till: Till, net: PlaceAtTill, basket: dict[str, int]) -> str:
    # → office, store, inventory/orders.py:26
    order = await net.order.share(till.order(basket))
    if await net.approved.recv():  # ← office, inventory/orders.py:29
        owed: Decimal = await net.owed.recv()  # ← office, inventory/orders.py:31
        return f"order {order.number}: {owed} to pay"
    # ← office, inventory/orders.py:33
    missing: tuple[str, ...] = await net.missing.recv()
    reason = f"without {', '.join(missing)}" if missing else "over the limit"
    return f"order {order.number}: refused, {reason}"
