"""Run one `Warehouse`: python -m generated.warehouse --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.warehouse.inventory.day import day
from generated.warehouse.inventory.orders import offer_for, place
from generated.warehouse.inventory.warehouse import Warehouse
from generated.wire.inventory.day import DayAtWarehouse
from generated.wire.inventory.orders import OfferForAtWarehouse, PlaceAtWarehouse

ENTRIES = {
    "inventory.day:day": Entry(
        day,
        DayAtWarehouse,
        plays="warehouse",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "warehouse": Role("Warehouse"),
        },
    ),
    "inventory.orders:offer_for": Entry(
        offer_for,
        OfferForAtWarehouse,
        plays="store",
        roles={"office": Role("Office"), "store": Role("Warehouse")},
    ),
    "inventory.orders:place": Entry(
        place,
        PlaceAtWarehouse,
        plays="store",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "store": Role("Warehouse"),
        },
    ),
}

if __name__ == "__main__":
    main(Warehouse, ENTRIES)
