from motet.std.membership import is_present as is_present
from motet.std.quorum import Quorum as Quorum
from motet.std.quorum import QuorumWithResponse as QuorumWithResponse
from motet.std.requests import Answered as Answered
from motet.std.requests import Asked as Asked
from motet.std.requests import Exchange as Exchange
from motet.std.streams import collect_quorum as collect_quorum
from motet.std.streams import collect_quorum_with_response as collect_quorum_with_response
from motet.std.streams import join_responses as join_responses
from motet.std.streams import track_membership as track_membership

__all__ = [
    "Answered",
    "Asked",
    "Exchange",
    "Quorum",
    "QuorumWithResponse",
    "collect_quorum",
    "collect_quorum_with_response",
    "is_present",
    "join_responses",
    "track_membership",
]
