"""The type of what an operation sends, from mypy's answers about the operation and its argument."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from motetc.frontend.oracle_unions import leaves_out
from motetc.ir.nodes import Comm
from motetc.ir.types import Type

TypeOf = Callable[[cst.CSTNode], Type | None]


def payload_type(op: Comm, type_of: TypeOf) -> Type | None:
    """What one message holds."""
    result = type_of(op.node)
    if op.kind in ("send", "share"):  # the argument's: the result's context may have widened it
        passed_on = next((o for o in op.value.ops if o.node is op.value.expr), None)
        if isinstance(passed_on, Comm) and passed_on.kind in ("send", "share"):
            return payload_type(passed_on, type_of)
        return type_of(op.value.expr) or result
    if op.kind in (
        "reduce",
        "all_reduce",
    ):  # what was folded travels too, so the result's type, if mypy has one
        return type_of(op.value.expr) if result is None or is_vague(result) else result
    if op.kind in ("gather", "all_gather", "all_to_all"):
        return _said_longer(_value_of_mapping(result), type_of(op.value.expr))
    if op.kind == "scatter":
        found, given = result, _value_of_mapping(type_of(op.value.expr))
        if op.sender.whole:
            found = _value_of_mapping(result)
        return given if found is None or found == given else found  # which may say it by an alias
    return type_of(op.value.expr) or result


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
