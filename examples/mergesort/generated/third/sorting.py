"""Merge sort over three locations that change roles at every level of the recursion."""

from __future__ import annotations

from heapq import merge

from motet import Process

from generated.wire.sorting import A, B, C, SortAtA, SortAtB, SortAtC, SortThreeAtThird


class Third(Process):
    """Helps."""


async def sort_at_a(a: A, net: SortAtA[A, B, C], numbers: list[int]) -> list[int]:
    """`a` has numbers and keeps them; `b` and `c` each sort a half, with the two others' help."""
    if await net.from_a.share(len(numbers) <= 1):  # → b, c, sorting.py:30
        return numbers

    middle = len(numbers) // 2
    await net.left.send(numbers[:middle])  # → b, sorting.py:34
    await net.right.send(numbers[middle:])  # → c, sorting.py:35
    await net.concurrently(sort_at_c(a, net.sort), sort_at_b(a, net.sort_2))

    lower: list[int] = await net.lower.recv()  # ← b, sorting.py:38
    upper: list[int] = await net.upper.recv()  # ← c, sorting.py:39
    return list(merge(lower, upper))


async def sort_at_b(b: B, net: SortAtB[A, B, C]) -> None:
    """`a` has numbers and keeps them; `b` and `c` each sort a half, with the two others' help."""
    if await net.from_a.recv():  # ← a, sorting.py:30
        return

    left: list[int] = await net.left.recv()  # ← a, sorting.py:34
    sorted_left, _ = await net.concurrently(
        sort_at_a(b, net.sort, left), sort_at_c(b, net.sort_2)
    )

    await net.lower.send(sorted_left)  # → a, sorting.py:38


async def sort_at_c(c: C, net: SortAtC[A, B, C]) -> None:
    """`a` has numbers and keeps them; `b` and `c` each sort a half, with the two others' help."""
    if await net.from_a.recv():  # ← a, sorting.py:30
        return

    right: list[int] = await net.right.recv()  # ← a, sorting.py:35
    _, sorted_right = await net.concurrently(
        sort_at_b(c, net.sort), sort_at_a(c, net.sort_2, right)
    )

    await net.upper.send(sorted_right)  # → a, sorting.py:39


async def sort_three(third: Third, net: SortThreeAtThird) -> None:
    await sort_at_c(third, net.sort)
