"""Run one `Seller`: python -m generated.seller --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.seller.shop import Seller, buy
from generated.seller.together import buy_together
from generated.wire.shop import BuyAtSeller
from generated.wire.together import BuyTogetherAtSeller

ENTRIES = {
    "shop:buy": Entry(
        buy,
        BuyAtSeller,
        plays="seller",
        roles={"buyer": Role("Buyer"), "seller": Role("Seller")},
    ),
    "together:buy_together": Entry(
        buy_together,
        BuyTogetherAtSeller,
        plays="seller",
        roles={
            "buyer": Role("Buyer"),
            "friend": Role("Friend"),
            "seller": Role("Seller"),
        },
    ),
}

if __name__ == "__main__":
    main(Seller, ENTRIES)
