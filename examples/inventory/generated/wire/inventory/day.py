"""What travels between the locations of inventory/day.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import decode_int, encode_int
from motet.wire import Channel, Inbox, Multicast, Net, Outbox, Peer, Site

from generated.wire.inventory.orders import PlaceAtOffice, PlaceAtTill, PlaceAtWarehouse

if TYPE_CHECKING:
    from generated.office.inventory.office import Office
    from generated.till.inventory.tills import Till
    from generated.warehouse.inventory.warehouse import Warehouse


DAY_CUSTOMERS_TO_OFFICE: Final[Channel[Till, Office, int]] = Channel(
    "customers", encode_int, decode_int
)

DAY_CUSTOMERS_TO_WAREHOUSE: Final[Channel[Till, Warehouse, int]] = Channel(
    "customers", encode_int, decode_int
)


class DayAtTill(Net):
    """What `day` sends and receives at the till."""

    def __init__(
        self, site: Site[Till], office: Peer[Office], warehouse: Peer[Warehouse]
    ) -> None:
        super().__init__(site)
        self.office = office
        self.warehouse = warehouse
        self.customers: Multicast[Till, int] = Multicast(
            Outbox(site, DAY_CUSTOMERS_TO_OFFICE, office),
            Outbox(site, DAY_CUSTOMERS_TO_WAREHOUSE, warehouse),
        )

    @property
    def place(self) -> PlaceAtTill:
        return PlaceAtTill(
            self.site.call("place"), office=self.office, store=self.warehouse
        )


class DayAtOffice(Net):
    """What `day` sends and receives at the office."""

    def __init__(
        self, site: Site[Office], till: Peer[Till], warehouse: Peer[Warehouse]
    ) -> None:
        super().__init__(site)
        self.till = till
        self.warehouse = warehouse
        self.customers: Inbox[Office, Till, int] = Inbox(
            site, DAY_CUSTOMERS_TO_OFFICE, till
        )

    @property
    def place(self) -> PlaceAtOffice:
        return PlaceAtOffice(
            self.site.call("place"), till=self.till, store=self.warehouse
        )


class DayAtWarehouse(Net):
    """What `day` sends and receives at the warehouse."""

    def __init__(
        self, site: Site[Warehouse], till: Peer[Till], office: Peer[Office]
    ) -> None:
        super().__init__(site)
        self.till = till
        self.office = office
        self.customers: Inbox[Warehouse, Till, int] = Inbox(
            site, DAY_CUSTOMERS_TO_WAREHOUSE, till
        )

    @property
    def place(self) -> PlaceAtWarehouse:
        return PlaceAtWarehouse(
            self.site.call("place"), till=self.till, office=self.office
        )
