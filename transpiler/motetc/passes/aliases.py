"""Which names of a choreography may stand for one value, and what code may change of it.

By the bindings in it, wherever they are: a name that is made of another one, or of something in that, may be the same
value, unless it is of an immutable type or a new collection of such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

import libcst as cst

from motetc.frontend.program import dotted_name
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children, nodes
from motetc.ir.mutability import is_used_up, mutable_part
from motetc.ir.nodes import Block, Comm, Concurrent, For, Invoke, Match, Op, Opaque, Simple, Stmt
from motetc.ir.walk import operations, roots, statements
from motetc.passes.impurity import Purity
from motetc.passes.targets import targets

_NAMED = (cst.Name, cst.Attribute, cst.Subscript)
_COMMUNICATING = (Comm, Invoke, Concurrent)


@dataclass(slots=True)
class Aliases(Purity):
    """Those of one choreography."""

    ops: Mapping[int, Op] = field(default_factory=dict)  # by id of their node
    groups: dict[str, str] = field(default_factory=dict)
    functions: dict[str, cst.CSTNode] = field(default_factory=dict)  # bodies of local ones

    def find(self) -> None:
        """Read all bindings."""
        found = operations(self.choreography.body)
        self.ops = {id(op.node): op for op in found if isinstance(op, _COMMUNICATING)}
        for stmt in statements(self.choreography.body):
            for node in code_in(stmt):
                self._bindings(node)
            if isinstance(stmt, For):
                self._bind(stmt.node.target, stmt.iter.expr)
            if isinstance(stmt, Match):
                for case in stmt.cases:
                    self._join(case.binds, self.flowing(stmt.subject.expr))

    def group(self, name: str) -> str:
        """The name that stands for all that may be one value."""
        while name in self.groups:
            name = self.groups[name]
        return name

    def _join(self, names: Iterable[str], others: Iterable[str]) -> None:
        both = [*names]
        for other in others:
            for name in both:
                first, second = self.group(name), self.group(other)
                if first != second:
                    self.groups[first] = second

    def _bindings(self, node: cst.CSTNode) -> None:
        match node:
            case cst.Assign(value=value) | cst.AnnAssign(value=value) if value is not None:
                for target in targets(node):
                    self._bind(target, value)
            case cst.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case cst.For(target=target, iter=value) | cst.CompFor(target=target, iter=value):
                self._bind(target, value)
            case cst.WithItem(item=value, asname=cst.AsName(name=target)):
                self._bind(target, value)
            case cst.FunctionDef():
                self.functions[node.name.value] = node.body
                self._join((node.name.value,), self._captured(node))
        for child in children(node):
            self._bindings(child)

    def _bind(self, target: cst.CSTNode, value: cst.BaseExpression) -> None:
        if isinstance(value, cst.Lambda) and isinstance(target, cst.Name):
            self.functions[target.value] = value.body
        self._join(self._bound(target), self.flowing(value))

    def _bound(self, target: cst.CSTNode) -> Iterator[str]:
        """The names that a target binds, if the value may be changed; the one in which an item is put."""
        if isinstance(target, _NAMED):
            if not isinstance(target, cst.Name) or not self._is_fixed(target):
                yield from self._base(target)
        else:
            for child in children(target):
                yield from self._bound(child)

    def _is_fixed(self, node: cst.CSTNode) -> bool:
        """Whether nobody can change a value, by its type."""
        found = self.type_of(node)
        return (
            found is not None
            and found.kind != "other"
            and mutable_part(found, self.declared) is None
        )

    def is_new(self, node: cst.BaseExpression) -> bool:
        """Whether it is a new collection of what nobody can change."""
        new = self._is_flat(node)
        return new and not (isinstance(node, cst.Call) and self._impurity(node, frozenset()))

    def flowing(self, node: cst.CSTNode) -> set[str]:
        """The names of which an expression may give the value, or a part of it."""
        if isinstance(node, cst.Lambda):
            return self._captured(node)
        if isinstance(node, cst.BaseExpression) and self._is_fixed(node):
            return set()
        if isinstance(node, _NAMED):
            return {*self._base(node)}
        op = self.ops.get(id(node))
        if isinstance(op, Comm):
            return set()  # what arrives is new
        if isinstance(op, (Invoke, Concurrent)):
            calls = op.calls if isinstance(op, Concurrent) else (op,)
            return set().union(*(self.flowing(a) for call in calls for a in self._returned(call)))
        if isinstance(node, cst.BaseExpression) and self.is_new(node):
            return set()
        return set().union(*map(self.flowing, children(node)))

    def _returned(self, call: Invoke) -> Iterator[cst.BaseExpression]:
        """The arguments that a call may give back, where it has a result."""
        callee = self.program.choreographies[call.callee]
        roles = {role for result in callee.results for role in result.place}
        near = {p.name for p in callee.parameters if not roles.isdisjoint(p.place)}
        yield from (a.root.expr for a in call.arguments if a.parameter in near)

    def _base(self, node: cst.CSTNode) -> Iterator[str]:
        """What attributes and items are taken of; a slice is something new."""
        if _is_slice(node) and self.is_new(node):
            return
        name = dotted_name(node)
        while name is None and isinstance(node, (cst.Attribute, cst.Subscript)):
            node = node.value
            name = dotted_name(node)
        if name is None:
            yield from self.flowing(node)
            return
        head = name.partition(".")[0]
        if head in self.choreography.locals:
            yield head
        else:  # a value of the module: only if the program changes it
            full = self.program.resolve_name(self.module, name) or ""
            yield from self.chance.touched(full, self.module) if self.chance.is_value(full) else ()

    def _captured(self, node: cst.FunctionDef | cst.Lambda) -> set[str]:
        """The names of a function around it that it may change, or give."""
        reads = names_of(node).reads & self.choreography.locals
        own = (n for n in nodes(node) if isinstance(n, cst.Name) and n.value in reads)
        return {n.value for n in own if not self._is_fixed(n)}

    def changed(self, node: cst.CSTNode, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The names whose values a piece of code may change, or hands to who may. `seen`: functions looked into."""
        op = self.ops.get(id(node))
        if op is not None:
            if isinstance(op, Invoke):
                yield from (name for a in op.arguments for name in self.flowing(a.root.expr))
            for arg in node.args if isinstance(node, cst.Call) else children(node):
                yield from self.changed(arg, seen)
            return
        if isinstance(node, cst.Nonlocal):
            yield from (item.name.value for item in node.names)
        if isinstance(node, cst.Name) and is_used_up(self.type_of(node)):
            yield node.value
        if isinstance(node, cst.Call):
            yield from self._changed_by(node, seen)
        for target in targets(node):
            grows = isinstance(node, cst.AugAssign) and not self._is_fixed(target)
            if grows or isinstance(target, (cst.Attribute, cst.Subscript)):
                yield from self._base(target)
        for child in children(node):
            yield from self.changed(child, seen)

    def _changed_by(self, node: cst.Call, seen: frozenset[str]) -> Iterator[str]:
        """What a call may change: what it is made on and given; of a local function, what that changes."""
        called = dotted_name(node.func) or ""
        if called == "print":
            return
        if self._impurity(node, frozenset()) is None:
            handed = (a.value for a in node.args if self._called_back(a.value, frozenset()))
            yield from (name for value in handed for name in self.flowing(value))
            return
        yield from (name for arg in self._changeable(node) for name in self.flowing(arg.value))
        if called not in self.functions:
            yield from self._base(node.func)
        elif called not in seen:
            yield from self.changed(self.functions[called], seen | {called})

    def _changeable(self, node: cst.Call) -> Iterator[cst.Arg]:
        """The arguments of a call that it is not known only to read."""
        name = dotted_name(node.func) or ""
        local = name.partition(".")[0] in self.choreography.locals
        full = "" if local else self.program.resolve_name(self.module, name) or ""
        plain = all(arg.keyword is None and not arg.star for arg in node.args)
        for at, arg in enumerate(node.args):
            if not (plain and self._is_flat(arg.value) and self.chance.only_reads(full, at)):
                yield arg

    def _is_flat(self, node: cst.BaseExpression) -> bool:
        """Whether it is a collection of what nobody can change."""
        found = self.type_of(node)
        if found is None or found.kind != "collection":
            return False
        return all(mutable_part(part, self.declared) is None for part in found.args)


def code_in(stmt: Stmt) -> Sequence[cst.CSTNode]:
    """The code of a statement that is evaluated by itself: not that of the statements in it."""
    if isinstance(stmt, (Simple, Opaque)):
        return (stmt.node,)
    if isinstance(stmt, Block):
        return (stmt.node.body,)
    return tuple(root.expr for root in roots(stmt))


def _is_slice(node: cst.CSTNode) -> TypeGuard[cst.Subscript]:
    return isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Slice)
