"""Run one `Buyer`: python -m generated.buyer --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.buyer.shop import Buyer, buy
from generated.buyer.together import buy_together
from generated.wire.shop import BuyAtBuyer
from generated.wire.together import BuyTogetherAtBuyer

ENTRIES = {
    "shop:buy": Entry(
        buy,
        BuyAtBuyer,
        plays="buyer",
        roles={"buyer": Role("Buyer"), "seller": Role("Seller")},
    ),
    "together:buy_together": Entry(
        buy_together,
        BuyTogetherAtBuyer,
        plays="buyer",
        roles={
            "buyer": Role("Buyer"),
            "friend": Role("Friend"),
            "seller": Role("Seller"),
        },
    ),
}

if __name__ == "__main__":
    main(Buyer, ENTRIES)
