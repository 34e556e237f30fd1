from __future__ import annotations

from typing import Any

import pytest
from motetc.config import ConfigError
from motetc.run.request import Played, make_request


def role(name: str, location: str | None = None, cluster: bool = False) -> dict[str, Any]:
    location = name.capitalize() if location is None else location
    return {"name": name, "location": location, "folder": location.lower(), "cluster": cluster}


COUNT = {
    "roles": [role("leader"), role("workers", "Worker", cluster=True)],
    "arguments": {"text": ["Leader"], "limit": ["Worker"]},
    "own": ["limit"],
    "optional": [],
    "results": ["Leader"],
    "runnable": True,
}
GIVEN = ('text="a b"', "limit=[3, 4]")


def test_each_location_gets_the_arguments_it_needs():
    request = make_request("words:count", COUNT, GIVEN, ["workers=2"])
    assert request.locations == (
        Played("leader", "Leader", "leader", None),
        Played("workers", "Worker", "worker", 2),
    )
    assert request.locations[1].nodes == (0, 1)
    assert request.arguments_of("Leader", None) == {"text": '"a b"'}
    assert request.arguments_of("Worker", 1) == {"limit": "4"}


def test_a_parameter_with_a_default_may_be_left_out():
    record = {**COUNT, "optional": ["limit"]}
    request = make_request("words:count", record, GIVEN[:1], ["workers=2"])
    assert request.arguments_of("Worker", 0) == {}


@pytest.mark.parametrize(
    ("arguments", "sizes", "message"),
    [
        (
            GIVEN[:1],
            ["workers=2"],
            "missing --arg limit=JSON: words:count needs it at Worker",
        ),
        (
            (*GIVEN, "txt=1"),
            ["workers=2"],
            "words:count has no located parameter `txt`; did you mean `text`?",
        ),
        ((*GIVEN, "zzz=1"), ["workers=2"], "no located parameter `zzz`: it takes text, limit"),
        (
            ("text=a b", "limit=[3, 4]"),
            ["workers=2"],
            """--arg text: a b is not JSON (a string is written --arg text='"a b"')""",
        ),
        (("text=" + "[" * 9999, "limit=[3, 4]"), ["workers=2"], "--arg text: nested too deeply"),
        (("text=", "limit=[3, 4]"), ["workers=2"], "--arg text: nothing is not JSON"),
        (("text", "limit=[3, 4]"), ["workers=2"], "--arg text: write --arg NAME=JSON"),
        ((*GIVEN, "limit=4"), ["workers=2"], "--arg limit is given twice"),
        (
            GIVEN,
            ["workers=3"],
            "--arg limit: each member has its own, so give a list of 3 values, not [3, 4]",
        ),
        ((GIVEN[0], "limit=3"), ["workers=2"], "give a list of 2 values, not 3"),
        (GIVEN, [], "missing --size workers=N: how many members has the cluster `workers`?"),
        (GIVEN, ["workers=0"], "--size workers: a cluster has at least one member, not 0"),
        (
            GIVEN,
            [f"workers={10**20}"],
            "--size workers: one machine runs no more than 10000 members",
        ),
        (GIVEN, ["workers=two"], "--size workers: two is not a whole number"),
        (GIVEN, ["worker=2"], "words:count has no cluster `worker`; did you mean `workers`?"),
        (GIVEN, ["workers=2", "leader=2"], "words:count has no cluster `leader`"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    arguments: tuple[str, ...], sizes: list[str], message: str
):
    with pytest.raises(ConfigError) as caught:
        make_request("words:count", COUNT, arguments, sizes)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_choreography_of_any_type_cannot_be_run_by_itself():
    with pytest.raises(ConfigError, match=r"words:relay leaves open what type its values are of"):
        make_request("words:relay", {**COUNT, "runnable": False}, GIVEN, [])


def test_a_role_polymorphic_choreography_cannot_be_run_by_itself():
    record = {**COUNT, "roles": [role("a", ""), role("b", "")]}
    with pytest.raises(ConfigError, match=r"words:sort leaves open who plays a, b"):
        make_request("words:sort", record, GIVEN, [])
