"""How an order passes through the house."""

from __future__ import annotations

from generated.warehouse.inventory.warehouse import Warehouse as Store
from generated.wire.inventory.orders import OfferForAtWarehouse, PlaceAtWarehouse
from inventory.model import Order


async def offer_for(store: Store, net: OfferForAtWarehouse, order: Order) -> None:
    """The order is known at both: only what is missing travels."""
    await net.missing.send(store.missing(order))  # → office, inventory/orders.py:16


async def place(store: Store, net: PlaceAtWarehouse) -> None:
    order: Order = await net.order.recv()  # ← till, inventory/orders.py:22
    await offer_for(store, net.offer_for, order)
    if await net.approved.recv():  # ← office, inventory/orders.py:25
        store.take(order)
