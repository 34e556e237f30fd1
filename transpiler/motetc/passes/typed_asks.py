"""What only types tell that functions ask of what is each location's own: the order in which one goes over a set, where
something is in memory, the local time zone.

Runs when mypy has answered, after `promises.py`, which goes by the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import nodes
from motetc.ir.answers import TypeIn, TypeOf
from motetc.ir.mutability import holds_set, is_set
from motetc.ir.purity import ALIKE, IN_ORDER, LOCAL_TIME, PASSING, TEXTS
from motetc.ir.types import Declared, Type
from motetc.passes.chance import Chance, chance_of
from motetc.passes.promises import differing_pure, function_in

_IN_ORDER: Final = IN_ORDER | {"extend", "from_iterable", "fromkeys", "join"}
FUNCTIONS: Final = ("def ", "def[", "Overload(")  # how mypy writes the types of functions
_PLAIN: Final = frozenset({"literal", "scalar", "tuple", "vartuple"})


@dataclass(frozen=True, slots=True)
class TypedAsks:
    """What functions of one module ask of what differs from location to location, as only types tell."""

    chance: Chance
    module: SourceModule
    type_of: TypeOf
    declared: Declared

    def first(self, full: str, seen: frozenset[str] = frozenset()) -> str:
        """The first that a function of the module asks, or one of the module that it uses; "" if nothing is seen."""
        full = self.chance.defined(full)
        owner, name = self.chance.program.split(full)
        node = function_in(self.module, name) if owner is self.module and full not in seen else None
        if node is None:
            return ""
        if found := next(self._asked(node), ""):
            return found
        reach = self.chance.reach(full)
        used = [self.chance.resolved(self.module, use) for use in reach.used] if reach else []
        return next(filter(None, (self.first(name, seen | {full}) for name in used)), "")

    def _asked(self, function: cst.FunctionDef) -> Iterator[str]:
        if function.name.value in ("__hash__", "__repr__"):
            return
        for gone, whole in _orders(function, self.type_of, self.declared):
            yield f"the order of {'' if whole else 'the set in '}`{self.module.code(gone)}`"
        for node in nodes(function.body):
            for shown in _shown(node):
                found = self.type_of(shown)
                if found is not None and shows_identity(found, self.declared, self.chance):
                    yield f"where `{self.module.code(shown)}` is in memory"
            if isinstance(node, cst.Comparison) and self._compares_values(node):
                yield f"whether it is one object or two in `{self.module.code(node)}`"
            if isinstance(node, cst.Attribute) and node.attr.value in LOCAL_TIME:
                found = self.type_of(node.value)
                if found is not None and found.name == "datetime.datetime":
                    yield "the local time zone"

    def _compares_values(self, node: cst.Comparison) -> bool:
        """Whether `is` asks it of what Python makes one object of, or two, as it likes; of others the code decides."""
        sides = [node.left, *(target.comparator for target in node.comparisons)]
        found = [self.type_of(side) for side in sides]
        plain = all(side is not None and side.kind in _PLAIN for side in found)
        return plain and asks_identity(node, self.type_of)


def asks_identity(node: cst.Comparison, type_of: TypeOf) -> bool:
    """Whether it is asked if two values are one object, of which there may be two equal ones."""
    left = node.left
    for target in node.comparisons:
        right = target.comparator
        asks = isinstance(target.operator, (cst.Is, cst.IsNot))
        if asks and not any(_is_single(type_of(side)) for side in (left, right)):
            return True
        left = right
    return False


def _is_single(found: Type | None) -> bool:
    """Whether there is one object alone of each value of a type, wherever it was made."""
    if found is None or found.kind in ("enum", "location") or found.name in ("None", "bool"):
        return True
    values = found.kind == "literal" and all(isinstance(v, bool) for v in found.values)
    return values or (found.kind == "other" and not found.name.startswith("typing."))


def shows_identity(found: Type, declared: Declared, chance: Chance) -> bool:
    """Whether the text of a value says where it is in memory: of a function, of what has no text of its own."""
    if found.kind in ("union", "tuple", "vartuple", "collection", "newtype"):
        return any(shows_identity(arg, declared, chance) for arg in found.args)
    if found.kind == "other":
        return found.name.startswith(FUNCTIONS)
    decl = declared(found.name) if found.kind == "class" else None
    if decl is None or decl.kind != "plain":
        return False
    kinds = (found.name, *decl.bases)
    texts = {name.rpartition(".")[2] for kind in kinds for name in chance.specials(kind)}
    own = all(chance.program.split(kind)[0] is not None for kind in kinds)
    return own and not texts & {"__repr__", "__str__", "__format__"}


def check_pure_types(
    program: Program,
    anywhere: TypeIn,
    declared: Declared,
    findings: Findings,
) -> None:
    """Report the first thing that a function marked `@pure` asks, if nothing was said of it before."""
    for full in sorted(program.pure):
        owner, name = program.split(full)
        node = function_in(owner, name) if owner is not None else None
        if owner is None or node is None or chance_of(program).asked(full):
            continue
        asks = TypedAsks(chance_of(program), owner, partial(anywhere, owner.name), declared)
        if found := asks.first(full):
            differing_pure(findings, owner, node, found)


def _orders(
    function: cst.FunctionDef, type_of: TypeOf, declared: Declared
) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """The values whose order the code of a function goes by, and whether they are sets, or have such in them."""
    inside = [*nodes(function.body)]
    alike = {id(arg.value) for node in inside for arg in _given_alike(node, type_of)}
    for node in inside:
        if id(node) not in alike:
            for gone in _gone_over(node, type_of):
                found = type_of(gone)
                if found is not None and is_set(found):
                    yield gone, True
        for shown in _shown(node):
            found = type_of(shown)
            if found is not None and holds_set(found, declared):
                yield shown, is_set(found)


def _called(node: cst.CSTNode) -> str:
    """The last name of what is called."""
    match node:
        case (
            cst.Call(func=cst.Name(value=name))
            | cst.Call(func=cst.Attribute(attr=cst.Name(value=name)))
        ):
            return name
    return ""


def _given_alike(node: cst.CSTNode, type_of: TypeOf) -> Iterator[cst.Arg]:
    """What is handed to what does not look at its order: comprehensions, and what only gives elements on."""
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Name)) or not node.args:
        return
    if node.func.value not in ALIKE or _looks(node, type_of):
        return
    given = node.args[0]
    while isinstance(given.value, cst.Call) and _called(given.value) in PASSING:
        yield given
        if not given.value.args:
            return
        given = given.value.args[-1]
    if isinstance(given.value, (cst.GeneratorExp, cst.ListComp)):
        yield given


def _looks(call: cst.Call, type_of: TypeOf) -> bool:
    """Whether a function that gives one value of many goes by their order after all: sums of floats, ties."""
    name = _called(call)
    if name == "sum":
        given = call.args[0].value
        parts = [given.elt] if isinstance(given, cst.BaseSimpleComp) else []
        found = [type_of(part) for part in parts] or [*getattr(type_of(given), "args", ())]
        return any(part is None or part.name in ("complex", "float") for part in found)
    keyed = any(arg.keyword is not None and arg.keyword.value == "key" for arg in call.args)
    return name in ("max", "min") and keyed


def _gone_over(node: cst.CSTNode, type_of: TypeOf) -> Iterator[cst.BaseExpression]:
    """What a node takes the elements of, one after the other, with a result that may show in which order."""
    yield from gone_over(node)
    match node:
        case (
            cst.ListComp(for_in=clause)
            | cst.GeneratorExp(for_in=clause)
            | cst.DictComp(for_in=clause)
        ):
            inner: cst.CompFor | None = clause
            while inner is not None:
                yield inner.iter
                inner = inner.inner_for_in
        case cst.Arg(star="*", value=gone):
            yield gone
        case cst.Call(func=cst.Attribute(value=gone, attr=cst.Name(value="pop")), args=[]):
            yield gone
        case cst.Call(args=args):
            name = _called(node)
            if name in _IN_ORDER or (name in ALIKE and args and _looks(node, type_of)):
                yield from (arg.value for arg in args)


def gone_over(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What a node other than a call or a comprehension takes the elements of, one after the other."""
    match node:
        case cst.For(iter=gone) | cst.StarredElement(value=gone) | cst.From(item=gone):
            yield gone
        case cst.AugAssign(operator=cst.AddAssign(), value=gone):
            yield gone
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=gone):
            index = target.slice[0].slice if isinstance(target, cst.Subscript) else None
            if isinstance(target, (cst.Tuple, cst.List)) or isinstance(index, cst.Slice):
                yield gone


def _shown(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What becomes part of a text, with the sets in it."""
    match node:
        case cst.FormattedStringExpression(expression=shown):
            yield shown
        case cst.BinaryOperation(left=cst.SimpleString(), operator=cst.Modulo(), right=shown):
            yield shown
        case cst.Call(func=cst.Attribute(value=cst.SimpleString(), attr=attr), args=args):
            yield from (arg.value for arg in args if attr.value == "format")
        case cst.Call(func=cst.Name(value=name), args=args) if name in TEXTS:
            yield from (arg.value for arg in args)
