"""What the registry holds of one code word."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

PRELUDE = dedent(
    """\
    from __future__ import annotations

    import random
    from collections.abc import Callable
    from dataclasses import dataclass
    from typing import Any, TypeVar

    from motet import At, Cluster, Each, MemberId, Process, choreography, concurrently, nondet, proof, pure


    class Buyer(Process):
        def __init__(self) -> None:
            self.budget = 100

        def keep(self, receipt: str) -> None:
            print(receipt)


    class Seller(Process):
        def __init__(self) -> None:
            self.sold = 0

        def price(self, title: str) -> int:
            return len(title)

        def ship(self, title: str) -> str:
            self.sold += 1
            return f"{title} is on its way"


    class Leader(Process):
        pass


    class Worker(Cluster):
        def load(self) -> int:
            return self.me.index
    """
)


@dataclass(frozen=True, slots=True)
class Code:
    """One rule. `rejected` and `accepted` follow PRELUDE in a module; tests compile both."""

    word: str
    summary: str
    why: str
    fix: str
    rejected: str = ""
    accepted: str = ""


def code(
    word: str, summary: str, why: str, fix: str, rejected: str = "", accepted: str = ""
) -> Code:
    """An entry written as indented text blocks."""
    reflowed = " ".join(dedent(why).split())
    return Code(
        word,
        summary,
        reflowed,
        " ".join(fix.split()),
        dedent(rejected).strip("\n"),
        dedent(accepted).strip("\n"),
    )
