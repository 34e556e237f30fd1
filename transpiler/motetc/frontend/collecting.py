"""One walk over the code of a definition: what it uses, changes, hands on and gives.

By names alone: a local name that is taken out of something is followed to that, as long as it is plain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from motetc.frontend.definitions import Handed, Used
from motetc.frontend.mutation import MUTATING, dotted, mutated

_BOUND: Final = frozenset({"add", "append", "appendleft", "discard", "extend", "insert", "remove"})
_READING_FILES: Final = frozenset({"read_bytes", "read_text"})
_TAKING: Final = frozenset({"get", "items", "pop", "setdefault", "values"})
_GOING_OVER: Final = frozenset({"enumerate", "reversed", "zip"})
_KEEPING: Final = frozenset(
    {"add", "append", "appendleft", "insert", "push", "put", "register", "setdefault"}
)
_ITEM: Final = "[]"  # behind the name of what an item is taken out of
_KEEPING_PARTS: Final = frozenset({"extend", "extendleft", "update"})
_EVALUATED_NOT: Final = frozenset({"annotation", "returns", "ctx", "op", "ops", "type_comment"})


def class_name(node: ast.AST) -> str:
    """The name of a class, of whatever it is made of."""
    return dotted(node.value if isinstance(node, ast.Subscript) else node)


class Collector:
    """One walk over a piece of code, in which the names `free` are those of the module."""

    def __init__(self, free: frozenset[str], imported: Mapping[str, str]) -> None:
        self.free = free
        self.imported = imported
        self.used: list[Used] = []
        self.changed: dict[str, int] = {}
        self.rebound: set[str] = set()
        self.first = ""  # the first parameter of a method, and the attributes of it that are used and changed
        self.own_used: set[str] = set()
        self.own_changed: set[str] = set()
        self.lent: set[str] = set()
        self.lent_by: set[str] = set()
        self.handed: list[Handed] = []
        self.given: list[Handed] = []
        self.kept: dict[str, int] = {}
        self.kept_parts: dict[str, int] = {}
        self.owner = ""  # the class of which it is a method
        self.kinds: dict[str, str] = {}
        self.params: set[str] = set()
        self.growing: set[str] = set()  # of the parameters, those that `+=` changes
        self.always: set[int] = set()  # statements under no condition, by id
        self.altered: set[str] = set()  # of the parameters
        self.lines: dict[str, int] = {}  # where
        self.other_names: dict[str, frozenset[str]] = {}  # local ones, of what `_within` says

    def visit(self, node: ast.AST) -> None:
        """Note what a node uses and changes."""
        kind = type(node)
        if kind in _NAMED and self._use(node):
            if isinstance(node, ast.Call):
                self._hand(node)
            return
        if kind in MUTATING:
            assert isinstance(node, (ast.stmt, ast.expr))
            self._note(node)
        if isinstance(node, ast.Call):
            self._hand(node)
        if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) and node.value is not None:
            for given in displayed(node.value):
                self._lend(given)
                self._keep(given)
        if isinstance(node, ast.Attribute):
            if node.attr in _READING_FILES:
                self.used.append(Used("builtins.open", imported=True, called=True, given=1))
            if isinstance(node.value, ast.Name) and node.value.id == self.first:
                self.own_used.add(node.attr)
        for part in _evaluated(node):
            self.visit(part)

    def _lend(self, value: ast.expr) -> None:
        """Note what of the first parameter is given; a function may give what is given to it."""
        parts = (value, *value.args) if isinstance(value, ast.Call) else (value,)
        for whole in (name for part in parts for name in self._of(part)):
            head, _, rest = whole.partition(".")
            if head == self.first and rest:
                self.lent.add(rest.partition(".")[0])
        method = value.func if isinstance(value, ast.Call) else None
        if isinstance(method, ast.Attribute) and dotted(method.value) == self.first:
            self.lent_by.add(method.attr)

    def _keep(self, value: ast.expr, part: bool = False) -> None:
        """Note a parameter or a value of the module that is put where it may be changed from. `part`: what is in it."""
        for name in self._within(value):
            head, _, attribute = name.partition(".")
            if head not in self.params or not attribute:
                kept = self.kept_parts if part or _ITEM in name else self.kept
                kept.setdefault(name.replace(_ITEM, ""), value.lineno)

    def _hand(self, call: ast.Call) -> None:
        """Note what a parameter, an attribute of it, or a value of the module is handed to."""
        if isinstance(call.func, ast.Attribute):
            for whole in self._of(call.func.value):
                param, _, rest = whole.partition(".")
                if param in self.params:
                    of = rest.partition(".")[0]
                    self.handed.append(Handed(param, call.func.attr, True, of))
            for arg in call.args:
                if call.func.attr in _KEEPING:
                    self._keep(arg)
                elif call.func.attr in _KEEPING_PARTS:
                    self._keep(arg, True)
        called = self._called(call.func)
        if called is None:
            return
        given: list[tuple[int | str, ast.expr]] = [*enumerate(call.args)]
        given += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
        for at, arg in given:
            for marked in sorted(self._within(arg)):
                whole, item = marked.replace(_ITEM, ""), _ITEM in marked
                name, _, rest = whole.partition(".")
                is_param = name in self.params
                of = rest.partition(".")[0] if is_param else ""
                handed = self.handed if is_param else self.given
                shown = name if is_param else whole
                full, imported, bound = called
                handed.append(
                    Handed(shown, full, False, of, imported, at, bound, item, call.lineno)
                )

    def _called(self, function: ast.expr) -> tuple[str, bool, bool] | None:
        """What is called, if that has a name; whether that is imported here, and whether it is a method of a value."""
        head, _, rest = dotted(function).partition(".")
        if head in self.imported:
            return ".".join(filter(None, [self.imported[head], rest])), True, False
        if head in self.free:
            return dotted(function), False, False
        kind = self.owner if head == self.first else self.kinds.get(head, "")
        return (f"{kind}.{rest}", False, True) if kind and rest and "." not in rest else None

    def _use(self, node: ast.AST) -> bool:
        """Note a name, an attribute of one, or a call of either; whether it was one."""
        call = node if isinstance(node, ast.Call) else None
        name = dotted(call.func if call is not None else node)
        head, _, rest = name.partition(".")
        if head not in self.free and head not in self.imported:
            return False
        imported = head in self.imported
        full = ".".join(filter(None, [self.imported[head], rest])) if imported else name
        given = len(call.args) + len(call.keywords) if call is not None else 0
        line = getattr(node, "lineno", 0)
        self.used.append(Used(full, imported, call is not None, given, line))
        base, _, method = name.rpartition(".")
        if call is None and method in _BOUND and base and not imported:
            self.changed.setdefault(base, line)  # whoever is given this will call it
        if call is not None:
            self._note(call)
            for part in (*call.args, *call.keywords):
                self.visit(part)
        return True

    def _note(self, node: ast.stmt | ast.expr) -> None:
        if isinstance(node, ast.Global):
            self.rebound.update(node.names)
        self._name_anew(node)
        by_name = isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(
            node.target, ast.Name
        )
        for name in mutated(node):
            head, _, rest = name.partition(".")
            if head in self.free:
                self.changed.setdefault(name, node.lineno)
            elif head in self.params:
                if not by_name or head in self.growing:
                    self._alter(name, node.lineno)
            elif head in self.other_names and not by_name:
                for other in self.other_names[head]:
                    whole = ".".join(filter(None, [other.replace(_ITEM, ""), rest]))
                    self._change_there(whole, node.lineno)
        if self.owner and (name := _of_its_class(node, self.first)):
            self.changed.setdefault(f"{self.owner}.{name}", node.lineno)

    def _change_there(self, whole: str, line: int) -> None:
        if whole.partition(".")[0] in self.params:
            self._alter(whole, line)
        else:
            self.changed.setdefault(whole, line)

    def _alter(self, name: str, line: int) -> None:
        param, _, rest = name.partition(".")
        self.altered.add(param)
        if param == self.first and rest:
            self.own_changed.add(rest.partition(".")[0])
        self.lines.setdefault(param, line)

    def _name_anew(self, node: ast.stmt | ast.expr) -> None:
        """Note a local name for a value of the module, for a parameter, or for what is in one: what is changed by that
        name is changed there."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ) if name not in self.free:
                self._alias(name, self._within(value), id(node) in self.always)
                if isinstance(value, ast.Call) and (made := dotted(value.func))[:1].isupper():
                    self.kinds[name] = made
                if id(node) in self.always:
                    self.params.discard(name)
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Tuple(elts=values)):
                for part, value in zip(parts, values, strict=False):
                    self._name_anew(ast.copy_location(ast.Assign([part], value), node))
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=of), attr=name)], value=value):
                if of == self.first and isinstance(value, ast.Call):
                    self.kinds[f".{name}"] = dotted(value.func)
                self._keep_displayed(value)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_], value=value):
                self._keep_displayed(value)
            case ast.AnnAssign(target=ast.Attribute(attr=name) as target, annotation=said):
                if isinstance(target.value, ast.Name) and target.value.id == self.first:
                    self.kinds[f".{name}"] = class_name(said)
                if node.value is not None:
                    self._keep_displayed(node.value)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                found = frozenset(name for part in self._gone_over(value) for name in part)
                for inner in ast.walk(target):
                    if isinstance(inner, ast.Name) and inner.id not in self.free:
                        self._alias(inner.id, found, False)

    def _keep_displayed(self, value: ast.expr) -> None:
        for part in displayed(value):
            self._keep(part)

    def _alias(self, name: str, wholes: frozenset[str], always: bool) -> None:
        """Note what a name stands for; under a condition, it may be what it was."""
        if not always:
            wholes |= self.other_names.get(name, frozenset())
        if wholes:
            self.other_names[name] = wholes
        else:
            self.other_names.pop(name, None)

    def _of(self, value: ast.expr) -> list[str]:
        """What a value may be, or be taken out of, as far as that is named."""
        return sorted({name.replace(_ITEM, "") for name in self._within(value)})

    def _within(self, value: ast.expr) -> frozenset[str]:
        """The same, marked where it is an item that is taken out of something."""
        item = ""
        while isinstance(value, (ast.Attribute, ast.Subscript, ast.Call)) and not dotted(value):
            if isinstance(value, ast.Call):
                if not isinstance(value.func, ast.Attribute) or value.func.attr not in _TAKING:
                    return frozenset()
                value = value.func
                item = _ITEM
            if isinstance(value, ast.Subscript):
                if isinstance(value.slice, ast.Slice):
                    return frozenset()  # a copy
                item = _ITEM
            value = value.value
        return frozenset(name + item for name in self._named(value))

    def _named(self, value: ast.expr) -> frozenset[str]:
        match value:
            case ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self._within(inner)
            case ast.IfExp(body=one, orelse=other):
                return self._within(one) | self._within(other)
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts):
                return frozenset().union(*map(self._within, parts))
        name = dotted(value)
        head, _, rest = name.partition(".")
        if head in self.other_names:
            return frozenset(".".join(filter(None, [n, rest])) for n in self.other_names[head])
        return frozenset({name}) if head in self.free or head in self.params else frozenset()

    def _gone_over(self, value: ast.expr) -> Iterator[frozenset[str]]:
        """What a loop takes its elements of, or the elements, if they are written out."""
        match value:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                yield from map(self._within, parts)
            case ast.Call(func=ast.Name(id=name), args=args) if name in _GOING_OVER:
                for arg in args:
                    yield from self._gone_over(arg)
            case _:
                yield frozenset(name + _ITEM for name in self._within(value))


def _of_its_class(node: ast.AST, first: str) -> str:
    """The attribute that a method sets on its class, by way of its first parameter."""
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    for target in targets if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) else ():
        match target:
            case ast.Attribute(
                attr=name, value=ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=of)])
            ) if of == first:
                return name
            case ast.Attribute(
                attr=name, value=ast.Attribute(attr="__class__", value=ast.Name(id=of))
            ) if of == first:
                return name
    return ""


def displayed(value: ast.expr) -> Iterator[ast.expr]:
    """What a value is made of, if it is written out: the items of a tuple, what is given to a constructor."""
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from displayed(part)
        case ast.Dict(values=parts):
            for part in parts:
                yield from displayed(part)
        case ast.IfExp(body=one, orelse=other):
            yield from (*displayed(one), *displayed(other))
        case ast.Call(func=ast.Name(id=name), args=args) if name[:1].isupper():
            for part in (*args, *(k.value for k in value.keywords)):
                yield from displayed(part)
        case _:
            yield value


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in one that are evaluated when it is."""
    for name in node._fields:
        if name not in _EVALUATED_NOT:
            value = getattr(node, name, None)
            parts = value if isinstance(value, list) else (value,)
            yield from (part for part in parts if isinstance(part, ast.AST))


_NAMED: Final = frozenset({ast.Name, ast.Attribute, ast.Call})
