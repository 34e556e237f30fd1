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
        self.kinds: dict[str, str] = {}
        self.params: set[str] = set()
        self.growing: set[str] = set()  # of the parameters, those that `+=` changes
        self.always: set[int] = set()  # statements under no condition, by id
        self.altered: set[str] = set()  # of the parameters
        self.lines: dict[str, int] = {}  # where
        self.other_names: dict[str, str] = {}  # local ones, of values of the module and parameters

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
        if isinstance(node, ast.Return) and node.value is not None:
            for given in displayed(node.value):
                self._lend(given)
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
        for part in parts:
            head, _, rest = self._within(part).partition(".")
            if head == self.first and rest:
                self.lent.add(rest.partition(".")[0])
        method = value.func if isinstance(value, ast.Call) else None
        if isinstance(method, ast.Attribute) and dotted(method.value) == self.first:
            self.lent_by.add(method.attr)

    def _hand(self, call: ast.Call) -> None:
        """Note what a parameter, or an attribute of it, is handed to."""
        if isinstance(call.func, ast.Attribute):
            param, _, rest = self._within(call.func.value).partition(".")
            if param in self.params:
                of = rest.partition(".")[0]
                self.handed.append(Handed(param, call.func.attr, True, of))
        name = dotted(call.func)
        head = name.partition(".")[0]
        for arg in call.args:
            param, _, rest = self._within(arg).partition(".")
            if param in self.params and (head in self.free or head in self.imported):
                imported = head in self.imported
                full = ".".join(filter(None, [self.imported.get(head, head), name.partition(".")[2]]))
                self.handed.append(Handed(param, full, False, rest.partition(".")[0], imported))

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
        by_name = isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(node.target, ast.Name)
        for name in mutated(node):
            head, _, rest = name.partition(".")
            if head in self.free:
                self.changed.setdefault(name, node.lineno)
            elif head in self.params:
                if not by_name or head in self.growing:
                    self._alter(name, node.lineno)
            elif head in self.other_names and not by_name:
                whole = ".".join(filter(None, [self.other_names[head], rest]))
                of = whole.partition(".")[0]
                if of in self.params:
                    self._alter(whole, node.lineno)
                else:
                    self.changed.setdefault(whole, node.lineno)

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
            ) if name not in self.free:
                self._alias(name, value)
                if isinstance(value, ast.Call) and (made := dotted(value.func))[:1].isupper():
                    self.kinds[name] = made
                if id(node) in self.always:
                    self.params.discard(name)
            case (
                ast.Assign(targets=[ast.Attribute(value=ast.Name(id=of), attr=name)], value=value)
            ) if of == self.first and isinstance(value, ast.Call):
                self.kinds[f".{name}"] = dotted(value.func)
            case ast.AnnAssign(
                target=ast.Attribute(value=ast.Name(id=of), attr=name), annotation=said
            ) if of == self.first:
                self.kinds[f".{name}"] = class_name(said)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                for part in ast.walk(target):
                    if isinstance(part, ast.Name) and part.id not in self.free:
                        self._alias(part.id, value)

    def _alias(self, name: str, value: ast.expr) -> None:
        whole = self._within(value)
        if whole:
            self.other_names[name] = whole
        else:
            self.other_names.pop(name, None)

    def _within(self, value: ast.expr) -> str:
        """What a value is taken out of, as far as that is named."""
        while isinstance(value, (ast.Attribute, ast.Subscript, ast.Call)) and not dotted(value):
            if isinstance(value, ast.Call):
                if not isinstance(value.func, ast.Attribute) or value.func.attr not in _TAKING:
                    return ""
                value = value.func
            if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
                return ""  # a copy
            value = value.value
        name = dotted(value)
        head, _, rest = name.partition(".")
        if head in self.other_names:
            return ".".join(filter(None, [self.other_names[head], rest]))
        return name if head in self.free or head in self.params else ""


def displayed(value: ast.expr) -> Iterator[ast.expr]:
    """What a value is made of, if it is written out: the items of a tuple, what is given to a constructor."""
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
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
