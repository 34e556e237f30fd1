"""What the type variables of a function stand for where it is called. Only imported when mypy runs."""

from __future__ import annotations

from mypy.constraints import SUBTYPE_OF, infer_constraints
from mypy.types import CallableType, TypeVarType, get_proper_type
from mypy.types import Type as MypyType


def given_types(declared: MypyType | None, here: MypyType) -> dict[str, MypyType]:
    """The type behind each type variable of a function that is `declared` so, and is of the type `here` in a call.

    mypy has put them in already; holding the two types against each other tells which they are.
    """
    found = get_proper_type(here)
    if not isinstance(declared, CallableType) or not isinstance(found, CallableType):
        return {}
    variables = {v.id: v.name for v in declared.variables if isinstance(v, TypeVarType)}
    given: dict[str, MypyType] = {}
    pairs = zip((*declared.arg_types, declared.ret_type), (*found.arg_types, found.ret_type), strict=False)
    for template, actual in pairs if variables else ():
        for one in infer_constraints(template, actual, SUBTYPE_OF):
            name = variables.get(one.type_var)
            if name is not None:
                given.setdefault(name, one.target)
    return given
