from motet.wire.boxes import Inbox as Inbox
from motet.wire.boxes import Inboxes as Inboxes
from motet.wire.boxes import Multicast as Multicast
from motet.wire.boxes import Multicasts as Multicasts
from motet.wire.boxes import Outbox as Outbox
from motet.wire.boxes import Outboxes as Outboxes
from motet.wire.channel import Channel as Channel
from motet.wire.client_ports import ClientPort as ClientPort
from motet.wire.client_ports import PortChannel as PortChannel
from motet.wire.client_ports import SingleClientPort as SingleClientPort
from motet.wire.collectives import Gather as Gather
from motet.wire.collectives import Scatter as Scatter
from motet.wire.mesh import Mesh as Mesh
from motet.wire.mesh import MeshPeer as MeshPeer
from motet.wire.net import Net as Net
from motet.wire.places import Group as Group
from motet.wire.places import Peer as Peer
from motet.wire.places import Site as Site
from motet.wire.stream_inboxes import StreamGather as StreamGather
from motet.wire.stream_inboxes import StreamInbox as StreamInbox
from motet.wire.stream_mesh import DemuxMesh as DemuxMesh
from motet.wire.stream_mesh import RoundRobinMesh as RoundRobinMesh
from motet.wire.stream_mesh import StreamMesh as StreamMesh
from motet.wire.streams import RoundRobin as RoundRobin
from motet.wire.streams import StreamMulticast as StreamMulticast
from motet.wire.streams import StreamOutbox as StreamOutbox
from motet.wire.streams import StreamOutboxes as StreamOutboxes

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
