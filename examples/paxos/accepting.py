"""An acceptor: the memory of Multi-Paxos."""

from __future__ import annotations

from messages import Accept, Ballot, Entry, Prepare, Promise, Vote


class Accepting:
    """The state of one acceptor. Slots below the checkpoint have been applied everywhere and are forgotten."""

    def __init__(self) -> None:
        self.highest = Ballot(0, 0)
        self.log: dict[int, Entry] = {}
        self.applied: dict[int, int] = {}
        self.checkpoint = 0

    def prepare(self, me: int, prepare: Prepare) -> Promise:
        """Follow the highest ballot."""
        self.highest = max(self.highest, prepare.ballot)
        log = tuple(self.log[slot] for slot in sorted(self.log))
        return Promise(me, prepare.ballot, self.highest, self.checkpoint, log)

    def accept(self, me: int, accept: Accept) -> Vote:
        """Accept from the highest ballot, before the answer leaves."""
        entry = accept.entry
        if entry.ballot >= self.highest:
            self.highest = entry.ballot
            if entry.slot >= self.checkpoint:
                self.log[entry.slot] = entry
        return Vote(me, entry.ballot, entry.slot, self.highest)

    def forget(self, replica: int, applied: int, replicas: int) -> None:
        """A replica has applied all slots below `applied`; what every replica has applied may go."""
        self.applied[replica] = applied
        if len(self.applied) == replicas:
            self.checkpoint = max(self.checkpoint, min(self.applied.values()))
            self.log = {slot: e for slot, e in self.log.items() if slot >= self.checkpoint}
