from motet.std.membership import is_present as is_present
from motet.std.quorum import Quorum as Quorum
from motet.std.quorum import QuorumWithResponse as QuorumWithResponse
from motet.std.requests import Answered as Answered
from motet.std.requests import Asked as Asked
from motet.std.requests import Exchange as Exchange

__all__ = ["Answered", "Asked", "Exchange", "Quorum", "QuorumWithResponse", "is_present"]
