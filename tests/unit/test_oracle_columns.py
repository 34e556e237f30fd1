"""Texts whose places mypy's fast parser gets right, and how they are told from others."""

from __future__ import annotations

import pytest
from motetc.frontend.oracle_columns import is_simple
from motetc.frontend.oracle_traverse import walk
from mypy.errors import Errors
from mypy.nodes import NameExpr
from mypy.options import Options
from mypy.parse import parse

SIMPLE = (
    "x = 1\n",
    "x = f(y)  # ← buyer, shop.py:35\n",
    "# → all\nx = [y, 'z']  # ← – ü\n",
    "x = 'a # b', \"it's\", y  # ü\n",
)
OTHERS = (
    'x = "é", y\n',
    "é, y = 1, 2\n",
    'x = """\né""", y\n',
    'x = """\n# é """, y\n',
    "x = 'a # é', y\n",
    "x = 'a' \"# é\", y\n",
)


def _places(text: str, fast: bool) -> set[tuple[str, int, int, int | None]]:
    options = Options()
    options.native_parser = fast
    tree = parse(text, "m.py", "m", Errors(options), options, eager=True)
    names = (node for node, _ in walk(tree) if isinstance(node, NameExpr))
    return {(node.name, node.line, node.column, node.end_column) for node in names}


@pytest.mark.parametrize("text", SIMPLE)
def test_the_fast_parser_is_right_about_simple_texts(text: str) -> None:
    assert is_simple(text)
    assert _places(text, fast=True) == _places(text, fast=False)


@pytest.mark.parametrize("text", OTHERS)
def test_where_it_is_wrong_is_not_simple(text: str) -> None:
    assert not is_simple(text)
    assert _places(text, fast=True) != _places(text, fast=False)
