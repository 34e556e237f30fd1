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
        for line in batch:
            for word in words_of(line):
                if word:
                    words.append(word)
        await net.dealt.send(words)  # → workers, words.py:29
    await net.dealt.end()
