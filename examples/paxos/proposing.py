"""A proposer: it campaigns when nobody is heard to lead, and as the leader it puts commands into slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from messages import Accept, Ballot, Beat, Command, Decided, Entry, News, Prepare, Promise, Vote

MAJORITY = 2  # of three acceptors: f + 1, where f may be lost
PATIENCE = 6  # ticks without a sign of a leader, before one campaigns
STAGGER = 6  # further ticks for each proposer, so that they do not campaign all at once


@dataclass(slots=True)
class Step:
    """What follows from what has come in: what is to be said to whom."""

    prepares: list[Prepare] = field(default_factory=list)
    accepts: list[Accept] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)


class Proposing:
    """The state of one proposer. It knows no network and no clock: it is called with what has come."""

    def __init__(self) -> None:
        self.highest = Ballot(0, 0)
        self.mine = Ballot(-1, 0)
        self.leading = False
        self.silence = 0
        self.promises: dict[int, Promise] = {}
        self.votes: dict[int, set[int]] = {}
        self.proposed: dict[int, Command | None] = {}
        self.next_slot = 0
        self.pending: dict[int, Command] = {}
        self.done: set[int] = set()

    def step(self, me: int, ticks: int, commands: Iterable[Command], news: Iterable[News]) -> Step:
        """One instant: everything that has come since the last one."""
        step = Step()
        for command in commands:
            if command.id not in self.done:
                self.pending[command.id] = command
        for item in news:
            match item:
                case Promise():
                    self._promised(item, step)
                case Vote():
                    self._voted(item, step)
                case Beat():
                    self._see(item.ballot)
                    self.silence = 0
                case Decided():
                    self._learn(item)
        if ticks:
            self._tick(me, ticks, step)
        if self.leading:
            self._propose(step)
        return step

    # Leader election

    def _tick(self, me: int, ticks: int, step: Step) -> None:
        if self.leading:
            step.beats.append(Beat(self.mine))
            return
        self.silence += ticks
        if self.silence > PATIENCE + STAGGER * me:
            self.silence = 0
            self.mine = self.highest = Ballot(self.highest.number + 1, me)
            self.promises = {}
            step.prepares.append(Prepare(self.mine))

    def _see(self, ballot: Ballot) -> None:
        """Somebody campaigns or leads with this ballot: a higher one than mine ends my term."""
        self.highest = max(self.highest, ballot)
        if self.highest > self.mine:
            self.leading = False

    def _promised(self, promise: Promise, step: Step) -> None:
        self._see(promise.highest)
        if self.leading or not promise.ballot == promise.highest == self.mine:
            return
        self.promises[promise.acceptor] = promise
        if len(self.promises) == MAJORITY:
            self._lead(step)

    def _lead(self, step: Step) -> None:
        """Propose again whatever may have been decided; fill the holes between."""
        self.leading = True
        self.proposed, self.votes = {}, {}
        newest: dict[int, Entry] = {}
        for entry in (e for p in self.promises.values() for e in p.log):
            if entry.slot not in newest or newest[entry.slot].ballot < entry.ballot:
                newest[entry.slot] = entry
        base = max(p.checkpoint for p in self.promises.values())
        self.next_slot = max([base, *(slot + 1 for slot in newest)])
        for slot in range(base, self.next_slot):
            found = newest.get(slot)
            self._put(slot, found.command if found is not None else None, step)
        step.beats.append(Beat(self.mine))

    # The log

    def _propose(self, step: Step) -> None:
        """Every command that waits gets a slot, and waits on until it is decided."""
        under_way = {c.id for c in self.proposed.values() if c is not None}
        for command in self.pending.values():
            if command.id not in under_way:
                self._put(self.next_slot, command, step)
                self.next_slot += 1

    def _put(self, slot: int, command: Command | None, step: Step) -> None:
        self.proposed[slot] = command
        self.votes[slot] = set()
        step.accepts.append(Accept(Entry(slot, self.mine, command)))

    def _voted(self, vote: Vote, step: Step) -> None:
        self._see(vote.highest)
        if not self.leading or vote.ballot != self.mine or vote.slot not in self.proposed:
            return
        votes = self.votes[vote.slot]
        votes.add(vote.acceptor)
        if len(votes) == MAJORITY:
            decided = Decided(vote.slot, self.proposed.pop(vote.slot))
            del self.votes[vote.slot]
            self._learn(decided)
            step.decided.append(decided)

    def _learn(self, decided: Decided) -> None:
        if decided.command is not None:
            self.pending.pop(decided.command.id, None)
            self.done.add(decided.command.id)
