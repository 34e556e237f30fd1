"""The type of what an operation sends, from mypy's answers about the operation and its argument."""

from __future__ import annotations

from motetc.frontend.oracle_unions import leaves_out
from motetc.ir.answers import TypeOf
from motetc.ir.nodes import Comm
from motetc.ir.types import Type


def payload_type(op: Comm, type_of: TypeOf) -> Type | None:
    """What one message holds."""
    result = type_of(op.node)
    if op.kind in ("send", "share"):  # the argument's: the result's context may have widened it
        passed_on = next((o for o in op.value.ops if o.node is op.value.expr), None)
        if isinstance(passed_on, Comm) and passed_on.kind in ("send", "share"):
            return payload_type(passed_on, type_of)
        return type_of(op.value.expr) or result
    sent = type_of(op.value.expr)
    if op.kind in ("reduce", "all_reduce"):  # what was folded travels too, so the result's type
        return _unless_vague(result, sent)
    if op.kind in ("gather", "all_gather"):
        return _said_longer(_unless_vague(_value_of_mapping(result), sent), sent)
    if op.kind == "all_to_all" or (op.kind == "scatter" and op.sender.whole):
        return _unless_vague(_value_of_mapping(result), _value_of_mapping(sent))
    if op.kind == "scatter":
        return _unless_vague(result, _value_of_mapping(sent))
    return sent or result


def _unless_vague(result: Type | None, sent: Type | None) -> Type | None:
    """The type in the result, if mypy has one: `_ = await …` is Any to it. What is sent may say it by an alias."""
    if sent is not None and (result is None or result == sent or is_vague(result)):
        return sent
    return result


def is_vague(found: Type) -> bool:
    """Whether some part of the type is unknown, as an overloaded fold or an f-string around it leaves it."""
    return found.kind == "any" or found.name == "builtins.object" or any(map(is_vague, found.args))


def _said_longer(result: Type | None, sent: Type | None) -> Type | None:
    """The type in the result, but for a union of which mypy left out what is derived from something else in it."""
    if result is not None and sent is not None:
        return sent if leaves_out(result, sent) else result
    return result or sent


def _value_of_mapping(found: Type | None) -> Type | None:
    if found is not None and found.kind == "collection" and len(found.args) == 2:
        return found.args[1]
    return None
