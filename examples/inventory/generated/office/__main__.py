"""Run one `Office`: python -m generated.office --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.office.inventory.day import day
from generated.office.inventory.office import Office
from generated.office.inventory.orders import offer_for, place
from generated.wire.inventory.day import DayAtOffice
from generated.wire.inventory.orders import OfferForAtOffice, PlaceAtOffice

ENTRIES = {
    "inventory.day:day": Entry(
        day,
        DayAtOffice,
        plays="office",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "warehouse": Role("Warehouse"),
        },
    ),
    "inventory.orders:offer_for": Entry(
        offer_for,
        OfferForAtOffice,
        plays="office",
        roles={"office": Role("Office"), "store": Role("Warehouse")},
    ),
    "inventory.orders:place": Entry(
        place,
        PlaceAtOffice,
        plays="office",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "store": Role("Warehouse"),
        },
    ),
}

if __name__ == "__main__":
    main(Office, ENTRIES)
