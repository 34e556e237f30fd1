from typing import Annotated as At
from typing import Annotated as Each

from motet.choreographies import choreography as choreography
from motet.choreographies import concurrently as concurrently
from motet.choreographies import pipeline as pipeline
from motet.choreographies import pure as pure
from motet.clients import ClientId as ClientId
from motet.codec import register_codec as register_codec
from motet.errors import BadMessage as BadMessage
from motet.errors import MotetError as MotetError
from motet.errors import NotProjectedError as NotProjectedError
from motet.errors import PeerAborted as PeerAborted
from motet.errors import PeerLost as PeerLost
from motet.failure import Failure as Failure
from motet.live.feedback import Feedback as Feedback
from motet.live.generators import Break as Break
from motet.live.generators import Continue as Continue
from motet.live.generators import Generate as Generate
from motet.live.generators import Return as Return
from motet.live.generators import Yield as Yield
from motet.live.keyed_singletons import KeyedSingleton as KeyedSingleton
from motet.live.keyed_streams import KeyedStream as KeyedStream
from motet.live.markers import AtLeastOnce as AtLeastOnce
from motet.live.markers import Atomic as Atomic
from motet.live.markers import Bounded as Bounded
from motet.live.markers import BoundedValue as BoundedValue
from motet.live.markers import ExactlyOnce as ExactlyOnce
from motet.live.markers import MembershipEvent as MembershipEvent
from motet.live.markers import Monotonic as Monotonic
from motet.live.markers import MonotonicKeys as MonotonicKeys
from motet.live.markers import MonotonicValue as MonotonicValue
from motet.live.markers import NoOrder as NoOrder
from motet.live.markers import Ordered as Ordered
from motet.live.markers import Sampled as Sampled
from motet.live.markers import Unbounded as Unbounded
from motet.live.ports import Port as Port
from motet.live.ports import SinglePort as SinglePort
from motet.live.proofs import Proof as Proof
from motet.live.proofs import proof as proof
from motet.live.singletons import Optional as Optional
from motet.live.singletons import Singleton as Singleton
from motet.live.slices import Slice as Slice
from motet.live.streams import Stream as Stream
from motet.locations import Cluster as Cluster
from motet.locations import Process as Process
from motet.members import MemberId as MemberId
from motet.nondeterminism import Nondet as Nondet
from motet.nondeterminism import nondet as nondet

__all__ = [
    "At",
    "AtLeastOnce",
    "Atomic",
    "BadMessage",
    "Bounded",
    "BoundedValue",
    "Break",
    "ClientId",
    "Cluster",
    "Continue",
    "Each",
    "ExactlyOnce",
    "Failure",
    "Feedback",
    "Generate",
    "KeyedSingleton",
    "KeyedStream",
    "MemberId",
    "MembershipEvent",
    "Monotonic",
    "MonotonicKeys",
    "MonotonicValue",
    "MotetError",
    "NoOrder",
    "Nondet",
    "NotProjectedError",
    "Optional",
    "Ordered",
    "PeerAborted",
    "PeerLost",
    "Port",
    "Process",
    "Proof",
    "Return",
    "Sampled",
    "SinglePort",
    "Singleton",
    "Slice",
    "Stream",
    "Unbounded",
    "Yield",
    "choreography",
    "concurrently",
    "nondet",
    "pipeline",
    "proof",
    "pure",
    "register_codec",
]
