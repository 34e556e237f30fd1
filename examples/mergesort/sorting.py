"""Merge sort over three locations that change roles at every level of the recursion."""

from __future__ import annotations

from heapq import merge
from typing import TypeVar

from motet import At, Process, choreography, concurrently

A = TypeVar("A", bound=Process)
B = TypeVar("B", bound=Process)
C = TypeVar("C", bound=Process)


class First(Process):
    """Has the numbers."""


class Second(Process):
    """Helps."""


class Third(Process):
    """Helps."""


@choreography
async def sort(a: A, b: B, c: C, numbers: At[list[int], A]) -> At[list[int], A]:
    """`a` has numbers and keeps them; `b` and `c` each sort a half, with the two others' help."""
    if await a.share(len(numbers) <= 1, to=(b, c)):
        return numbers

    middle = len(numbers) // 2
    left = await a.send(numbers[:middle], to=b)
    right = await a.send(numbers[middle:], to=c)
    sorted_left, sorted_right = await concurrently(sort(b, c, a, left), sort(c, a, b, right))

    lower = await b.send(sorted_left, to=a)
    upper = await c.send(sorted_right, to=a)
    return list(merge(lower, upper))


@choreography
async def sort_three(
    first: First, second: Second, third: Third, numbers: At[list[int], First]
) -> At[list[int], First]:
    return await sort(first, second, third, numbers)
