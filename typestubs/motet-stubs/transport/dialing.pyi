from random import Random
from typing import Protocol

from motet.transport.addresses import Address
from motet.transport.carriers import Carrier
from motet.transport.connection import Host
from motet.transport.link import Link
from motet.transport.settings import Settings

class DialingHost(Host, Protocol):
    settings: Settings

    def unreachable(self, link: Link) -> None: ...
    def refused(self, link: Link, address: Address) -> None: ...

async def watch_listener(host: DialingHost, link: Link, address: Address) -> None: ...

class Dialer:
    def __init__(
        self, host: DialingHost, link: Link, carrier: Carrier, address: Address
    ) -> None: ...
    async def run(self, random: Random) -> None: ...
