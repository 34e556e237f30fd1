"""Permission to be non-deterministic, always with a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nondet:
    """The reason why an order or a moment may be arbitrary; made by `nondet`."""

    reason: str


def nondet(reason: str) -> Nondet:
    """Say why a non-deterministic outcome is acceptable; the reason must not be empty."""
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError("nondet() needs a reason: say why any outcome is acceptable")
    return Nondet(reason)
