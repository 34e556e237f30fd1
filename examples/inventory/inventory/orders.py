"""How an order passes through the house."""

from __future__ import annotations

from motet import At, choreography

from .model import Offer, Order
from .office import Office
from .tills import Till
from .warehouse import Warehouse as Store


@choreography
async def offer_for(office: Office, store: Store, order: At[Order, Office | Store]) -> At[Offer, Office]:
    """The order is known at both: only what is missing travels."""
    missing = await store.send(store.missing(order), to=office)
    return office.offer(order, missing)


@choreography
async def place(till: Till, office: Office, store: Store, basket: At[dict[str, int], Till]) -> At[str, Till]:
    order = await till.share(till.order(basket), to=(office, store))
    offer = await offer_for(office, store, order)
    approved = office.approve(offer)
    if await office.share(approved, to=(till, store)):
        store.take(order)
        owed = await office.send(office.invoice(offer), to=till)
        return f"order {order.number}: {owed} to pay"
    missing = await office.send(offer.missing, to=till)
    with till:
        reason = f"without {', '.join(missing)}" if missing else "over the limit"
    return f"order {order.number}: refused, {reason}"
