"""Run one `Till`: python -m generated.till --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.till.inventory.day import day
from generated.till.inventory.orders import place
from generated.till.inventory.tills import Till
from generated.wire.inventory.day import DayAtTill
from generated.wire.inventory.orders import PlaceAtTill

ENTRIES = {
    "inventory.day:day": Entry(
        day,
        DayAtTill,
        plays="till",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "warehouse": Role("Warehouse"),
        },
    ),
    "inventory.orders:place": Entry(
        place,
        PlaceAtTill,
        plays="till",
        roles={
            "till": Role("Till"),
            "office": Role("Office"),
            "store": Role("Warehouse"),
        },
    ),
}

if __name__ == "__main__":
    main(Till, ENTRIES)
