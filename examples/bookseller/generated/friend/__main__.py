"""Run one `Friend`: python -m generated.friend --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.friend.together import Friend, buy_together
from generated.wire.together import BuyTogetherAtFriend

ENTRIES = {
    "together:buy_together": Entry(
        buy_together,
        BuyTogetherAtFriend,
        plays="friend",
        roles={
            "buyer": Role("Buyer"),
            "friend": Role("Friend"),
            "seller": Role("Seller"),
        },
    ),
}

if __name__ == "__main__":
    main(Friend, ENTRIES)
