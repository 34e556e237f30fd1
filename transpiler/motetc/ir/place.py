"""Places: the sets of locations that know a value.

A place maps each role to how it knows the value: a process simply does (`one`); on a cluster the value is the `same`
on every member, each member's `own`, or known to one member alone (`@index`). The meet of two places is what an
expression over both knows: own with anything is own, one member with anything is that member (MLVs of MultiChor,
Bates et al. 2025, with the facets of a cluster added).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

ONE = "one"
SAME = "same"
OWN = "own"


def member(key: str) -> str:
    """The mode of a value known to one member: the member whose index is written `key`."""
    return "@" + key


@dataclass(frozen=True, slots=True)
class Place:
    """Who knows a value. `everywhere` is the top: literals, constants, pure functions of those."""

    modes: Mapping[str, str] = field(default_factory=dict)
    everywhere: bool = False

    def __contains__(self, role: str) -> bool:
        return self.everywhere or role in self.modes

    def __iter__(self) -> Iterator[str]:
        return iter(self.modes)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.modes)

    def __hash__(self) -> int:
        return hash((self.everywhere, tuple(sorted(self.modes.items()))))

    def mode(self, role: str) -> str | None:
        """How `role` knows the value; None when it does not."""
        return SAME if self.everywhere else self.modes.get(role)

    def meet(self, other: Place) -> Place:
        """Who knows both values."""
        if self.everywhere:
            return other
        if other.everywhere:
            return self
        modes = {}
        for role, mode in self.modes.items():
            if role in other.modes:
                met = _meet_modes(mode, other.modes[role])
                if met is not None:
                    modes[role] = met
        return Place(modes)

    def join(self, other: Place) -> Place:
        """Who knows the value after it was shared: those of both."""
        if self.everywhere or other.everywhere:
            return EVERYWHERE
        modes = dict(self.modes)
        for role, mode in other.modes.items():
            mine = modes.get(role)
            modes[role] = mode if mine is None or (SAME in (mine, mode) and mode == SAME) else mine
        return Place(modes)

    def covers(self, other: Place) -> bool:
        """Whether everyone in `other` knows a value of this place, in the mode asked for."""
        if self.everywhere:
            return True
        return not other.everywhere and all(self.knows(r, m) for r, m in other.modes.items())

    def knows(self, role: str, mode: str) -> bool:
        """Whether `role` can use the value as `mode`: a member may use what is the same or its own."""
        mine = self.mode(role)
        if mine is None:
            return False
        return (
            mine == mode
            or mode == ONE
            or (mode == OWN and mine == SAME)
            or (mode[0] == "@" and mine in (SAME, OWN))
        )

    def without(self, name: str) -> Place:
        """The place after `name` was rebound: members picked by it can no longer be told."""
        if self.everywhere or not any(mentions(m, name) for m in self.modes.values()):
            return self
        return Place({r: m for r, m in self.modes.items() if not mentions(m, name)})

    def is_picked(self) -> bool:
        """Whether a location knows the value as one member alone."""
        return any(mode[0] == "@" for mode in self.modes.values())

    def is_single(self) -> bool:
        """Whether the value is at exactly one location, so that a call there runs once."""
        return not self.everywhere and len(self.modes) == 1

    def is_agreement(self) -> bool:
        """Whether several nodes hold what must be the same value."""
        return self.everywhere or len(self.modes) > 1 or SAME in self.modes.values()

    def __str__(self) -> str:
        if self.everywhere:
            return "everywhere"
        if not self.modes:
            return "nowhere"
        return ", ".join(describe(r, m) for r, m in self.modes.items())


EVERYWHERE = Place(everywhere=True)
NOWHERE = Place()


def at(role: str, mode: str = ONE) -> Place:
    """The place of one role."""
    return Place({role: mode})


def meet_all(places: Iterable[Place]) -> Place:
    """Who knows all of the values."""
    result = EVERYWHERE
    for place in places:
        result = result.meet(place)
    return result


def describe(role: str, mode: str) -> str:
    """A role as messages name it: `seller`, `workers[0]`; the member of a session by its variable."""
    if mode.startswith("@."):
        return mode[2:]
    return f"{role}[{mode[1:]}]" if mode[0] == "@" else role


def mentions(mode: str, name: str) -> bool:
    """Whether a name stands in the index of a member's mode."""
    if mode[0] != "@":
        return False
    word = ""
    for char in mode[1:] + " ":
        if char.isidentifier() or (word and char.isdigit()):
            word += char
            continue
        if word == name:
            return True
        word = ""
    return False


def _meet_modes(left: str, right: str) -> str | None:
    if left == right:
        return left
    if left[0] == "@" or right[0] == "@":
        if left[0] == right[0]:
            return None
        return left if left[0] == "@" else right
    return OWN if OWN in (left, right) else left
