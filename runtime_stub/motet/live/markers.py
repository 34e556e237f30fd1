"""What is promised of a live collection: type arguments, without values.

A stronger promise is a subclass of the weaker one, so that it fits wherever the weaker one will do.
"""

from __future__ import annotations

from enum import Enum

from motet.live.base import Live


class NoOrder:
    """Elements come in any order."""


class Ordered(NoOrder):
    """Elements come in one definite order."""


class AtLeastOnce:
    """An element may come again."""


class Sampled(AtLeastOnce):
    """Every sample comes once; how many samples there are is a matter of the clock.

    What has an effect for each element may take them: the guard of the sampling speaks for it. What
    counts or numbers elements may not.
    """


class ExactlyOnce(Sampled):
    """No element comes again."""


class Unbounded:
    """It may go on for ever; a value may still change."""


class Monotonic(Unbounded):
    """Of a `Singleton`: its value only grows."""


class MonotonicKeys(Unbounded):
    """Of a `KeyedSingleton`: keys are added and never taken away; values may change."""


class MonotonicValue(MonotonicKeys):
    """Of a `KeyedSingleton`: keys are added, and every value only grows."""


class BoundedValue(MonotonicValue):
    """Of a `KeyedSingleton`: keys are added, and no value ever changes."""


class Bounded(BoundedValue, Monotonic):
    """It ends by itself; then its value is final."""


class Atomic(Live):
    """`Atomic[L]`: at `L`, in an atomic section."""


class MembershipEvent(Enum):
    """What became of a member of a cluster, or of a client."""

    JOINED = "joined"
    LEFT = "left"
