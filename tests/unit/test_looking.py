"""Which functions of a module only look at a dict that they are given, so that a snapshot is not copied for them."""

from __future__ import annotations

import libcst as cst
import pytest
from motetc.passes.fuse.looking import lent
from motetc.passes.fuse.owning import escapes


def handed_on(functions: str, code: str = "x = f(table)") -> bool:
    """Whether the code does more with `table` than look at it."""
    module = cst.parse_module(functions)
    known = {n.name.value: n for n in module.body if isinstance(n, cst.FunctionDef)}
    body = [cst.parse_statement(code)]
    return escapes(body, "table", lent(body, "table", known.get))


@pytest.mark.parametrize(
    "function",
    [
        "def f(t): return t.get('a', 0)",
        "def f(t): return sorted(t.items(), key=lambda row: -row[1])[:3]",
        "def f(t): return [k for k, v in t.items() if v]",
        "def f(t):\n    total = 0\n    for k in t:\n        total += t[k]\n    return total",
        "def f(t): return 1 if t else 0",
        "def f(t): return len(t), 'a' in t, sum(t.values())",
        "def f(t): return g(t)\ndef g(u): return u.get(1)",
        "def f(t, n=3): return min(n, len(t))",
    ],
)
def test_what_is_only_looked_at(function: str) -> None:
    assert not handed_on(function)


@pytest.mark.parametrize(
    "function",
    [
        "def f(t): return t",
        "def f(t): return [t]",
        "def f(t): return t.items()",
        "def f(t):\n    view = t.values()\n    return view",
        "def f(t): kept.append(t)",
        "def f(t): t['a'] = 1",
        "def f(t): t.update(a=1)",
        "def f(t): t |= {1: 2}",
        "def f(t):\n    t = dict(t)\n    return t",
        "def f(t): return lambda: t.get(1)",
        "def f(t): return (k for k in t)",
        "def f(t): yield t.get(1)",
        "async def f(t): return t.get(1)",
        "@cached\ndef f(t): return t.get(1)",
        "def f(t):\n    def inner():\n        return t\n    return 1",
        "def f(t): return g(t)\ndef g(u): return [u]",
        "def f(t): return f(t)",
        "def f(*t): return len(t)",
        "def f(a): return a",
        "def other(t): return len(t)",
    ],
)
def test_what_may_be_kept_or_changed(function: str) -> None:
    assert handed_on(function)


def test_how_it_is_given() -> None:
    function = "def f(a, *, t): return a + len(t)"
    assert not handed_on(function, "x = f(1, t=table)")
    assert handed_on(function, "x = f(table, t=1)")
    assert handed_on(function, "x = f(*table)")
    assert handed_on("def f(t): return len(t)", "x = f(table), table")
