"""What travels between the locations of together.py."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from motet.codec import (
    decode_bool,
    decode_date,
    decode_int,
    decode_str,
    encode_bool,
    encode_date,
    encode_int,
    encode_str,
)
from motet.wire import Channel, Inbox, Multicast, Net, Outbox, Peer, Site

from generated.wire.shop import Quote, decode_quote, encode_quote

if TYPE_CHECKING:
    from generated.buyer.shop import Buyer
    from generated.friend.together import Friend
    from generated.seller.shop import Seller


def _encode_buy_together_quote(value: Quote | None) -> object:
    if value is None:
        return None
    return encode_quote(value)


def _decode_buy_together_quote(data: object) -> Quote | None:
    if data is None:
        return None
    return decode_quote(data)


BUY_TOGETHER_WANTED: Final[Channel[Buyer, Seller, str]] = Channel(
    "wanted", encode_str, decode_str
)

BUY_TOGETHER_QUOTE_TO_BUYER: Final[Channel[Seller, Buyer, Quote | None]] = Channel(
    "quote", _encode_buy_together_quote, _decode_buy_together_quote
)

BUY_TOGETHER_LOAN: Final[Channel[Friend, Buyer, int]] = Channel(
    "loan", encode_int, decode_int
)

BUY_TOGETHER_TO_SELLER: Final[Channel[Buyer, Seller, bool]] = Channel(
    "to_seller", encode_bool, decode_bool
)

BUY_TOGETHER_SHIP: Final[Channel[Seller, Buyer, date]] = Channel(
    "ship", encode_date, decode_date
)

BUY_TOGETHER_QUOTE_TO_FRIEND: Final[Channel[Seller, Friend, Quote | None]] = Channel(
    "quote", _encode_buy_together_quote, _decode_buy_together_quote
)


class BuyTogetherAtBuyer(Net):
    """What `buy_together` sends and receives at the buyer."""

    def __init__(
        self, site: Site[Buyer], friend: Peer[Friend], seller: Peer[Seller]
    ) -> None:
        super().__init__(site)
        self.wanted: Outbox[Buyer, Seller, str] = Outbox(
            site, BUY_TOGETHER_WANTED, seller
        )
        self.quote: Inbox[Buyer, Seller, Quote | None] = Inbox(
            site, BUY_TOGETHER_QUOTE_TO_BUYER, seller
        )
        self.loan: Inbox[Buyer, Friend, int] = Inbox(site, BUY_TOGETHER_LOAN, friend)
        self.to_seller: Outbox[Buyer, Seller, bool] = Outbox(
            site, BUY_TOGETHER_TO_SELLER, seller
        )
        self.ship: Inbox[Buyer, Seller, date] = Inbox(site, BUY_TOGETHER_SHIP, seller)


class BuyTogetherAtFriend(Net):
    """What `buy_together` sends and receives at the friend."""

    def __init__(
        self, site: Site[Friend], buyer: Peer[Buyer], seller: Peer[Seller]
    ) -> None:
        super().__init__(site)
        self.quote: Inbox[Friend, Seller, Quote | None] = Inbox(
            site, BUY_TOGETHER_QUOTE_TO_FRIEND, seller
        )
        self.loan: Outbox[Friend, Buyer, int] = Outbox(site, BUY_TOGETHER_LOAN, buyer)


class BuyTogetherAtSeller(Net):
    """What `buy_together` sends and receives at the seller."""

    def __init__(
        self, site: Site[Seller], buyer: Peer[Buyer], friend: Peer[Friend]
    ) -> None:
        super().__init__(site)
        self.wanted: Inbox[Seller, Buyer, str] = Inbox(site, BUY_TOGETHER_WANTED, buyer)
        self.quote: Multicast[Seller, Quote | None] = Multicast(
            Outbox(site, BUY_TOGETHER_QUOTE_TO_BUYER, buyer),
            Outbox(site, BUY_TOGETHER_QUOTE_TO_FRIEND, friend),
        )
        self.to_seller: Inbox[Seller, Buyer, bool] = Inbox(
            site, BUY_TOGETHER_TO_SELLER, buyer
        )
        self.ship: Outbox[Seller, Buyer, date] = Outbox(site, BUY_TOGETHER_SHIP, buyer)
