"""What travels between the locations of store.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import (
    constructor,
    decode_dict,
    decode_int,
    decode_str,
    encode_dict,
    encode_int,
    encode_str,
    misfit,
    mistyped,
    wrong_data,
    wrong_value,
)
from motet.wire import Channel, Gather, Group, Inbox, Multicast, Net, Outbox, Peer, Site

if TYPE_CHECKING:
    from generated.backup.store import Backup
    from generated.client.store import Client
    from generated.primary.store import Primary


@dataclass(frozen=True)
class Put:
    key: str
    value: str


@dataclass(frozen=True)
class Delete:
    key: str


@dataclass(frozen=True)
class Get:
    key: str


Change = Put | Delete
Request = Put | Delete | Get


def encode_put(value: Put) -> object:
    if type(value) is Put and type(value.key) is str and type(value.value) is str:
        return [value.key, value.value]
    raise mistyped(value, Put, key=str, value=str)


new_put = constructor(Put)


def decode_put(data: object) -> Put:
    if type(data) is list and len(data) == 2:
        key, value_ = data
        if type(key) is str and type(value_) is str:
            return new_put(key, value_)
    raise misfit(data, Put, key=str, value=str)


def encode_delete(value: Delete) -> object:
    if type(value) is Delete and type(value.key) is str:
        return [value.key]
    raise mistyped(value, Delete, key=str)


new_delete = constructor(Delete)


def decode_delete(data: object) -> Delete:
    if type(data) is list and len(data) == 1:
        (key,) = data
        if type(key) is str:
            return new_delete(key)
    raise misfit(data, Delete, key=str)


def encode_get(value: Get) -> object:
    if type(value) is Get and type(value.key) is str:
        return [value.key]
    raise mistyped(value, Get, key=str)


new_get = constructor(Get)


def decode_get(data: object) -> Get:
    if type(data) is list and len(data) == 1:
        (key,) = data
        if type(key) is str:
            return new_get(key)
    raise misfit(data, Get, key=str)


def _encode_request(value: Request) -> object:
    if type(value) is Put:
        return ["Put", encode_put(value)]
    if type(value) is Delete:
        return ["Delete", encode_delete(value)]
    if type(value) is Get:
        return ["Get", encode_get(value)]
    raise wrong_value("Put, Delete or Get", value)


def _decode_request(data: object) -> Request:
    if type(data) is list and len(data) == 2:
        tag, item = data
        if tag == "Put":
            return decode_put(item)
        if tag == "Delete":
            return decode_delete(item)
        if tag == "Get":
            return decode_get(item)
    raise wrong_data("Put, Delete or Get", data)


def _encode_handle_answer(value: str | None) -> object:
    if value is None:
        return None
    return encode_str(value)


def _decode_handle_answer(data: object) -> str | None:
    if data is None:
        return None
    return decode_str(data)


def _encode_handle_change(value: Change | None) -> object:
    if value is None:
        return None
    if type(value) is Put:
        return ["Put", encode_put(value)]
    if type(value) is Delete:
        return ["Delete", encode_delete(value)]
    raise wrong_value("Put, Delete or None", value)


def _decode_handle_change(data: object) -> Change | None:
    if data is None:
        return None
    if type(data) is list and len(data) == 2:
        tag, item = data
        if tag == "Put":
            return decode_put(item)
        if tag == "Delete":
            return decode_delete(item)
    raise wrong_data("Put, Delete or None", data)


HANDLE_ASKED: Final[Channel[Client, Primary, Request]] = Channel(
    "asked", _encode_request, _decode_request
)

HANDLE_ANSWER: Final[Channel[Primary, Client, str | None]] = Channel(
    "answer", _encode_handle_answer, _decode_handle_answer
)

HANDLE_CHANGE: Final[Channel[Primary, Backup, Change | None]] = Channel(
    "change", _encode_handle_change, _decode_handle_change
)

HANDLE_APPLIED: Final[Channel[Backup, Primary, int]] = Channel(
    "applied", encode_int, decode_int
)


class HandleAtClient(Net):
    """What `handle` sends and receives at the client."""

    def __init__(
        self, site: Site[Client], primary: Peer[Primary], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.asked: Outbox[Client, Primary, Request] = Outbox(
            site, HANDLE_ASKED, primary
        )
        self.answer: Inbox[Client, Primary, str | None] = Inbox(
            site, HANDLE_ANSWER, primary
        )


class HandleAtPrimary(Net):
    """What `handle` sends and receives at the primary."""

    def __init__(
        self, site: Site[Primary], client: Peer[Client], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.asked: Inbox[Primary, Client, Request] = Inbox(site, HANDLE_ASKED, client)
        self.change: Outbox[Primary, Backup, Change | None] = Outbox(
            site, HANDLE_CHANGE, backups
        )
        self.applied: Gather[Primary, Backup, int] = Gather(
            site, HANDLE_APPLIED, backups
        )
        self.answer: Outbox[Primary, Client, str | None] = Outbox(
            site, HANDLE_ANSWER, client
        )


class HandleAtBackup(Net):
    """What `handle` sends and receives at the backups."""

    def __init__(
        self, site: Site[Backup], client: Peer[Client], primary: Peer[Primary]
    ) -> None:
        super().__init__(site)
        self.change: Inbox[Backup, Primary, Change | None] = Inbox(
            site, HANDLE_CHANGE, primary
        )
        self.applied: Outbox[Backup, Primary, int] = Outbox(
            site, HANDLE_APPLIED, primary
        )


def _encode_serve_copies(value: dict[str, str]) -> object:
    return encode_dict(value, encode_str)


def _decode_serve_copies(data: object) -> dict[str, str]:
    return decode_dict(data, decode_str)


SERVE_LEN_TO_PRIMARY: Final[Channel[Client, Primary, int]] = Channel(
    "len", encode_int, decode_int
)

SERVE_LEN_TO_BACKUPS: Final[Channel[Client, Backup, int]] = Channel(
    "len", encode_int, decode_int
)

SERVE_COPIES: Final[Channel[Backup, Primary, dict[str, str]]] = Channel(
    "copies", _encode_serve_copies, _decode_serve_copies
)


class ServeAtClient(Net):
    """What `serve` sends and receives at the client."""

    def __init__(
        self, site: Site[Client], primary: Peer[Primary], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.primary = primary
        self.backups = backups
        self.len: Multicast[Client, int] = Multicast(
            Outbox(site, SERVE_LEN_TO_PRIMARY, primary),
            Outbox(site, SERVE_LEN_TO_BACKUPS, backups),
        )

    @property
    def handle(self) -> HandleAtClient:
        return HandleAtClient(
            self.site.call("handle"), primary=self.primary, backups=self.backups
        )


class ServeAtPrimary(Net):
    """What `serve` sends and receives at the primary."""

    def __init__(
        self, site: Site[Primary], client: Peer[Client], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.backups = backups
        self.len: Inbox[Primary, Client, int] = Inbox(
            site, SERVE_LEN_TO_PRIMARY, client
        )
        self.copies: Gather[Primary, Backup, dict[str, str]] = Gather(
            site, SERVE_COPIES, backups
        )

    @property
    def handle(self) -> HandleAtPrimary:
        return HandleAtPrimary(
            self.site.call("handle"), client=self.client, backups=self.backups
        )


class ServeAtBackup(Net):
    """What `serve` sends and receives at the backups."""

    def __init__(
        self, site: Site[Backup], client: Peer[Client], primary: Peer[Primary]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.primary = primary
        self.len: Inbox[Backup, Client, int] = Inbox(site, SERVE_LEN_TO_BACKUPS, client)
        self.copies: Outbox[Backup, Primary, dict[str, str]] = Outbox(
            site, SERVE_COPIES, primary
        )

    @property
    def handle(self) -> HandleAtBackup:
        return HandleAtBackup(
            self.site.call("handle"), client=self.client, primary=self.primary
        )
