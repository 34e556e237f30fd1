"""Word count as a map-reduce: a leader deals words out, workers count, a separate reducer adds up."""

from __future__ import annotations

from motet import Process

from generated.wire.words import CountAtLeader


class Leader(Process):
    """Has the text."""


def words_of(line: str) -> list[str]:
    return ["".join(filter(str.isalnum, word)).lower() for word in line.split()]


async def count(leader: Leader, net: CountAtLeader, text: str) -> None:
    words: list[str] = []
    async for batch in net.batches(text.splitlines()):
        for item in batch:
            for item_2 in words_of(item):
                if bool(item_2):
                    words.append(item_2)
        await net.dealt.send(words)  # → workers, words.py:29
    await net.dealt.end()
