"""The standard library: what many protocols need, as plain classes and functions.

A state machine is made for `transform`: it is called with each element and returns what goes on. It
runs at the location of its stream, keeps its state there, and can be tested without any location.
"""

from motet.std.membership import is_present
from motet.std.quorum import Quorum, QuorumWithResponse
from motet.std.requests import Answered, Asked, Exchange

__all__ = ["Answered", "Asked", "Exchange", "Quorum", "QuorumWithResponse", "is_present"]
