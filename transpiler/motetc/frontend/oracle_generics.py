"""What the type variables of choreographies stand for where they are called. Only imported when mypy runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mypy import nodes
from mypy.constraints import SUBTYPE_OF, SUPERTYPE_OF, infer_constraints
from mypy.nodes import Expression
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, TypeVarId, TypeVarType, get_proper_type
from mypy.types import Type as MypyType

Types = Mapping[Expression, MypyType]


def given_types(call: nodes.CallExpr, types: Types) -> dict[str, tuple[MypyType, ...]]:
    """The type behind each type variable, in a call of a choreography; and what the arguments alone would make of it.

    They differ where mypy has what is around the call decide: `str(await f(x))` takes an `object`, and so does `f`.
    """
    declared, here = _declared(call), get_proper_type(types.get(call.callee))
    if declared is None or not isinstance(here, CallableType):
        return {}
    variables = {v.id: v.name for v in declared.variables if isinstance(v, TypeVarType)}
    wanted = (*declared.arg_types, declared.ret_type)
    found = zip(wanted, (*here.arg_types, here.ret_type), strict=False)
    given = _solved(found, SUBTYPE_OF, variables)
    passed = _solved(_arguments(call, declared, types), SUPERTYPE_OF, variables)
    return {
        name: (one[0], *([make_simplified_union(passed[name])] if name in passed else []))
        for name, one in given.items()
    }


def _solved(
    pairs: Iterator[tuple[MypyType, MypyType]], direction: int, variables: Mapping[TypeVarId, str]
) -> dict[str, list[MypyType]]:
    """What type variables come to when types that mention them are held against others."""
    found: dict[str, list[MypyType]] = {}
    for template, actual in pairs if variables else ():
        for one in infer_constraints(template, actual, direction):
            if one.type_var in variables:
                found.setdefault(variables[one.type_var], []).append(one.target)
    return found


def _arguments(
    call: nodes.CallExpr, declared: CallableType, types: Types
) -> Iterator[tuple[MypyType, MypyType]]:
    """What is declared of each parameter, and what it is given."""
    names = list(declared.arg_names)
    for index, (arg, name) in enumerate(zip(call.args, call.arg_names, strict=True)):
        place, actual = names.index(name) if name in names else index, types.get(arg)
        if place < len(names) and actual is not None:
            yield declared.arg_types[place], actual


def _declared(call: nodes.CallExpr) -> CallableType | None:
    """The type of the choreography that is called, as it is declared: all of them are decorated."""
    callee = call.callee
    node = callee.node if isinstance(callee, nodes.RefExpr) else None
    found = node.func.type if isinstance(node, nodes.Decorator) else None
    return found if isinstance(found, CallableType) else None
