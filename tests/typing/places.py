"""The locations and payloads of the uses in this folder."""

from __future__ import annotations

from dataclasses import dataclass

from motet import Cluster, Nondet, Process, Proof, nondet, proof

WHY: Nondet = nondet("any outcome will do: only types are looked at")
SURE: Proof = proof("only types are looked at")


class Leader(Process): ...


class Helper(Process): ...


class Worker(Cluster): ...


class Client(Cluster): ...


@dataclass(frozen=True)
class Tally:
    """A plain value that a fold may start from, and a function that makes one."""

    inside: int = 0

    def plus(self, n: int) -> Tally:
        return Tally(self.inside + n)


class Parser:
    """What `transform` takes: called with every element, it gives any number of results."""

    def __call__(self, n: int) -> list[str]:
        return [str(n)]
