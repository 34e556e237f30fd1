"""What travels between the locations of travel.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import (
    INTEGERS,
    constructor,
    decode_bool,
    decode_int,
    encode_bool,
    encode_int,
    misfit,
    mistyped,
)
from motet.wire import Channel, Gather, Group, Inbox, Multicast, Net, Outbox, Peer, Site

if TYPE_CHECKING:
    from generated.agency.travel import Agency
    from generated.client.travel import Client
    from generated.coordinator.travel import Coordinator


@dataclass(frozen=True)
class Journey:
    name: str
    seats: int


def encode_journey(value: Journey) -> object:
    if (
        type(value) is Journey
        and type(value.name) is str
        and type(value.seats) in INTEGERS
    ):
        return [value.name, value.seats]
    raise mistyped(value, Journey, name=str, seats=int)


new_journey = constructor(Journey)


def decode_journey(data: object) -> Journey:
    if type(data) is list and len(data) == 2:
        name, seats = data
        if type(name) is str and type(seats) in INTEGERS:
            return new_journey(name, seats)
    raise misfit(data, Journey, name=str, seats=int)


BOOK_ASKED: Final[Channel[Client, Coordinator, Journey]] = Channel(
    "asked", encode_journey, decode_journey
)

BOOK_DECISION_TO_CLIENT: Final[Channel[Coordinator, Client, bool]] = Channel(
    "decision_to_client", encode_bool, decode_bool
)

BOOK_JOURNEY: Final[Channel[Coordinator, Agency, Journey]] = Channel(
    "journey", encode_journey, decode_journey
)

BOOK_VOTES: Final[Channel[Agency, Coordinator, bool]] = Channel(
    "votes", encode_bool, decode_bool
)

BOOK_DECISION: Final[Channel[Coordinator, Agency, bool]] = Channel(
    "decision", encode_bool, decode_bool
)

BOOK_ACKNOWLEDGEMENTS: Final[Channel[Agency, Coordinator, int]] = Channel(
    "acknowledgements", encode_int, decode_int
)


class BookAtClient(Net):
    """What `book` sends and receives at the client."""

    def __init__(
        self,
        site: Site[Client],
        coordinator: Peer[Coordinator],
        agencies: Group[Agency],
    ) -> None:
        super().__init__(site)
        self.asked: Outbox[Client, Coordinator, Journey] = Outbox(
            site, BOOK_ASKED, coordinator
        )
        self.decision_to_client: Inbox[Client, Coordinator, bool] = Inbox(
            site, BOOK_DECISION_TO_CLIENT, coordinator
        )


class BookAtCoordinator(Net):
    """What `book` sends and receives at the coordinator."""

    def __init__(
        self, site: Site[Coordinator], client: Peer[Client], agencies: Group[Agency]
    ) -> None:
        super().__init__(site)
        self.asked: Inbox[Coordinator, Client, Journey] = Inbox(
            site, BOOK_ASKED, client
        )
        self.journey: Outbox[Coordinator, Agency, Journey] = Outbox(
            site, BOOK_JOURNEY, agencies
        )
        self.votes: Gather[Coordinator, Agency, bool] = Gather(
            site, BOOK_VOTES, agencies
        )
        self.decision: Outbox[Coordinator, Agency, bool] = Outbox(
            site, BOOK_DECISION, agencies
        )
        self.acknowledgements: Gather[Coordinator, Agency, int] = Gather(
            site, BOOK_ACKNOWLEDGEMENTS, agencies
        )
        self.decision_to_client: Outbox[Coordinator, Client, bool] = Outbox(
            site, BOOK_DECISION_TO_CLIENT, client
        )


class BookAtAgency(Net):
    """What `book` sends and receives at the agencies."""

    def __init__(
        self, site: Site[Agency], client: Peer[Client], coordinator: Peer[Coordinator]
    ) -> None:
        super().__init__(site)
        self.journey: Inbox[Agency, Coordinator, Journey] = Inbox(
            site, BOOK_JOURNEY, coordinator
        )
        self.votes: Outbox[Agency, Coordinator, bool] = Outbox(
            site, BOOK_VOTES, coordinator
        )
        self.decision: Inbox[Agency, Coordinator, bool] = Inbox(
            site, BOOK_DECISION, coordinator
        )
        self.acknowledgements: Outbox[Agency, Coordinator, int] = Outbox(
            site, BOOK_ACKNOWLEDGEMENTS, coordinator
        )


BOOK_ALL_COUNT_TO_COORDINATOR: Final[Channel[Client, Coordinator, int]] = Channel(
    "count", encode_int, decode_int
)

BOOK_ALL_COUNT_TO_AGENCIES: Final[Channel[Client, Agency, int]] = Channel(
    "count", encode_int, decode_int
)


class BookAllAtClient(Net):
    """What `book_all` sends and receives at the client."""

    def __init__(
        self,
        site: Site[Client],
        coordinator: Peer[Coordinator],
        agencies: Group[Agency],
    ) -> None:
        super().__init__(site)
        self.coordinator = coordinator
        self.agencies = agencies
        self.count: Multicast[Client, int] = Multicast(
            Outbox(site, BOOK_ALL_COUNT_TO_COORDINATOR, coordinator),
            Outbox(site, BOOK_ALL_COUNT_TO_AGENCIES, agencies),
        )

    @property
    def book(self) -> BookAtClient:
        return BookAtClient(
            self.site.call("book"), coordinator=self.coordinator, agencies=self.agencies
        )


class BookAllAtCoordinator(Net):
    """What `book_all` sends and receives at the coordinator."""

    def __init__(
        self, site: Site[Coordinator], client: Peer[Client], agencies: Group[Agency]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.agencies = agencies
        self.count: Inbox[Coordinator, Client, int] = Inbox(
            site, BOOK_ALL_COUNT_TO_COORDINATOR, client
        )

    @property
    def book(self) -> BookAtCoordinator:
        return BookAtCoordinator(
            self.site.call("book"), client=self.client, agencies=self.agencies
        )


class BookAllAtAgency(Net):
    """What `book_all` sends and receives at the agencies."""

    def __init__(
        self, site: Site[Agency], client: Peer[Client], coordinator: Peer[Coordinator]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.coordinator = coordinator
        self.count: Inbox[Agency, Client, int] = Inbox(
            site, BOOK_ALL_COUNT_TO_AGENCIES, client
        )

    @property
    def book(self) -> BookAtAgency:
        return BookAtAgency(
            self.site.call("book"), client=self.client, coordinator=self.coordinator
        )
