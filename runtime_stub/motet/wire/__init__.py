"""The typed endpoints that generated modules send and receive with.

Location parameters (`Src`, `Dst`, `Here`, `There`) are invariant phantoms: they exist for the type
checker, which lets only the seller hold the seller's outboxes. At run time an endpoint is a codec
and a port of the runtime that was injected through its `Site`.
"""

from __future__ import annotations

from motet.wire.boxes import Inbox, Inboxes, Multicast, Multicasts, Outbox, Outboxes
from motet.wire.channel import Channel
from motet.wire.client_ports import ClientPort, PortChannel, SingleClientPort
from motet.wire.collectives import Gather, Scatter
from motet.wire.mesh import Mesh, MeshPeer
from motet.wire.net import Net
from motet.wire.places import Group, Peer, Site
from motet.wire.stream_inboxes import StreamGather, StreamInbox
from motet.wire.stream_mesh import DemuxMesh, RoundRobinMesh, StreamMesh
from motet.wire.streams import RoundRobin, StreamMulticast, StreamOutbox, StreamOutboxes

__all__ = [
    "Channel",
    "ClientPort",
    "DemuxMesh",
    "Gather",
    "Group",
    "Inbox",
    "Inboxes",
    "Mesh",
    "MeshPeer",
    "Multicast",
    "Multicasts",
    "Net",
    "Outbox",
    "Outboxes",
    "Peer",
    "PortChannel",
    "RoundRobin",
    "RoundRobinMesh",
    "Scatter",
    "SingleClientPort",
    "Site",
    "StreamGather",
    "StreamInbox",
    "StreamMesh",
    "StreamMulticast",
    "StreamOutbox",
    "StreamOutboxes",
]
