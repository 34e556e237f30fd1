"""How an order passes through the house."""

from __future__ import annotations

from decimal import Decimal

from generated.till.inventory.tills import Till
from generated.wire.inventory.orders import PlaceAtTill


async def place(till: Till, net: PlaceAtTill, basket: dict[str, int]) -> str:
    order = await net.order.share(
        till.order(basket)
    )  # → office, store, inventory/orders.py:22
    if await net.approved.recv():  # ← office, inventory/orders.py:25
        owed: Decimal = await net.owed.recv()  # ← office, inventory/orders.py:27
        return f"order {order.number}: {owed} to pay"
    missing: tuple[str, ...] = (
        await net.missing.recv()
    )  # ← office, inventory/orders.py:29
    reason = f"without {', '.join(missing)}" if missing else "over the limit"
    return f"order {order.number}: refused, {reason}"
