"""Who has left a run: lost, or finished with its part."""

from __future__ import annotations

from itertools import count
from weakref import WeakValueDictionary

from motet.ports import NodeId, Signal


class Departures:
    """The nodes that have left, in the order in which this node heard of it."""

    __slots__ = ("_numbers", "_watchers", "nodes")

    def __init__(self) -> None:
        self.nodes: list[NodeId] = []
        self._numbers = count()
        self._watchers: WeakValueDictionary[int, Signal] = WeakValueDictionary()

    def add(self, node: NodeId) -> None:
        """A node has left; hearing it twice is no news."""
        if node not in self.nodes:
            self.nodes.append(node)
            for signal in list(self._watchers.values()):
                signal.wake()

    def watch(self, signal: Signal) -> None:
        """Have a signal woken whenever a node leaves."""
        self._watchers[next(self._numbers)] = signal
