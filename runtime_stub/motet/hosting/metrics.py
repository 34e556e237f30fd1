"""What a node counts, for Prometheus to ask: served over HTTP where the `metrics` extra is installed.

Nothing is counted for it. These are the numbers by which messages are credited and acknowledged; they are read in a
thread of the server when somebody asks, so that a message costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from motet.hosting.options import METRICS
from motet.transport.addresses import Address, AddressError
from motet.transport.hub import Hub
from motet.transport.tcp_doors import print_port


class Collector:
    """Reads a node's links whenever it is asked. (A custom collector, as Prometheus calls it.)"""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Any]:
        """The families of `prometheus_client`, with what is known by now."""
        core = import_module(f"{METRICS}.core")

        def family(kind: str, name: str, what: str, *labels: str) -> Any:
            return getattr(core, f"{kind}MetricFamily")(name, what, labels=["peer", *labels])

        connected = family("Gauge", "motet_connected", "Whether there is a connection.")
        connections = family("Counter", "motet_connections", "Connections that there have been.")
        kept = family(
            "Gauge", "motet_unacknowledged_bytes", "Sent, and kept until the peer has it."
        )
        sent = family("Counter", "motet_messages_sent", "Payload messages sent.", "channel")
        waiting = family(
            "Gauge", "motet_messages_waiting", "Arrived, and not yet taken.", "channel"
        )
        for peer, link in tuple(self._hub.links.items()):
            who = str(peer)
            connected.add_metric([who], int(link.connection is not None))
            connections.add_metric([who], link.connections)
            kept.add_metric([who], link.sent.kept)
            for channel, count in link.sent_by_channel().items():
                sent.add_metric([who, channel], count)
            for channel, count in link.waiting_by_channel().items():
                waiting.add_metric([who, channel], count)
        yield from (connected, connections, kept, sent, waiting)


@contextmanager
def served(hub: Hub, address: Address | None) -> Iterator[None]:
    """Answer at this address meanwhile, if there is one, and say where that is: the kernel may have chosen the port."""
    if address is None:
        yield
        return
    library = import_module(METRICS)
    registry = library.CollectorRegistry(auto_describe=False)
    registry.register(Collector(hub))
    try:
        server, thread = library.start_http_server(address.port, address.name, registry)
    except OSError as problem:
        raise AddressError(f"--metrics {_where(address)}: {problem.strerror}") from None
    print_port(f"metrics http://{_where(replace(address, port=server.server_port))}/metrics")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _where(address: Address) -> str:
    return str(address).removeprefix("tcp:")
