"""Pipelines at one place: what is left of a live collection when there is no network."""

from __future__ import annotations

from motet import At, Process, choreography, proof


class Node(Process):
    """Where everything happens."""


def triple(n: int) -> int:
    return 3 * n + 1


@choreography
async def inlined(node: Node, count: At[int, Node]) -> At[int, Node]:
    numbers = node.source(range(count))
    even = numbers.map(lambda n: 3 * n + 1).filter(lambda n: n % 2 == 0)
    return await even.fold(0, lambda acc, n: acc + n).collect()


@choreography
async def called(node: Node, count: At[int, Node]) -> At[int, Node]:
    numbers = node.source(range(count))
    return await numbers.map(triple).fold(0, lambda acc, n: acc + n).collect()


@choreography
async def words(node: Node, text: At[list[str], Node]) -> At[dict[str, int], Node]:
    pairs = node.source(text).map(lambda word: (word.lower(), 1))
    return await pairs.into_keyed().fold(0, lambda acc, n: acc + n).collect()


@choreography
async def joined(
    node: Node, left: At[list[tuple[int, int]], Node], right: At[list[tuple[int, int]], Node]
) -> At[int, Node]:
    pairs = node.source(left).join(node.source(right))
    products = pairs.map(lambda pair: pair[1][0] * pair[1][1])
    total = products.fold(0, lambda acc, n: acc + n, commutative=proof("addition"))
    return await total.collect()
