"""What the parties of Multi-Paxos say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, order=True, slots=True)
class Ballot:
    """A claim to lead; the higher one wins."""

    number: int
    proposer: int


@dataclass(frozen=True, slots=True)
class Command:
    """What a client wants done: set `key` to `value`."""

    id: int
    key: str
    value: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What an acceptor has accepted for a slot; no command: the slot stays empty."""

    slot: int
    ballot: Ballot
    command: Command | None


@dataclass(frozen=True, slots=True)
class Prepare:
    """1a: will you follow me?"""

    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Promise:
    """1b: yes, if `highest` is the ballot that was asked for; and all that I have accepted."""

    acceptor: int
    ballot: Ballot
    highest: Ballot
    checkpoint: int
    log: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Accept:
    """2a: put this into that slot."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Vote:
    """2b: done, if `highest` is not above the ballot of the entry."""

    acceptor: int
    ballot: Ballot
    slot: int
    highest: Ballot


@dataclass(frozen=True, slots=True)
class Beat:
    """I lead, and I am alive."""

    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Decided:
    """A majority has accepted this for that slot."""

    slot: int
    command: Command | None


News: TypeAlias = Promise | Vote | Beat | Decided
