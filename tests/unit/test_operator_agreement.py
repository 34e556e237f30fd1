"""The stubs and the compiler's table of operators speak of the same operators, parameters and requirements."""

from __future__ import annotations

import ast

import pytest
from motetc.ir.operators import CLASSES, LOOP, OPERATORS
from motetc.passes.fuse.registry import EMITTERS
from operator_table import OPERATORS as STUBBED
from operator_table import Operator

SHAPES = {name: shape for shape, name in CLASSES.items()}
PROOFS = {"commutative", "idempotent", "monotone", "order_preserving"}
# Statements and sinks that the compiler reads by themselves.
BY_THEMSELVES = {"collect", "__aiter__"}
SAID = {
    "ordered": "an order",
    "once": "no repeats",
    "bounded": "an end",
    "fixed": "values that stay",
}
TYPED = {
    (SHAPES[row.of], row.name): row
    for row in STUBBED
    if (SHAPES.get(row.of), row.name) in OPERATORS
}


def test_the_same_operators():
    typed = {
        (SHAPES[row.of], row.name)
        for row in STUBBED
        if SHAPES.get(row.of) in {of for of, _ in OPERATORS} and row.name not in BY_THEMSELVES
    }
    assert typed == set(OPERATORS)


@pytest.mark.parametrize(("of", "name"), [*OPERATORS, ("stream", LOOP.name)])
def test_there_is_code_for_each(of: str, name: str):
    assert name in EMITTERS[of] or OPERATORS[of, name].hop


@pytest.mark.parametrize("row", TYPED.values(), ids=lambda row: row.use)
def test_the_same_parameters(row: Operator):
    rule = OPERATORS[SHAPES[row.of], row.name]
    names = [param.strip(" =") for param in row.params.split(",") if param]
    assert [n for n in names if n not in PROOFS | {"why"}] == [
        n for n in rule.params if n not in PROOFS | {"why"}
    ]
    assert ("why" in names) == rule.why
    assert PROOFS & set(names) <= rule.proofs


@pytest.mark.parametrize("row", TYPED.values(), ids=lambda row: row.use)
def test_the_compiler_asks_for_no_more(row: Operator):
    rule = OPERATORS[SHAPES[row.of], row.name]
    assert [need for need in rule.needs if SAID[need] not in row.needs] == []


STREAMS = {
    use: row
    for use, row in TYPED.items()
    if row.gives.startswith(("Stream[", "KeyedStream[")) and not OPERATORS[use].hop
}


@pytest.mark.parametrize("row", STREAMS.values(), ids=lambda row: row.use)
def test_streams_of_the_weakest_input_are_as_good_as_the_stubs_say(row: Operator):
    rule = OPERATORS[SHAPES[row.of], row.name]
    order, delivery = _arguments(row.gives.split("<br>")[-1])
    base = rule.of not in ("stream", "keyed_stream")
    if order in ("Ordered", "NoOrder"):
        assert _of(rule.ordered, base or ("ordered" in rule.needs)) == (order == "Ordered")
    if delivery in ("ExactlyOnce", "AtLeastOnce"):
        assert _of(rule.once, base or ("once" in rule.needs)) == (delivery == "ExactlyOnce")


def _of(change: str, base: bool) -> bool:
    return {"yes": True, "no": False}.get(change, base)


def _arguments(gives: str) -> tuple[str, str]:
    """Order and delivery of a stream's type."""
    tree = ast.parse(gives, mode="eval").body
    assert isinstance(tree, ast.Subscript)
    assert isinstance(tree.slice, ast.Tuple)
    order, delivery = tree.slice.elts[-3:-1]
    return ast.unparse(order), ast.unparse(delivery)
