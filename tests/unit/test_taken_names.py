"""The names that locations may not have of their own are those that every location has."""

from __future__ import annotations

from motet import Cluster, Process
from motetc.frontend.taken_names import TAKEN, TAKEN_BY_CLUSTERS

_SPECIAL = {"__enter__", "__exit__", "__len__", "__bool__", "__getitem__"}


def _of(location: type) -> set[str]:
    return {name for name in dir(location) if not name.startswith("_") or name in _SPECIAL}


def test_all_that_locations_have_is_taken() -> None:
    assert _of(Process) == TAKEN
    assert _of(Cluster) == TAKEN_BY_CLUSTERS
