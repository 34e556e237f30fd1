"""What `bench/wire.py` measures: round trips and one-way messages, small and large."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Process, choreography


@dataclass(slots=True)
class Order:
    id: int
    user: str
    amount: float
    note: str


@dataclass(slots=True)
class Blob:
    id: int
    data: bytes


class Client(Process):
    def __init__(self) -> None:
        self.small = Order(
            1_234_567, "alice@example.com", 99.5, "please deliver before noon, thanks"
        )
        self.large = Blob(1, b"x" * 65536)


class Server(Process):
    def __init__(self) -> None:
        self.small: list[Order] = []
        self.large: list[Blob] = []


@choreography
async def calls_small(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """One round trip after the other."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        order = await client.send(client.small, to=server)
        await server.send(order, to=client)


@choreography
async def batches_small(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """Round trips, 64 at a time."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        for _ in range(64):
            order = await client.send(client.small, to=server)
            with server:
                server.small.append(order)
        for _ in range(64):
            await server.send(server.small.pop(), to=client)


@choreography
async def one_way_small(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """Messages one way, and a signal when all have come."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        await client.send(client.small, to=server)
    await server.send(None, to=client)


@choreography
async def calls_large(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """One round trip after the other."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        blob = await client.send(client.large, to=server)
        await server.send(blob, to=client)


@choreography
async def batches_large(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """Round trips, 64 at a time."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        for _ in range(64):
            blob = await client.send(client.large, to=server)
            with server:
                server.large.append(blob)
        for _ in range(64):
            await server.send(server.large.pop(), to=client)


@choreography
async def one_way_large(client: Client, server: Server, count: At[int, Client | Server]) -> None:
    """Messages one way, and a signal when all have come."""
    await server.send(None, to=client)  # it is there
    for _ in range(count):
        await client.send(client.large, to=server)
    await server.send(None, to=client)
