"""Accumulators: what they begin with, what type they have, how a step changes them."""

from __future__ import annotations

import libcst as cst

from motetc.frontend.tree import code_for
from motetc.ir.live import Live
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.expressions import CALLED_AS_IT_IS, is_name
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.inline import parameters
from motetc.passes.fuse.names import may_be_none

_EMPTY = {"list": "[]", "dict": "{}", "set": "set()"}
_LITERALS = {cst.Integer: "int", cst.Float: "float", cst.SimpleString: "str"}


def is_factory(fuser: Fuser, expr: cst.BaseExpression) -> bool:
    """Whether `init` is called for the first value."""
    if isinstance(expr, cst.IfExp):
        return is_factory(fuser, expr.body) and is_factory(fuser, expr.orelse)
    found = fuser.type_of(expr)
    return isinstance(expr, cst.Lambda) or (
        found is not None
        and (found.name == "functools.partial" or (found.kind == "other" and "def" in found.name))
    )


def initial(fuser: Fuser, expr: cst.BaseExpression) -> str:
    """The first value: `init` itself, or what calling it gives."""
    return made(fuser, expr) if is_factory(fuser, expr) else fuser.text(expr)


def made(fuser: Fuser, expr: cst.BaseExpression) -> str:
    """What calling a function without arguments gives."""
    if isinstance(expr, cst.Lambda):
        return fuser.text(expr.body)
    text = fuser.text(expr)
    if not isinstance(expr, CALLED_AS_IT_IS):
        return f"({text})()"
    return _EMPTY.get(text.partition("[")[0], f"{text}()")


def is_constant(fuser: Fuser, expr: cst.BaseExpression) -> bool:
    """Whether every key may begin with the same object."""
    return not is_factory(fuser, expr) or is_name(initial(fuser, expr))


def declare(fuser: Fuser, live: Live, name: str, text: str, type_: Type | None) -> None:
    """A variable for the whole flow; its type is said where the value alone does not say it."""
    said = "" if _is_said(text, type_) else f": {fuser.annotation(type_)}"
    fuser.state.line(f"{name}{said} = {text}", live.span)


def _is_said(text: str, type_: Type | None) -> bool:
    parsed = cst.parse_expression(text)
    if type_ is None:
        return not isinstance(parsed, (cst.List, cst.Dict)) and text != "set()"
    if isinstance(parsed, cst.Name) and parsed.value in ("True", "False"):
        return type_.name == "bool"
    if isinstance(parsed, cst.Call):
        return type_.kind == "class" and not type_.args and text.startswith(f"{_last(type_.name)}(")
    return any(isinstance(parsed, k) and type_.name == n for k, n in _LITERALS.items())


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def accumulator_type(fuser: Fuser, live: Live) -> Type | None:
    """The type of the first argument of `f`."""
    f = live.arguments["f"].expr
    if not isinstance(f, cst.Lambda):
        found = fuser.type_of(f)
        if found is not None and len(found.args) > 1 and not _is_generic(found.args[1]):
            return found.args[1]
        if found is not None and found.name == "functools.partial" and found.args:
            return _first_of(found.args[0]) or _first_type(fuser, live)
        return _first_type(fuser, live)
    names = parameters(f) or [""]
    for node in _names_in(f.body):
        if node.value == names[0]:
            found = fuser.type_of(node)
            if found is not None:
                return found
    return _first_type(fuser, live)


def _first_of(given: Type) -> Type | None:
    """The state in what a step gives: the first of a tuple, which may be None instead."""
    if given.kind == "union":
        found = [_first_of(member) for member in given.args if member.name != "None"]
        return found[0] if len(found) == 1 else None
    known = given.kind == "tuple" and bool(given.args) and not _is_generic(given.args[0])
    return given.args[0] if known else None


def _first_type(fuser: Fuser, live: Live) -> Type | None:
    """The type of the first value."""
    init = live.arguments["init"].expr
    found = fuser.type_of(init)
    return found.args[0] if found is not None and found.args and is_factory(fuser, init) else found


def _is_generic(type_: Type) -> bool:
    return type_.kind == "typevar" or any(map(_is_generic, type_.args))


def _names_in(node: cst.CSTNode) -> list[cst.Name]:
    found = [node] if isinstance(node, cst.Name) else []
    return found + [n for child in node.children for n in _names_in(child)]


def augmented(name: str, text: str, type_: Type | None) -> str:
    """`+= x` for `= name + x`, where that means the same; else `= text`."""
    parsed = cst.parse_expression(text)
    immutable = type_ is not None and type_.kind in ("scalar", "tuple", "vartuple")
    if not immutable or not isinstance(parsed, cst.BinaryOperation) or parsed.lpar:
        return f"= {text}"
    first = isinstance(parsed.left, cst.Name) and parsed.left.value == name
    if not first or _reads(parsed.right, name):
        return f"= {text}"
    sign = code_for(parsed.operator).strip()
    return f"{sign}= {code_for(parsed.right)}"


def _reads(node: cst.CSTNode, name: str) -> bool:
    return any(n.value == name for n in _names_in(node))


class Kept:
    """A variable that has a value from some element on: None before, with a flag if None may be a value."""

    def __init__(self, fuser: Fuser, live: Live, hint: str) -> None:
        kind = fuser.element_type(live)
        self.name = fuser.variable(live, hint)
        self.flagged = may_be_none(kind)
        self.flag = f"has_{self.name}"
        self.type = kind

    @property
    def present(self) -> str:
        """The condition under which there is a value."""
        return self.flag if self.flagged else f"{self.name} is not None"

    @property
    def absent(self) -> str:
        """The opposite."""
        return f"not {self.flag}" if self.flagged else f"{self.name} is None"

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Nothing is there yet."""
        said = fuser.annotation(self.type)
        none = "" if self.type is not None and _has_none(self.type) else " | None"
        fuser.state.line(f"{self.name}: {said}{none} = None", live.span)
        if self.flagged:
            fuser.taken.add(self.flag)
            fuser.state.line(f"{self.flag} = False", live.span)

    def keep(self, text: str, live: Live, code: Code) -> None:
        """This is the value now."""
        code.assign(self.name, f"= {text}", live.span)
        if self.flagged:
            code.assign(self.flag, "= True", live.span)

    def value(self) -> Value:
        """The value, to be read."""
        return Value(self.name, True, self.type, present=self.present)


def _has_none(type_: Type) -> bool:
    return type_.kind == "union" and any(a.name == "None" for a in type_.args)


def step(fuser: Fuser, live: Live, acc: Value, element: Element, code: Code) -> str:
    """The text of `f(acc, x)`."""
    return fuser.apply(live.arguments["f"].expr, [acc, element.value], code, element.sole)
