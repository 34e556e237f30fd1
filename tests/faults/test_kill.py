"""A location is killed at each of its sends and receives: every other one ends by itself and says who is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faults.nodes import GUARD, LOST_AFTER, Place, environment, run_all

ROOT = Path(__file__).parents[2] / "examples" / "two_phase_commit"
CHOREOGRAPHY = "travel:book"
WANTED = 'wanted={"name": "Oslo", "seats": 2}'
CLIENT = Place("Client", "client")
COORDINATOR = Place("Coordinator", "coordinator")
AGENCIES = (Place("Agency", "agency", 0), Place("Agency", "agency", 1))
ARGUMENTS = {CLIENT: WANTED, COORDINATOR: "", AGENCIES[0]: "", AGENCIES[1]: ""}
# Sends, receives and gathers of each, in its module's order; the first test holds this list to the program.
OPERATIONS = {CLIENT: 2, COORDINATOR: 6, AGENCIES[0]: 4, AGENCIES[1]: 4}
POINTS = [(place, number) for place, count in OPERATIONS.items() for number in range(1, count + 1)]


def test_the_points_are_all_there_are(tmp_path: Path) -> None:
    endings = run_all(ROOT, tmp_path, CHOREOGRAPHY, ARGUMENTS, MOTET_FAULT_COUNT=str(tmp_path))
    assert [ending.code for ending in endings.values()] == [0, 0, 0, 0], endings
    counted = {place: int((tmp_path / place.hooked).read_text()) for place in OPERATIONS}
    assert counted == OPERATIONS


@pytest.mark.slow
@pytest.mark.parametrize(("place", "number"), POINTS, ids=[f"{p}-{n}" for p, n in POINTS])
def test_every_other_location_names_the_one_that_was_killed(
    tmp_path: Path, place: Place, number: int
) -> None:
    endings = run_all(
        ROOT, tmp_path, CHOREOGRAPHY, ARGUMENTS, MOTET_FAULT=f"{place.hooked}:{number}"
    )
    killed = endings.pop(place)
    assert (killed.code, killed.report) == (-signal.SIGKILL, None)
    for survivor, ending in endings.items():
        assert ending.code == 1, (survivor, ending)
        assert ending.report is not None
        error = ending.report["error"]
        assert error["kind"] in ("PeerLost", "PeerAborted"), (survivor, error)
        assert str(place) in error["message"], (survivor, error)
        assert str(place) in ending.errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "number"), [(CLIENT, 2), (COORDINATOR, 4), (AGENCIES[1], 3)], ids=str
)
def test_the_launcher_names_the_cause(place: Place, number: int) -> None:
    command = [sys.executable, "-m", "motetc", "run", CHOREOGRAPHY, "-C", str(ROOT), "--no-build"]
    done = subprocess.run(
        [*command, "--arg", WANTED, "--size", "agencies=2", "--lost-after", LOST_AFTER],
        env=environment(ROOT, MOTET_FAULT=f"{place.hooked}:{number}"),
        capture_output=True,
        text=True,
        timeout=GUARD,
    )
    name = place.folder if place.member is None else f"{place.folder}[{place.member}]"
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"motet: {name} was killed by SIGKILL"
