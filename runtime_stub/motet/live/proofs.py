"""Obligations of functions, with the reason why they are met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a function has a property that an operator needs; made by `proof`."""

    reason: str


def proof(reason: str) -> Proof:
    """Say why a function is commutative, idempotent or monotone; the reason must not be empty."""
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError("proof() needs a reason: say why the function has the property")
    return Proof(reason)
