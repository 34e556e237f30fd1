"""A replica: applies decided commands in the order of their slots."""

from __future__ import annotations

from messages import Command, Decided


class Replicating:
    """A key-value store behind a log. Slots may come in any order, and more than once."""

    def __init__(self) -> None:
        self.store: dict[str, int] = {}
        self.waiting: dict[int, Command | None] = {}
        self.following = 0
        self.applied: set[int] = set()

    def apply(self, decided: Decided) -> list[int]:
        """The commands that this slot has set free, by id."""
        if decided.slot >= self.following:
            self.waiting[decided.slot] = decided.command
        done: list[int] = []
        while self.following in self.waiting:
            command = self.waiting.pop(self.following)
            self.following += 1
            if command is not None and command.id not in self.applied:
                self.applied.add(command.id)
                self.store[command.key] = command.value
                done.append(command.id)
        return done
