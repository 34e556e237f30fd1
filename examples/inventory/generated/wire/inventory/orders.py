"""What travels between the locations of inventory/orders.py."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from motet.codec import (
    decode_bool,
    decode_decimal,
    decode_str,
    decode_tuple,
    encode_bool,
    encode_decimal,
    encode_str,
    encode_tuple,
)
from motet.wire import Channel, Inbox, Multicast, Net, Outbox, Peer, Site

from generated.wire.inventory.model import decode_order, encode_order
from inventory.model import Order

if TYPE_CHECKING:
    from generated.office.inventory.office import Office
    from generated.till.inventory.tills import Till
    from generated.warehouse.inventory.warehouse import Warehouse as Store


def _encode_offer_for_missing(value: tuple[str, ...]) -> object:
    return encode_tuple(value, encode_str)


def _decode_offer_for_missing(data: object) -> tuple[str, ...]:
    return decode_tuple(data, decode_str)


OFFER_FOR_MISSING: Final[Channel[Store, Office, tuple[str, ...]]] = Channel(
    "missing", _encode_offer_for_missing, _decode_offer_for_missing
)


class OfferForAtOffice(Net):
    """What `offer_for` sends and receives at the office."""

    def __init__(self, site: Site[Office], store: Peer[Store]) -> None:
        super().__init__(site)
        self.missing: Inbox[Office, Store, tuple[str, ...]] = Inbox(
            site, OFFER_FOR_MISSING, store
        )


class OfferForAtWarehouse(Net):
    """What `offer_for` sends and receives at the store."""

    def __init__(self, site: Site[Store], office: Peer[Office]) -> None:
        super().__init__(site)
        self.missing: Outbox[Store, Office, tuple[str, ...]] = Outbox(
            site, OFFER_FOR_MISSING, office
        )


PLACE_ORDER_TO_OFFICE: Final[Channel[Till, Office, Order]] = Channel(
    "order", encode_order, decode_order
)

PLACE_ORDER_TO_STORE: Final[Channel[Till, Store, Order]] = Channel(
    "order", encode_order, decode_order
)

PLACE_APPROVED_TO_TILL: Final[Channel[Office, Till, bool]] = Channel(
    "approved", encode_bool, decode_bool
)

PLACE_OWED: Final[Channel[Office, Till, Decimal]] = Channel(
    "owed", encode_decimal, decode_decimal
)

PLACE_MISSING: Final[Channel[Office, Till, tuple[str, ...]]] = Channel(
    "missing", _encode_offer_for_missing, _decode_offer_for_missing
)

PLACE_APPROVED_TO_STORE: Final[Channel[Office, Store, bool]] = Channel(
    "approved", encode_bool, decode_bool
)


class PlaceAtTill(Net):
    """What `place` sends and receives at the till."""

    def __init__(
        self, site: Site[Till], office: Peer[Office], store: Peer[Store]
    ) -> None:
        super().__init__(site)
        self.order: Multicast[Till, Order] = Multicast(
            Outbox(site, PLACE_ORDER_TO_OFFICE, office),
            Outbox(site, PLACE_ORDER_TO_STORE, store),
        )
        self.approved: Inbox[Till, Office, bool] = Inbox(
            site, PLACE_APPROVED_TO_TILL, office
        )
        self.owed: Inbox[Till, Office, Decimal] = Inbox(site, PLACE_OWED, office)
        self.missing: Inbox[Till, Office, tuple[str, ...]] = Inbox(
            site, PLACE_MISSING, office
        )


class PlaceAtOffice(Net):
    """What `place` sends and receives at the office."""

    def __init__(
        self, site: Site[Office], till: Peer[Till], store: Peer[Store]
    ) -> None:
        super().__init__(site)
        self.store = store
        self.order: Inbox[Office, Till, Order] = Inbox(
            site, PLACE_ORDER_TO_OFFICE, till
        )
        self.approved: Multicast[Office, bool] = Multicast(
            Outbox(site, PLACE_APPROVED_TO_TILL, till),
            Outbox(site, PLACE_APPROVED_TO_STORE, store),
        )
        self.owed: Outbox[Office, Till, Decimal] = Outbox(site, PLACE_OWED, till)
        self.missing: Outbox[Office, Till, tuple[str, ...]] = Outbox(
            site, PLACE_MISSING, till
        )

    @property
    def offer_for(self) -> OfferForAtOffice:
        return OfferForAtOffice(self.site.call("offer_for"), store=self.store)


class PlaceAtWarehouse(Net):
    """What `place` sends and receives at the store."""

    def __init__(
        self, site: Site[Store], till: Peer[Till], office: Peer[Office]
    ) -> None:
        super().__init__(site)
        self.office = office
        self.order: Inbox[Store, Till, Order] = Inbox(site, PLACE_ORDER_TO_STORE, till)
        self.approved: Inbox[Store, Office, bool] = Inbox(
            site, PLACE_APPROVED_TO_STORE, office
        )

    @property
    def offer_for(self) -> OfferForAtWarehouse:
        return OfferForAtWarehouse(self.site.call("offer_for"), office=self.office)
