"""How an order passes through the house."""

from __future__ import annotations

from decimal import Decimal

from generated.till.inventory.tills import Till
from generated.wire.inventory.orders import PlaceAtTill


async def place(till: Till, net: PlaceAtTill, basket: dict[str, int]) -> str:
    # → office, store, inventory/orders.py:22
    order = await net.order.share(till.order(basket))
    if await net.approved.recv():  # ← office, inventory/orders.py:25
        owed: Decimal = await net.owed.recv()  # ← office, inventory/orders.py:27
        return f"order {order.number}: {owed} to pay"
    # ← office, inventory/orders.py:29
    missing: tuple[str, ...] = await net.missing.recv()
    reason = f"without {', '.join(missing)}" if missing else "over the limit"
    return f"order {order.number}: refused, {reason}"
