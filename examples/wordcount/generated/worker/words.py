"""Count words on many workers: scatter the lines, gather the counts."""

from __future__ import annotations

from collections import Counter

from motet import Cluster, pure

from generated.wire.words import CountAtWorker, DealAtWorker, LongestAtWorker


@pure
def longer(left: str, right: str) -> str:
    """The longer of two words, the first in the alphabet where they are equally long."""
    return min(left, right, key=lambda word: (-len(word), word))


class Worker(Cluster):
    """Counts the words of its own lines."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def read(self, lines: list[str]) -> None:
        self.words = [
            word.strip(".,;:!?").lower() for line in lines for word in line.split()
        ]

    def count(self) -> dict[str, int]:
        return dict(Counter(self.words))

    def longest(self) -> str:
        longest = ""
        for word in self.words:
            longest = longer(longest, word)
        return longest


async def deal(workers: Worker, net: DealAtWorker) -> None:
    """Give every worker its lines, like cards."""
    hand: list[str] = await net.hand.recv()  # ← leader, words.py:53
    workers.read(hand)


async def count(workers: Worker, net: CountAtWorker) -> None:
    """How often each word occurs."""
    await deal(workers, net.deal)
    await net.counts.send(workers.count())  # → leader, words.py:61


async def longest(workers: Worker, net: LongestAtWorker) -> None:
    """The longest word: a fold in member order, at the leader."""
    await deal(workers, net.deal)
    await net.longest.send(workers.longest())  # → leader, words.py:69
