"""Count words on many workers: scatter the lines, gather the counts."""

from __future__ import annotations

from collections import Counter

from motet import At, Cluster, MemberId, Process, choreography, pure


@pure
def longer(left: str, right: str) -> str:
    """The longer of two words, the first in the alphabet where they are equally long."""
    return min(left, right, key=lambda word: (-len(word), word))


class Leader(Process):
    """Has the text, and puts the counts together."""

    def total(self, counts: list[dict[str, int]]) -> dict[str, int]:
        result: Counter[str] = Counter()
        for part in counts:
            result.update(part)
        return dict(sorted(result.items()))


class Worker(Cluster):
    """Counts the words of its own lines."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def read(self, lines: list[str]) -> None:
        self.words = [word.strip(".,;:!?").lower() for line in lines for word in line.split()]

    def count(self) -> dict[str, int]:
        return dict(Counter(self.words))

    def longest(self) -> str:
        longest = ""
        for word in self.words:
            longest = longer(longest, word)
        return longest


@choreography
async def deal(leader: Leader, workers: Worker, text: At[str, Leader]) -> None:
    """Give every worker its lines, like cards."""
    with leader:
        lines = text.splitlines()
        hands: dict[MemberId[Worker], list[str]] = {}
        for member in workers.members:
            hands[member] = lines[member.index :: len(workers)]
    hand = await leader.scatter(hands, to=workers)
    workers.read(hand)


@choreography
async def count(leader: Leader, workers: Worker, text: At[str, Leader]) -> At[dict[str, int], Leader]:
    """How often each word occurs."""
    await deal(leader, workers, text)
    counts = await workers.gather(workers.count(), to=leader)
    return leader.total(list(counts.values()))


@choreography
async def longest(leader: Leader, workers: Worker, text: At[str, Leader]) -> At[str, Leader]:
    """The longest word: a fold in member order, at the leader."""
    await deal(leader, workers, text)
    return await workers.reduce(workers.longest(), longer, to=leader)
