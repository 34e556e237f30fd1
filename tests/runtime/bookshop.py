"""The bookshop as `motet build` writes it, by hand: what the runtime's tests run."""

from __future__ import annotations

from typing import Final

from motet import Process
from motet.entries import Entry, Part, Role
from motet.wire import Channel, Inbox, Net, Outbox, Peer, Site


def encode(value: object) -> object:
    return value


def decode_str(data: object) -> str:
    if type(data) is not str:
        raise ValueError(f"expected str, got {data!r}")
    return data


def decode_int(data: object) -> int:
    if type(data) is not int:
        raise ValueError(f"expected int, got {data!r}")
    return data


class Buyer(Process):
    budget = 100


class Seller(Process):
    def __init__(self) -> None:
        self.stock = {"TAPL": 80}


WANTED: Final[Channel[Buyer, Seller, str]] = Channel("wanted", encode, decode_str)
QUOTE: Final[Channel[Seller, Buyer, int]] = Channel("quote", encode, decode_int)
AFFORD: Final[Channel[Buyer, Seller, bool]] = Channel("afford", encode, bool)
SHIP: Final[Channel[Seller, Buyer, str]] = Channel("ship", encode, decode_str)


class BuyAtSeller(Net):
    def __init__(self, site: Site[Seller], buyer: Peer[Buyer]) -> None:
        super().__init__(site)
        self.wanted: Inbox[Seller, Buyer, str] = Inbox(site, WANTED, buyer)
        self.quote: Outbox[Seller, Buyer, int] = Outbox(site, QUOTE, buyer)
        self.afford: Inbox[Seller, Buyer, bool] = Inbox(site, AFFORD, buyer)
        self.ship: Outbox[Seller, Buyer, str] = Outbox(site, SHIP, buyer)


class BuyAtBuyer(Net):
    def __init__(self, site: Site[Buyer], seller: Peer[Seller]) -> None:
        super().__init__(site)
        self.wanted: Outbox[Buyer, Seller, str] = Outbox(site, WANTED, seller)
        self.quote: Inbox[Buyer, Seller, int] = Inbox(site, QUOTE, seller)
        self.afford: Outbox[Buyer, Seller, bool] = Outbox(site, AFFORD, seller)
        self.ship: Inbox[Buyer, Seller, str] = Inbox(site, SHIP, seller)


async def buy_at_seller(seller: Seller, net: BuyAtSeller) -> None:
    wanted = await net.wanted.recv()
    await net.quote.send(seller.stock[wanted])
    if await net.afford.recv():
        await net.ship.send(f"{wanted} by post")


async def buy_at_buyer(buyer: Buyer, net: BuyAtBuyer, title: str) -> str | None:
    await net.wanted.send(title)
    quote = await net.quote.recv()
    if await net.afford.share(quote <= buyer.budget):
        return await net.ship.recv()
    return None


ROLES = {"buyer": Role("Buyer"), "seller": Role("Seller")}
PARTS = {
    "Buyer": Part(Buyer, Entry(buy_at_buyer, BuyAtBuyer, "buyer", ROLES)),
    "Seller": Part(Seller, Entry(buy_at_seller, BuyAtSeller, "seller", ROLES)),
}
