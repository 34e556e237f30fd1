"""What to do about values that cannot travel."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Final

import libcst as cst

from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.ir.generic_types import blurred, substituted
from motetc.ir.mutability import LAZY
from motetc.ir.nodes import Block, Choreography, Comm, Return, Simple, Stmt
from motetc.ir.roles import Role
from motetc.ir.standard_data import instead_of, part_instead
from motetc.ir.types import Declared, Type
from motetc.ir.typetext import short
from motetc.ir.walk import statements
from motetc.passes.payloads import is_vague
from motetc.passes.uses import Atom

BRIEF: Final = 60
_GONE_THROUGH: Final = frozenset(
    {*LAZY} | {f"_collections_abc.dict_{name}" for name in ("items", "keys", "values")}
)
_MADE_OF_FIELDS: Final = frozenset({"dataclass", "namedtuple", "typeddict"})
_GENERAL: Final = (
    "send its data instead: a dataclass, a tuple, a scalar; or register a codec for the class"
)
COROUTINE: Final = "typing.Coroutine["
"""How the name of the type begins that a call of an `async` function has."""


def cure(found: Type, program: Program, declared: Declared, value: str) -> str:
    """What to do about a value that cannot travel; `value` is how it is written, as an operand."""
    if found.kind == "location":
        return f"name what is needed of it: `{value}.…`"
    if found.kind == "other" and found.name.startswith(("def (", "def [", "Overload(")):
        return "send what it is called with, or what it gives; who receives that can call a function by name"
    instead = instead_of(found)
    if instead is not None:
        return f"send `{instead.made.format(value)}`"
    if found.kind == "any" and found.name == "unannotated" and value.endswith(")"):
        return f"write what `{value.partition('(')[0]}` gives where it is defined: `-> …`"
    if is_vague(found):
        said = f", such as `{_with_gaps(found)}`" if found.args else ""
        return f"annotate the value{said}: what travels has a type that both ends agree on"
    if found.kind == "typevar":
        return f"send a value: `{found.name}` stands for a location"
    if found.kind == "other" and found.name.startswith(("typing.Generator[", "typing.Iterator[")):
        return "send `tuple(…)` of it: what is made step by step stays where it is made"
    if found.name.partition("[")[0] in _GONE_THROUGH:
        return "send `tuple(…)` of it"
    if found.kind == "other" and found.name.startswith(COROUTINE):
        return "await it: what is wanted is the result of the call"
    if any(arg.name == "Never" for arg in found.args):
        return "say of what it is, on a line of its own: `x: At[…, …] = …`, and send `x`"
    if found.kind == "alias" and (written := _written_out(found, declared)):
        return f"write what is sent as an alias of its own: `{written}`"
    return (
        subclasses_instead(found, program)
        or _part_instead(found, declared)
        or _typed_field(found, declared, frozenset())
        or _GENERAL
    )


def class_at_fault(found: Type, declared: Declared, why_not: Callable[[Type], str | None]) -> str:
    """The class in a type that cannot travel for what is in it, whatever it is sent in; "" if there is none."""
    decl = declared(found.name) if found.kind == "class" and not found.args else None
    if decl is not None and decl.kind in _MADE_OF_FIELDS and why_not(found) is not None:
        return found.name
    return next(filter(None, (class_at_fault(arg, declared, why_not) for arg in found.args)), "")


def _typed_field(found: Type, declared: Declared, seen: frozenset[str]) -> str:
    """How the first field of a class in a type gets a type, if it has none that says anything, or is not kept."""
    decl = declared(found.name) if found.kind == "class" and found.name not in seen else None
    seen |= {found.name}
    for field in decl.fields if decl is not None else ():
        if (field.type.kind, field.type.name) == ("other", "InitVar"):
            return f"keep it: in `{short(found)}`, `{field.name}: …` without `InitVar`"
        if is_vague(field.type):
            return f"say in `{short(found)}` what it is: `{field.name}: {_with_gaps(field.type)}`"
    inside = [*found.args, *(field.type for field in decl.fields)] if decl else found.args
    return next(filter(None, (_typed_field(part, declared, seen) for part in inside)), "")


def _with_gaps(found: Type) -> str:
    """A type, but for what says nothing in it."""
    return re.sub(r"\b(Any|object)\b", "…", short(found))


def _written_out(found: Type, declared: Declared) -> str:
    """A generic alias without its variables, if mypy cannot tell what they stand for."""
    decl = declared(found.name)
    if decl is None or decl.target is None or blurred(decl.target) is None:
        return ""
    name = found.name.rpartition(".")[2]
    words = re.findall("[A-Za-z0-9]+", " ".join(map(short, found.args)).title())
    called = f"{name}Of{''.join(words)}"
    given = dict(zip(decl.params, found.args, strict=False))
    text = short(substituted(decl.target, given)).replace(short(found), called)
    return (
        f"type {called} = {text}"
        if sys.version_info >= (3, 12)
        else f'{called}: TypeAlias = "{text}"'
    )


def _part_instead(found: Type, declared: Declared) -> str:
    part = part_instead(found, declared)
    if part is None:
        return ""
    name, (text, made) = part
    return f"say `{text}` instead of `{name}` where it gets its type, and make it by `{made.format('…')}`"


def freezing(
    binder: cst.Assign, by: str, code: Callable[[cst.CSTNode], str], scratch: Container[str]
) -> str:
    """The assignment of an immutable value, made by `by`; "" where it is to more than a name. `scratch`: our names."""
    value = binder.value
    match binder:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            if isinstance(value, cst.Call) and code(value.func) in ("list", "set") and value.args:
                value = value.args[0].value
            text = code(value)
            if isinstance(value, cst.GeneratorExp):
                text = text.removeprefix("(").removesuffix(")")
            elif isinstance(value, cst.ListComp | cst.SetComp) and not text.endswith("…"):
                text = text[1:-1].strip()  # what is made of it needs no container between
            hidden = any(read in scratch for read in names_of(value).reads)
            cut = len(text) > BRIEF or "\n" in text or text.endswith("…")
            shown = "…" if hidden or cut else text
            return f"freeze it, `{name} = {by}({shown})`"
    return ""


def is_empty(value: cst.BaseExpression) -> bool:
    """Whether it is a container that is still to be filled: frozen, it would be of no use."""
    match value:
        case cst.List(elements=[]) | cst.Dict(elements=[]):
            return True
        case cst.Call(func=cst.Name("list" | "dict" | "set"), args=[]):
            return True
    return False


def keeper(name: str, choreography: Choreography, roles: Sequence[Role]) -> Role:
    """The location of `roles` that has a use for a value: to which something comes with it, that has it in a block, or
    that gets it in the end; the first, if none has.
    """
    among = {role.name: role for role in roles}
    users = (
        user for stmt in statements(choreography.body) for user in _users(name, stmt, choreography)
    )
    return next((among[user] for user in users if user in among), roles[0])


def _users(name: str, stmt: Stmt, choreography: Choreography) -> Iterator[str]:
    """The locations that have a use for a value in a statement."""
    match stmt:
        case Simple(node=node, roots=roots) if name in names_of(node).reads:
            for op in (op for root in roots for op in root.ops if isinstance(op, Comm)):
                sent = name in names_of(op.value.expr).reads
                yield from [op.sender.role] if sent else (seat.role for seat in op.receivers)
            yield from (
                role.name for role in choreography.roles if role.name in names_of(node).reads
            )
        case Block(seats=seats, reads=reads) if name in reads:
            yield from (seat.role for seat in seats)
        case Return(values=values):
            for value, result in zip(values, choreography.results, strict=False):
                if name in names_of(value.expr).reads:
                    yield from result.place.modes


def is_attempt(atom: Atom) -> bool:
    """Whether it is a call that stays where it is, and what it is given comes to it."""
    return ".attempt(" in atom.full


def attempted_elsewhere(atoms: Iterable[Atom], roles: Container[str]) -> str:
    """What to do about a location that attempts a function of another one; "" if none does."""
    for atom in filter(is_attempt, atoms):
        function = atom.full.partition(".attempt(")[2].partition(",")[0]
        owner = function.partition(".")[0]
        if owner in roles and owner not in atom.place:
            return f"a function is attempted where it is: `await {owner}.attempt(…)`"
    return ""


def subclasses_instead(found: Type, program: Program) -> str:
    """What to say in place of a class that stands for those derived from it; "" if the type names none.

    `object` is what mypy takes values for that have nothing in common, as the items of a list may.
    """
    named = {*_classes(found)}
    for base in _classes(found):
        if base == "builtins.object":
            what = "say what they may be, where they get their type: `A | B`, `list[A | B]`"
            return f"they have no type in common: {what}"
        derived = program.subclasses(base)
        own = " | ".join(name.rpartition(".")[2] for name in derived)
        if own and named.isdisjoint(derived):
            said = base.rpartition(".")[2]
            return f"say what it may be, where it gets its type: `{own}` instead of `{said}`"
    return ""


def _classes(found: Type) -> Iterator[str]:
    """The classes that a type names."""
    if found.kind == "class":
        yield found.name
    for arg in found.args:
        yield from _classes(arg)
