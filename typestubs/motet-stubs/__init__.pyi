from typing import Annotated as At
from typing import Annotated as Each

from motet.choreographies import choreography as choreography
from motet.choreographies import concurrently as concurrently
from motet.choreographies import pure as pure
from motet.codec import register_codec as register_codec
from motet.errors import BadMessage as BadMessage
from motet.errors import MotetError as MotetError
from motet.errors import NotProjectedError as NotProjectedError
from motet.errors import PeerAborted as PeerAborted
from motet.errors import PeerLost as PeerLost
from motet.failure import Failure as Failure
from motet.locations import Cluster as Cluster
from motet.locations import Process as Process
from motet.members import MemberId as MemberId
from motet.nondeterminism import Nondet as Nondet
from motet.nondeterminism import nondet as nondet

__all__ = [
    "At",
    "BadMessage",
    "Cluster",
    "Each",
    "Failure",
    "MemberId",
    "MotetError",
    "Nondet",
    "NotProjectedError",
    "PeerAborted",
    "PeerLost",
    "Process",
    "choreography",
    "concurrently",
    "nondet",
    "pure",
    "register_codec",
]
