"""What the program calls a type that mypy has made of several: `[first, *rest]` is a list of answers if these are.

mypy takes aliases apart where it joins types and where it finds out what a type variable stands for. Only imported when
mypy runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mypy import nodes
from mypy.nodes import Expression

from motetc.frontend.oracle_unions import said_union, sayings
from motetc.ir.types import Type

TypeOf = Callable[[Expression], Type | None]


def said_by_parts(o: Expression, found: Type, type_of: TypeOf) -> Type:
    """The type of an expression, its unions said as those of which they were made, its items as all of them are."""
    if found.kind == "collection":
        found = _of_items(o, found, type_of)
    return said_as(found, map(type_of, parts_of(o))) if _has_unsaid(found) else found


def said_as(found: Type, given: Iterable[Type | None]) -> Type:
    """A type, its unions said as they are in others; what has two names there has none."""
    known: dict[Type, Type] = {}
    twice = set[Type]()
    for union in (union for one in given for union in _unions(one)):
        if union.said != known.setdefault(union, union).said:
            twice.add(union)
    return _said(found, [union for union in known if union not in twice])


def item_of(found: Type | None) -> Type | None:
    """What an iterable gives, one by one."""
    if found is None or not found.args or found.kind not in ("collection", "vartuple"):
        return None
    return found.args[0]


def parts_of(o: Expression) -> Iterator[Expression]:
    """The expressions of whose values a value may be made."""
    match o:
        case nodes.CallExpr():
            if isinstance(o.callee, nodes.MemberExpr):
                yield o.callee.expr
            yield from o.args
        case nodes.DictExpr():
            for key, value in o.items:
                yield from (key, value) if key is not None else (value,)
        case nodes.ListExpr() | nodes.SetExpr() | nodes.TupleExpr():
            yield from (i.expr if isinstance(i, nodes.StarExpr) else i for i in o.items)
        case nodes.ListComprehension() | nodes.SetComprehension():
            yield o.generator.left_expr
        case nodes.GeneratorExpr():
            yield o.left_expr
        case nodes.DictionaryComprehension():
            yield from (o.value,) if o.key is None else (o.key, o.value)
        case nodes.ConditionalExpr():
            yield from (o.if_expr, o.else_expr)
        case nodes.OpExpr():
            yield from (o.left, o.right)
        case nodes.AwaitExpr():
            yield o.expr
        case nodes.IndexExpr():
            yield o.base
        case nodes.AssignmentExpr():
            yield o.value
        case nodes.LambdaExpr():
            result = o.body.body[-1]
            if isinstance(result, nodes.ReturnStmt) and result.expr is not None:
                yield result.expr


def _of_items(o: Expression, found: Type, type_of: TypeOf) -> Type:
    """The type of a list, set or dict that is written out, each of its sides said as all values in it are."""
    match o:
        case nodes.DictExpr() if all(key is not None for key, _ in o.items):
            sides = [[k for k, _ in o.items if k is not None], [value for _, value in o.items]]
        case nodes.DictionaryComprehension() if o.key is not None:
            sides = [[o.key], [o.value]]
        case nodes.ListExpr() | nodes.SetExpr():
            sides = [o.items]
        case nodes.ListComprehension() | nodes.SetComprehension():
            sides = [[o.generator.left_expr]]
        case _:
            return found
    agreed = (_agreed([_item(part, type_of) for part in side]) for side in sides)
    args = (new if new == old else old for new, old in zip(agreed, found.args, strict=True))
    return replace(found, args=tuple(arg for arg in args if arg is not None))


def _item(o: Expression, type_of: TypeOf) -> Type | None:
    return item_of(type_of(o.expr)) if isinstance(o, nodes.StarExpr) else type_of(o)


def _agreed(items: Sequence[Type | None]) -> Type | None:
    """The type of all of some values, if all of them are said in the same way."""
    said = {(item, *(sayings(item) if item is not None else ())) for item in items}
    return items[0] if len(said) == 1 else None


def _has_unsaid(found: Type) -> bool:
    """Whether a union in a type has no name."""
    if found.said is not None and found.said.kind == "alias":
        return False
    return found.kind == "union" or any(map(_has_unsaid, found.args))


def _unions(found: Type | None) -> Iterator[Type]:
    """The unions in a type that have a name."""
    if found is None:
        return
    if found.kind == "union" and found.said is not None:
        yield found
    for part in (*found.args, *(found.said.args if found.said is not None else ())):
        yield from _unions(part)


def _said(found: Type, named: Iterable[Type]) -> Type:
    """A type with the names of its unions, and with those of unions that are parts of others."""
    named = tuple(named)
    if not named or not _has_unsaid(found):
        return found
    if found.kind != "union":
        return replace(found, args=tuple(_said(arg, named) for arg in found.args))
    whole = next((union for union in named if union == found), None)
    if whole is not None or found.said is not None:
        return whole or found
    inside = [union for union in named if {*union.args} < {*found.args}]
    widest = [u for u in inside if not any({*u.args} < {*other.args} for other in inside)]
    if len(widest) != 1:
        return found
    return said_union([*widest, *(arg for arg in found.args if arg not in widest[0].args)])
