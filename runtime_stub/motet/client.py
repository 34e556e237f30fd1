"""Clients of ports, typed by the port's own codecs.

    from generated.wire.counter import COUNTER
    from motet.client import Client

    with Client(COUNTER, "127.0.0.1:4711") as client:
        print(client.ask(Get("apples")))

Any MessagePack library can do the same: a connection carries requests one way and replies the
other, each of them one value, and nothing else.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from msgpack import BufferFull

from motet.errors import BadMessage, UnsendableValue, text_of
from motet.packing import LARGEST_FRAME, new_packer, new_unpacker
from motet.transport.addresses import parse_address
from motet.wire.client_ports import PortChannel

__all__ = ["AsyncClient", "Client", "Disconnected"]

Request = TypeVar("Request")
Reply = TypeVar("Reply")

CHUNK: Final = 64 * 1024


class Disconnected(ConnectionError):
    """The other end has closed the connection: the program has ended, or the port's log says why."""


class _Codec(Generic[Request, Reply]):
    """Requests to bytes, bytes to replies."""

    def __init__(self, channel: PortChannel[Any, Request, Reply], address: str) -> None:
        where = parse_address(address if address.startswith("tcp:") else f"tcp:{address}")
        self.host, self.port = where.name, where.port
        self._channel = channel
        self._pack = new_packer()
        self._unpacker = new_unpacker(LARGEST_FRAME + CHUNK)
        self._contents: deque[object] = deque()  # replies that have come
        self._garbage = ""  # what is wrong with what has come after them

    def packed(self, request: Request) -> bytes:
        """A request as it travels."""
        try:
            return self._pack(self._channel.encode_request(request))
        except Exception as problem:
            raise UnsendableValue.of(self._channel.name, problem) from problem

    @property
    def ready(self) -> bool:
        """Whether there is a reply, or something that is none."""
        return bool(self._contents or self._garbage)

    def feed(self, data: bytes) -> None:
        """Bytes have come, or the end of them."""
        if not data:
            raise Disconnected(f"port '{self._channel.name}' has closed the connection")
        try:
            self._unpacker.feed(data)
            self._contents.extend(self._unpacker)
        except BufferFull:
            self._garbage = f"a reply of more than {LARGEST_FRAME} bytes"
        except Exception as problem:
            self._garbage = f"not MessagePack ({problem!r})"

    def take(self) -> Reply:
        """The next reply; `BadMessage` if it is none."""
        try:
            if self._contents:
                return self._channel.decode_reply(self._contents.popleft())
            raise ValueError(self._garbage)
        except Exception as problem:
            sender = f"{self.host}:{self.port}"
            raise BadMessage(self._channel.name, sender, text_of(problem)) from problem


class Client(Generic[Request, Reply]):
    """One connection to a port, which waits where it must; `timeout` bounds each wait."""

    def __init__(
        self,
        channel: PortChannel[Any, Request, Reply],
        address: str,
        *,
        timeout: float | None = 30.0,
    ) -> None:
        self._codec = _Codec(channel, address)
        self._socket = socket.create_connection((self._codec.host, self._codec.port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, *requests: Request) -> None:
        """Ask something, and do not wait for the answer."""
        try:
            self._socket.sendall(b"".join(map(self._codec.packed, requests)))
        except (BrokenPipeError, ConnectionResetError) as problem:
            raise Disconnected(str(problem)) from problem

    def receive(self) -> Reply:
        """The next reply."""
        while not self._codec.ready:
            try:
                data = self._socket.recv(CHUNK)
            except ConnectionResetError as problem:
                raise Disconnected(str(problem)) from problem
            self._codec.feed(data)
        return self._codec.take()

    def ask(self, request: Request) -> Reply:
        """Ask something; the next reply."""
        self.send(request)
        return self.receive()

    def __iter__(self) -> Iterator[Reply]:
        """All replies, until the port closes."""
        while True:
            try:
                yield self.receive()
            except Disconnected:
                return

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(Generic[Request, Reply]):
    """The same for asyncio: `async with AsyncClient(COUNTER, address) as client`."""

    def __init__(self, channel: PortChannel[Any, Request, Reply], address: str) -> None:
        self._codec = _Codec(channel, address)
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        where = (self._codec.host, self._codec.port)
        self._reader, self._writer = await asyncio.open_connection(*where)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    async def send(self, *requests: Request) -> None:
        """Ask something, and do not wait for the answer."""
        self._writer.write(b"".join(map(self._codec.packed, requests)))
        try:
            await self._writer.drain()
        except ConnectionError as problem:
            raise Disconnected(str(problem)) from problem

    async def receive(self) -> Reply:
        """The next reply."""
        while not self._codec.ready:
            try:
                data = await self._reader.read(CHUNK)
            except ConnectionError as problem:
                raise Disconnected(str(problem)) from problem
            self._codec.feed(data)
        return self._codec.take()

    async def ask(self, request: Request) -> Reply:
        """Ask something; the next reply."""
        await self.send(request)
        return await self.receive()

    def __aiter__(self) -> Self:
        """All replies, until the port closes."""
        return self

    async def __anext__(self) -> Reply:
        try:
            return await self.receive()
        except Disconnected:
            raise StopAsyncIteration from None
