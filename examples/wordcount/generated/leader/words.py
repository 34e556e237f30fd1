"""Count words on many workers: scatter the lines, gather the counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from motet import MemberId, Process, pure

from generated.wire.words import CountAtLeader, DealAtLeader, LongestAtLeader

if TYPE_CHECKING:
    from generated.worker.words import Worker


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


async def deal(leader: Leader, net: DealAtLeader, text: str) -> None:
    """Give every worker its lines, like cards."""
    lines = text.splitlines()
    hands: dict[MemberId[Worker], list[str]] = {}
    for member in net.workers.members:
        hands[member] = lines[member.index :: len(net.workers)]
    await net.hand.scatter(hands)  # → workers, words.py:53


async def count(leader: Leader, net: CountAtLeader, text: str) -> dict[str, int]:
    """How often each word occurs."""
    await deal(leader, net.deal, text)
    # ← workers, words.py:61
    counts: dict[MemberId[Worker], dict[str, int]] = await net.counts.gather()
    return leader.total(list(counts.values()))


async def longest(leader: Leader, net: LongestAtLeader, text: str) -> str:
    """The longest word: a fold in member order, at the leader."""
    await deal(leader, net.deal, text)
    return await net.longest.reduce(longer)  # ← workers, words.py:69
