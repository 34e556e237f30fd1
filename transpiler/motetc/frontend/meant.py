"""What an annotation that says a place in a wrong form was meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.annotations import union_parts, unquote
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.ir.roles import Role

_FORMS = {"motet.At": "At", "motet.Each": "Each", "typing.Annotated": "At"}


def meant_located(
    program: Program, module: SourceModule, annotation: cst.BaseExpression, roles: Sequence[Role]
) -> str:
    """`At[T, A | B]` of the same parts in another order or other brackets; "" where that is no way to read it."""
    shown = unquote(annotation)
    form, items = _parts(shown)
    name = _FORMS.get(program.resolve(module, form) or "", "") if form is not None else ""
    values: list[str] = []
    places: list[str] = []
    for item in items:
        parts = map(unquote, union_parts(item))
        named = [_place(program, module, part, roles) for part in parts]
        if all(named):
            places += named
        else:
            values.append(module.code(item))
    found = f"{name}[{''.join(values)}, {' | '.join(places)}]"
    wanted = name and len(values) == 1 and places and found != module.code(shown)
    return found if wanted else ""


def _parts(shown: cst.BaseExpression) -> tuple[cst.BaseExpression | None, list[cst.BaseExpression]]:
    """What stands before the brackets and within them, those of lists and tuples taken apart."""
    match shown:
        case cst.Subscript(value=form, slice=elements):
            items = [e.slice.value for e in elements if isinstance(e.slice, cst.Index)]
        case cst.Call(func=form, args=args):
            items = [arg.value for arg in args]
        case _:
            return None, []
    return form, [part for item in items for part in _elements(item)]


def _elements(item: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(item, (cst.List, cst.Tuple)):
        for element in item.elements:
            yield from _elements(element.value)
    else:
        yield item


def _place(
    program: Program, module: SourceModule, part: cst.BaseExpression, roles: Sequence[Role]
) -> str:
    """The class of the location that is named by its class or its parameter; "" for anything else."""
    full, code = program.resolve(module, part), module.code(part)
    found = (r.class_name for r in roles if code in (r.name, r.class_name) or full == r.location)
    return next(found, "")
