"""Modules that import each other, round about or directly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def find_cycles(imports: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """For each module in a cycle, given what each imports, all modules of it; others are left out."""
    left = {name: {t for t in found if t in imports} for name, found in imports.items()}
    while ends := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in ends:
            del left[name]
    reached = {name: _reached(name, left) for name in left}
    cycles = {
        name: frozenset(m for m in found if name in reached[m]) for name, found in reached.items()
    }
    return {name: cycle for name, cycle in cycles.items() if len(cycle) > 1}


def _reached(name: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        new = (imports[pending.pop()] & imports.keys()) - found
        found |= new
        pending += new
    return found
