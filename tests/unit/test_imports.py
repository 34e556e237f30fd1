"""Imports at the top level of a module are found below every statement that may hold them."""

from __future__ import annotations

import ast

from motetc.frontend.imports import Star, imports_of, inner_imports

TEXT = """\
import a1
if X:
    import a2
elif Y:
    import a3
else:
    import a4
try:
    import a5
except ImportError:
    import a6
else:
    import a7
finally:
    import a8
with open(X) as file:
    import a9
for x in X:
    import b1
else:
    import b2
while X:
    import b3
else:
    import b4
match X:
    case 1:
        import b5
    case _:
        from b import b6


def function():
    import c1


class Class:
    from c import c2
"""


def test_every_statement_is_looked_into() -> None:
    tree = ast.parse(TEXT)
    found = [item for item in imports_of(tree.body, "", "x.py") if not isinstance(item, Star)]
    expected = [f"a{n}" for n in range(1, 10)] + [f"b{n}" for n in range(1, 7)]
    assert [name for name, _ in found] == expected
    assert {imported.full_name for _, imported in found} == {*expected[:-1], "b.b6"}


def test_functions_and_classes_are_apart() -> None:
    inner = {imported.full_name for imported in inner_imports(ast.parse(TEXT), TEXT, "")}
    assert {"c1", "c.c2"} <= inner
