"""What local code needs and binds, way by way."""

from __future__ import annotations

from textwrap import dedent

import pytest
from motetc.frontend.local_names import local_names


def _sure(code: str, *ends: str) -> set[str] | None:
    found = local_names(dedent(code), frozenset(ends)).sure
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("code", "needed", "bound", "sure"),
    [
        ("if t:\n    m = 1\nelse:\n    m = 2", {"t"}, {"m"}, {"m"}),
        ("for i in xs:\n    m = i", {"xs"}, set(), {"i", "m"}),
        ("while t:\n    m = 1", {"t"}, set(), set()),
        ("while True:\n    m = 1\n    if t:\n        break", {"t"}, set(), {"m"}),
        ("if a and (m := f()):\n    n = m", {"a", "f"}, {"m"}, set()),
        ("assert a and (m := f())", {"a", "f"}, {"m"}, {"m"}),
        ("if t:\n    m = 1\nelse:\n    return", {"t"}, {"m"}, {"m"}),
        ("if t:\n    del table[t]", {"t", "table"}, set(), set()),
    ],
)
def test_what_is_read_before_it_is_bound_is_needed(
    code: str, needed: set[str], bound: set[str], sure: set[str]
) -> None:
    found = local_names(code)
    assert (set(found.needed), set(found.bound), _sure(code)) == (needed, bound, sure)


def test_a_way_ends_where_a_call_never_gives_anything() -> None:
    code = """\
        if t:
            m = 1
        else:
            fail()
        """
    assert _sure(code) == set()
    assert _sure(code, "fail()") == {"m"}
    assert _sure("if t:\n    fail()\nelse:\n    raise E", "fail()") is None


def test_a_name_is_deleted_and_a_part_of_a_value_is_not() -> None:
    found = local_names("if t:\n    table = {}\n    del table[0]\n    del t")
    assert (set(found.needed), set(found.deleted)) == ({"t"}, {"t"})
    assert _sure("table = {0: 1}\ndel table[0]") == {"table"}


def test_a_break_behind_a_loop_leaves_the_loop_around_it() -> None:
    code = """\
        for i in xs:
            for j in ys:
                pass
            else:
                break
            m = 1
        """
    assert "m" not in (_sure(code) or ())
