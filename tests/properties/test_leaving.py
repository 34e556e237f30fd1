"""What leaves a slice is as it was at the end of its run, though a later run changes it before its turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest
from caserun import importable
from motet.schedule import simulate
from properties.project import build, parts_of

WORLD = '''"""Locations of slices."""

from __future__ import annotations

from dataclasses import dataclass, field

from motet import Process


@dataclass
class Bag:
    items: list[int] = field(default_factory=list)


class Ann(Process):
    pass


class Ben(Process):
    pass


class Cat(Process):
    pass
'''
_PROGRAM = """from __future__ import annotations

from motet import At, Process, choreography, nondet

from world import Ann, Bag, Ben, Cat


@choreography
async def main(
    ann: Ann, ben: Ben, cat: Cat
) -> tuple[At[list[list[int]], Ann], At[list[list[int]], Cat]]:
    xs = ann.source(range(20)).send(to=ben)
    ys = cat.source(range(100, 115)).send(to=ben)
    with ben.sliced() as tick:
        one = tick.batch(xs, nondet("any"))
        two = tick.batch(ys, nondet("any"))
{body}
"""
BODIES = {
    "lists": """        seen: list[int] = tick.state(list)
        rows: list[list[int]] = []
        for n in [*one, *two]:
            seen.append(n)
            rows.append(seen)
        out = tick.stream(rows)
    first = out.send(to=ann)
    second = out.enumerate().map(lambda pair: pair[1]).send(to=cat)
    return await first.collect(), await second.collect()""",
    "what is in objects": """        bag: Bag = tick.state(Bag)
        bag.items.extend([*one, *two])
        out = tick.stream([bag for _ in [*one, *two]])
    first = out.map(lambda bag: bag.items).send(to=ann)
    second = out.send(to=cat).map(lambda bag: bag.items)
    return await first.collect(), await second.collect()""",
}
ORDERS = range(40)


@pytest.mark.slow
def test_what_leaves_a_slice_is_as_it_was(tmp_path: Path, shared_cache: Path) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    texts = {f"p{n}": _PROGRAM.replace("{body}", body) for n, body in enumerate(BODIES.values())}
    built, found = build(tmp_path, {"world": WORLD, **texts})
    assert not found
    with importable(built):
        for name in texts:
            parts = parts_of(name, ("Ann", "Ben", "Cat"))
            for order in ORDERS:
                outcome = simulate(parts, seed=order, window=(None, 1, 2, 3)[order % 4])
                assert outcome.ok
                for place in ("Ann", "Cat"):
                    assert _is_right(outcome.results[place]), (name, order, outcome.results[place])


def _is_right(rows: Sequence[Sequence[int]]) -> bool:
    """Whether there are as many of each run as elements that it had, each with all that had come by its end."""
    whole = max(rows, key=len)
    ends = [(size, len([*same])) for size, same in groupby(map(len, rows))]
    counted = all(size == sum(n for _, n in ends[: at + 1]) for at, (size, _) in enumerate(ends))
    return len(rows) == 35 and counted and all([*row] == whole[: len(row)] for row in rows)
