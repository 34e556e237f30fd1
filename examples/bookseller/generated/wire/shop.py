"""What travels between the locations of shop.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    constructor,
    decode_bool,
    decode_date,
    decode_str,
    encode_bool,
    encode_date,
    encode_str,
    misfit,
    mistyped,
)
from motet.wire import Channel, Inbox, Net, Outbox, Peer, Site

if TYPE_CHECKING:
    from generated.buyer.shop import Buyer
    from generated.seller.shop import Seller


@dataclass(frozen=True)
class Quote:
    title: str
    cents: int


def encode_quote(value: Quote) -> object:
    if (
        type(value) is Quote
        and type(value.title) is str
        and type(value.cents) in INTEGERS
    ):
        return [value.title, value.cents]
    raise mistyped(value, Quote, title=str, cents=int)


new_quote = constructor(Quote)


def decode_quote(data: object) -> Quote:
    if type(data) is list and len(data) == 2:
        title, cents = data
        if type(title) is str and type(cents) in INTEGERS:
            return new_quote(title, cents)
    raise misfit(data, Quote, title=str, cents=int)


def _encode_buy_quote(value: Quote | None) -> object:
    if value is None:
        return None
    return encode_quote(value)


def _decode_buy_quote(data: object) -> Quote | None:
    if data is None:
        return None
    return decode_quote(data)


BUY_WANTED: Final[Channel[Buyer, Seller, str]] = Channel(
    "wanted", encode_str, decode_str
)

BUY_QUOTE: Final[Channel[Seller, Buyer, Quote | None]] = Channel(
    "quote", _encode_buy_quote, _decode_buy_quote
)

BUY_AFFORD: Final[Channel[Buyer, Seller, bool]] = Channel(
    "afford", encode_bool, decode_bool
)

BUY_SHIP: Final[Channel[Seller, Buyer, date]] = Channel(
    "ship", encode_date, decode_date
)


class BuyAtBuyer(Net):
    """What `buy` sends and receives at the buyer."""

    def __init__(self, site: Site[Buyer], seller: Peer[Seller]) -> None:
        super().__init__(site)
        self.wanted: Outbox[Buyer, Seller, str] = Outbox(site, BUY_WANTED, seller)
        self.quote: Inbox[Buyer, Seller, Quote | None] = Inbox(site, BUY_QUOTE, seller)
        self.afford: Outbox[Buyer, Seller, bool] = Outbox(site, BUY_AFFORD, seller)
        self.ship: Inbox[Buyer, Seller, date] = Inbox(site, BUY_SHIP, seller)


class BuyAtSeller(Net):
    """What `buy` sends and receives at the seller."""

    def __init__(self, site: Site[Seller], buyer: Peer[Buyer]) -> None:
        super().__init__(site)
        self.wanted: Inbox[Seller, Buyer, str] = Inbox(site, BUY_WANTED, buyer)
        self.quote: Outbox[Seller, Buyer, Quote | None] = Outbox(site, BUY_QUOTE, buyer)
        self.afford: Inbox[Seller, Buyer, bool] = Inbox(site, BUY_AFFORD, buyer)
        self.ship: Outbox[Seller, Buyer, date] = Outbox(site, BUY_SHIP, buyer)
