"""A process between two nodes that cuts every connection at a random point.

`python proxy.py LISTEN TARGET SEED MEAN`: Unix sockets; `MEAN` is how many bytes a connection
lives for on average. Prints the number of cuts when it is told to stop.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from random import Random


class Proxy:
    def __init__(self, target: str, seed: int, mean: float) -> None:
        self.cuts = 0
        self._target = target
        self._random = Random(seed)
        self._mean = mean

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until its time has come."""
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.close()
            return
        budget = [int(self._random.expovariate(1 / self._mean)) + 1]
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer, budget)),
            asyncio.create_task(self._pump(far_reader, writer, budget)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if budget[0] <= 0:
            self.cuts += 1
        for pump in pumps:
            pump.cancel()
        for end in (writer, far_writer):
            end.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, budget: list[int]
    ) -> None:
        while data := await reader.read(65536):
            # Within what is left of this connection's life; the rest is never delivered.
            writer.write(data[: max(0, budget[0])])
            budget[0] -= len(data)
            if budget[0] <= 0:
                return
            await writer.drain()


async def main(listen: str, target: str, seed: str, mean: str) -> None:
    proxy = Proxy(target, int(seed), float(mean))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with await asyncio.start_unix_server(proxy.serve, listen):
        print("ready", flush=True)
        await stop.wait()
    print(proxy.cuts, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
