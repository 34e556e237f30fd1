"""Positions, slices of the source and children are LibCST's own, in a fraction of the time."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from motetc.frontend.positions import Positions
from motetc.frontend.tree import children

ROOT = Path(__file__).parents[2]
ODD = '''\
"""Everything that is seldom written."""
import a.b as c; from . import (d, e as f,)
@deco(lambda *x, y=1, **z: (x, y))
# between decorators
@other
async def g(p, /, q: int = 1, *r: str, s, **t) -> "x":
    async with m as n, o as (u, v): pass
    async for w in (yield): await w
    else: ...
    try: del h[1:2, ::3], (i)
    except (A, B) as err: raise err from None
    except* C: pass
    finally: return not -x if x is not y else (z := 3)
    x = y = (  # a comment
        1
        + 2
    )
    match x, *y:
        case [1, *_] | {"k": v, **rest} if v: pass
        case P(a, b=c) as d: global e
        case -1 | None | "s" "t": nonlocal f
    print(*a, b=c, **d)[[*e], {**f, g: h}, {i for i in j if k if l}, {m: n for m, n in o}, (p async for p in q)]
    f"{x!r:>{width}} {{}} {y=}" f'{z}' r"""
    long"""
    é = "äöü" ; x: int; x += 1; x @= 2; assert x < y <= z, "no"
\f
class K(L, metaclass=M):
    x: int = 1

    # at the end
lambda: (yield)
'''
TEXTS = {
    "odd": ODD.replace("    except* C: pass\n", ""),
    "star": "try: pass\nexcept* C: pass\n",
    "empty": "",
    "comment": "# only this\n",
} | {
    path.name: path.read_text("utf-8")
    for path in sorted((ROOT / "transpiler" / "motetc" / "frontend").glob("*.py"))[::3]
}
ASKED = (
    cst.BaseExpression,
    cst.BaseStatement,
    cst.BaseSmallStatement,
    cst.BaseSuite,
    cst.Arg,
    cst.Param,
)


@pytest.fixture(params=TEXTS, name="tree", scope="module")
def _tree(request: pytest.FixtureRequest) -> cst.Module:
    return cst.parse_module(TEXTS[request.param])


@pytest.fixture(scope="module")
def found(tree: cst.Module) -> Positions:
    return Positions(tree)


def test_positions(tree: cst.Module, found: Positions) -> None:
    wanted = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    wanted = {node: place for node, place in wanted.items() if node is not tree}
    assert {node: found.get(node) for node in wanted} == wanted


def test_lines(tree: cst.Module, found: Positions) -> None:
    for node in _all(tree):
        place = found.get(node)
        assert place is not None
        assert found.lines(node) == (place.start.line, place.end.line)


def test_code(tree: cst.Module, found: Positions) -> None:
    nodes = [n for n in _all(tree) if isinstance(n, (cst.BaseExpression, cst.BaseSmallStatement))]
    for node in nodes:
        assert found.code(node) in (None, tree.code_for_node(node))


def test_children(tree: cst.Module) -> None:
    for node in _all(tree):
        known = {id(child) for child in children(node)}
        assert [c for c in node.children if isinstance(c, ASKED)] == [
            c for c in children(node) if isinstance(c, ASKED)
        ]
        assert known <= {id(child) for child in node.children}


def test_statements_are_cut_out_with_their_decorators() -> None:
    tree = cst.parse_module(
        "class A:\n\n    # said before\n    @b\n    # between\n    def c(self):\n        pass  # so\n"
    )
    block = tree.body[0].body.body[0]  # type: ignore[union-attr]
    assert (
        Positions(tree).block(block)  # type: ignore[arg-type]
        == "    @b\n    # between\n    def c(self):\n        pass"
    )


def _all(tree: cst.Module) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = [tree]
    for node in found:
        found += children(node)
    return found
