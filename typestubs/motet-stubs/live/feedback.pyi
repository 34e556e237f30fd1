from typing import Generic

from motet.live.markers import ExactlyOnce, Unbounded
from motet.live.streams import Stream
from motet.live.variables import L, Sent, SentOrder

class Feedback(Generic[Sent, L, SentOrder]):
    def send(self, stream: Stream[Sent, L, SentOrder, ExactlyOnce, Unbounded], /) -> None: ...
