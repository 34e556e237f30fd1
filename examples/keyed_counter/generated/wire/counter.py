"""What travels between the locations of counter.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from motet.codec import INTEGERS, constructor, misfit, mistyped, wrong_data, wrong_value
from motet.wire import ClientPort, Net, PortChannel, Site

if TYPE_CHECKING:
    from generated.server.counter import Server


@dataclass(frozen=True, slots=True)
class Increment:
    name: str


@dataclass(frozen=True, slots=True)
class Get:
    name: str


@dataclass(frozen=True, slots=True)
class Done:
    name: str


@dataclass(frozen=True, slots=True)
class Count:
    name: str
    value: int


def encode_increment(value: Increment) -> object:
    if type(value) is Increment and type(value.name) is str:
        return [value.name]
    raise mistyped(value, Increment, name=str)


new_increment = constructor(Increment)


def decode_increment(data: object) -> Increment:
    if type(data) is list and len(data) == 1:
        (name,) = data
        if type(name) is str:
            return new_increment(name)
    raise misfit(data, Increment, name=str)


def encode_get(value: Get) -> object:
    if type(value) is Get and type(value.name) is str:
        return [value.name]
    raise mistyped(value, Get, name=str)


new_get = constructor(Get)


def decode_get(data: object) -> Get:
    if type(data) is list and len(data) == 1:
        (name,) = data
        if type(name) is str:
            return new_get(name)
    raise misfit(data, Get, name=str)


def _encode_count_counters_request(value: Increment | Get) -> object:
    if type(value) is Increment:
        return ["Increment", encode_increment(value)]
    if type(value) is Get:
        return ["Get", encode_get(value)]
    raise wrong_value("Increment or Get", value)


def _decode_count_counters_request(data: object) -> Increment | Get:
    if type(data) is list and len(data) == 2:
        tag, item = data
        if tag == "Increment":
            return decode_increment(item)
        if tag == "Get":
            return decode_get(item)
    raise wrong_data("Increment or Get", data)


def encode_done(value: Done) -> object:
    if type(value) is Done and type(value.name) is str:
        return [value.name]
    raise mistyped(value, Done, name=str)


new_done = constructor(Done)


def decode_done(data: object) -> Done:
    if type(data) is list and len(data) == 1:
        (name,) = data
        if type(name) is str:
            return new_done(name)
    raise misfit(data, Done, name=str)


def encode_count(value: Count) -> object:
    if (
        type(value) is Count
        and type(value.name) is str
        and type(value.value) in INTEGERS
    ):
        return [value.name, value.value]
    raise mistyped(value, Count, name=str, value=int)


new_count = constructor(Count)


def decode_count(data: object) -> Count:
    if type(data) is list and len(data) == 2:
        name, value_ = data
        if type(name) is str and type(value_) in INTEGERS:
            return new_count(name, value_)
    raise misfit(data, Count, name=str, value=int)


def _encode_count_counters_reply(value: Done | Count) -> object:
    if type(value) is Done:
        return ["Done", encode_done(value)]
    if type(value) is Count:
        return ["Count", encode_count(value)]
    raise wrong_value("Done or Count", value)


def _decode_count_counters_reply(data: object) -> Done | Count:
    if type(data) is list and len(data) == 2:
        tag, item = data
        if tag == "Done":
            return decode_done(item)
        if tag == "Count":
            return decode_count(item)
    raise wrong_data("Done or Count", data)


COUNT_COUNTERS: Final[PortChannel[Server, Increment | Get, Done | Count]] = PortChannel(
    "counters",
    _encode_count_counters_request,
    _decode_count_counters_request,
    _encode_count_counters_reply,
    _decode_count_counters_reply,
)


class CountAtServer(Net):
    """What `count` sends and receives at the server."""

    def __init__(self, site: Site[Server]) -> None:
        super().__init__(site)
        self.counters: ClientPort[Server, Increment | Get, Done | Count] = ClientPort(
            site, COUNT_COUNTERS
        )
