"""How an order passes through the house."""

from __future__ import annotations

from generated.office.inventory.office import Office
from generated.wire.inventory.orders import OfferForAtOffice, PlaceAtOffice
from inventory.model import Offer, Order


async def offer_for(office: Office, net: OfferForAtOffice, order: Order) -> Offer:
    """The order is known at both: only what is missing travels."""
    # ← store, inventory/orders.py:16
    missing: tuple[str, ...] = await net.missing.recv()
    return office.offer(order, missing)


async def place(office: Office, net: PlaceAtOffice) -> None:
    order: Order = await net.order.recv()  # ← till, inventory/orders.py:22
    offer = await offer_for(office, net.offer_for, order)
    approved = office.approve(offer)
    if await net.approved.share(approved):  # → till, store, inventory/orders.py:25
        await net.owed.send(office.invoice(offer))  # → till, inventory/orders.py:27
        return
    await net.missing.send(offer.missing)  # → till, inventory/orders.py:29
