"""Streams of random pipelines: their text, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

Content = list[int] | dict[Hashable, list[int]]
CLUSTERS = ("crew", "hosts")


@dataclass(frozen=True)
class Stream:
    """A stream under a name: `data` has an entry for every node of its location. `origins`: where elements enter it."""

    text: str
    at: str
    data: tuple[Content, ...]
    ordered: bool = True
    origins: frozenset[int] = frozenset()

    @property
    def keyed(self) -> bool:
        return isinstance(self.data[0], dict)

    @property
    def largest(self) -> int:
        """How many elements a node has, at most."""
        return max(sum(map(len, d.values())) if isinstance(d, dict) else len(d) for d in self.data)

    def each(self, text: str, f: Callable[[list[int]], list[int]]) -> Stream:
        """An operator that looks at the elements of each node, of a keyed stream key by key."""
        return replace(self, text=f"{self.text}{text}", data=tuple(each(d, f) for d in self.data))


def each(content: Content, f: Callable[[list[int]], list[int]]) -> Content:
    if isinstance(content, dict):
        return {k: f(v) for k, v in content.items()}
    return f(content)


def grouped(content: Content, key: Callable[[int], int]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for n in content:
        assert isinstance(n, int)
        found.setdefault(key(n), []).append(n)
    return found


def put(keyed: dict[Hashable, list[int]], sender: int, content: Content) -> None:
    if isinstance(content, dict):
        for key, values in content.items():
            keyed[(sender, key)] = values
    else:
        keyed[sender] = content


def keys(content: Content) -> list[Hashable]:
    assert isinstance(content, dict)
    return sorted(content, key=repr)


def flat(content: Content) -> list[int]:
    assert isinstance(content, dict)
    return [n for key in keys(content) for n in content[key]]
