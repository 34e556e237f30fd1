from __future__ import annotations

import importlib
import inspect

import motet
import pytest
from motet import Atomic, ClientId, NotProjectedError, Ordered, Process, Stream, proof
from operator_table import CLASSES, OPERATORS, Operator


def _call(operator: Operator) -> None:
    module, name, _ = CLASSES[operator.of]
    owner = getattr(importlib.import_module(f"motet.{module}"), name)
    member = inspect.getattr_static(owner, operator.name)
    function = member.fget if isinstance(member, property) else member
    _self, *params = inspect.signature(function).parameters.values()
    named = {p.name: None for p in params if p.kind is not p.POSITIONAL_ONLY}
    unnamed = [None for p in params if p.kind is p.POSITIONAL_ONLY]
    result = function(object.__new__(owner), *unnamed, **named)
    result.send(None)  # `collect` refuses when it is awaited


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.use)
def test_operators_are_not_executed(operator: Operator):
    with pytest.raises(NotProjectedError, match=rf"\.{operator.name} only has a meaning"):
        _call(operator)


def test_the_error_names_the_location_class():
    class Seller(Process): ...

    with pytest.raises(NotProjectedError, match=r"Seller\.source"):
        Seller().source([1])


@pytest.mark.parametrize("reason", ["", "  ", None, 5])
def test_a_proof_needs_a_reason(reason):
    with pytest.raises(ValueError, match="needs a reason"):
        proof(reason)


def test_a_proof_keeps_its_reason():
    assert proof("addition") == motet.Proof("addition")


def test_types_can_be_written_at_run_time():
    alias = Stream[int, Atomic[Process], Ordered]
    assert alias.__origin__ is Stream
    assert Stream[int, Process].__args__ == (int, Process)


def test_clients_are_ordered_and_named():
    assert sorted([ClientId(2), ClientId(1)]) == [ClientId(1), ClientId(2)]
    assert repr(ClientId(1)) == "ClientId(1)"


def test_everything_exported_is_there():
    missing = [name for name in motet.__all__ if not hasattr(motet, name)]
    assert missing == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'Steam'"):
        motet.Steam  # noqa: B018
