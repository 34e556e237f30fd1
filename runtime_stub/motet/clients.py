"""Names of clients outside of the program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class ClientId:
    """One client of a port: clients are numbered in the order in which they came."""

    number: int

    def __repr__(self) -> str:
        return f"ClientId({self.number})"
