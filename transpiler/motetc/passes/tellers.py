"""The `share` behind a condition: whoever acts under it and does not know it can be told there, and not once more.

So can whoever has sent what decides: then it is a `send` that should have been a `share`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import code_for, exchange, nodes
from motetc.ir.answers import TypeOf
from motetc.ir.facts import Asked
from motetc.ir.nodes import (
    Block,
    Choreography,
    Comm,
    Each,
    For,
    Match,
    Op,
    Opaque,
    Root,
    Simple,
    Stmt,
)
from motetc.ir.types import Type
from motetc.ir.walk import bodies, root_operations, roots, statements
from motetc.passes.targets import plain_targets, targets


@dataclass(frozen=True, slots=True)
class Teller:
    """A `share` or a `send`, in a statement; what it stands in there, `ok = await a.share(…)`, and the name that it is
    bound to."""

    comm: Comm
    stmt: Stmt
    whole: cst.CSTNode
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tellers:
    """Of one choreography."""

    choreography: Choreography
    type_of: TypeOf

    def of(
        self, stmt: Stmt, root: Root, asked: Asked, roles: Collection[str]
    ) -> dict[Teller, list[str]]:
        """What would tell those who do not know a condition, and whom of them; nothing if that is not all they lack."""
        found: dict[Teller, list[str]] = {}
        for name, node, place in asked:
            lacking = [role for role in roles if role not in place]
            told = self._of_atom(stmt, root, name, node) if lacking else []
            if lacking and not (told and all(self._may_tell(t.comm, lacking) for t in told)):
                return {}
            for teller in told:
                found.setdefault(teller, []).extend(
                    r for r in lacking if r not in found.get(teller, ())
                )
        heard = {role for lacking in found.values() for role in lacking}
        return found if heard == set(roles) else {}

    def _may_tell(self, comm: Comm, roles: Sequence[str]) -> bool:
        """Whether a communication can tell others, too: what its sender is to know besides, several can hold."""
        sender = comm.sender
        if comm.kind == "share" or sender.role not in roles:
            return True
        found = self.type_of(comm.value.expr)
        alone = not sender.cluster or bool(sender.session)
        return alone and found is not None and is_plain(found)

    def _of_atom(self, stmt: Stmt, root: Root, name: str, node: cst.CSTNode) -> list[Teller]:
        comm = next((op for op in root.ops if op.node is node), None)
        if comm is not None:
            return [Teller(comm, stmt, root.expr)] if _tells(comm) else []
        given = {p.name for p in self.choreography.parameters} | self.choreography.scratch.keys()
        binders = [s for s in statements(self.choreography.body) if name in _bound_in(s)]
        found = [_shared_in(binder, name) for binder in binders]
        around = {id(s) for s in self._around(stmt)} | {id(stmt)}
        if name in given or any(id(s) not in around for b in binders for s in self._around(b)):
            return []
        return [] if None in found else [t for t in found if t is not None]

    def _around(self, stmt: Stmt) -> Sequence[Stmt]:
        """The statements that one stands in, outer before inner."""
        return next(_path(self.choreography.body, stmt), ())

    def sessions(self, stmt: Stmt) -> Mapping[str, str]:
        """What a session around a statement calls its member, by role."""
        return {s.role: s.variable for s in self._around(stmt) if isinstance(s, Each)}


def _path(body: Sequence[Stmt], sought: Stmt) -> Iterator[tuple[Stmt, ...]]:
    for stmt in body:
        if stmt is sought:
            yield ()
        for inner in bodies(stmt):
            yield from ((stmt, *path) for path in _path(inner, sought))


def _bound_in(stmt: Stmt) -> set[str]:
    """The names that a statement itself binds, those in it left out."""
    found = {n for root in roots(stmt) for n in names_of(root.expr).binds}
    match stmt:
        case For():
            return found | set(stmt.binds)
        case Match():
            return found | {n for case in stmt.cases for n in case.binds}
        case Simple() | Block() | Opaque():
            return found | set(stmt.binds)
        case _:
            return found


def _shared_in(stmt: Stmt, name: str) -> Teller | None:
    """What shares the value that a statement binds a name to, if anything does."""
    comms = {id(op.node): op for root in roots(stmt) for op in root_operations(root) if _tells(op)}
    if (
        isinstance(stmt, Simple)
        and isinstance(stmt.node, (cst.Assign, cst.AnnAssign))
        and stmt.place is None  # which its annotation says
    ):
        comm = comms.get(id(stmt.node.value))
        assigned = [plain_targets(target) for target in targets(stmt.node)]
        if comm is not None and len(assigned) == 1 and name in map(_name, assigned[0]):
            return Teller(comm, stmt, stmt.node, name)
    for node in (n for root in roots(stmt) for n in nodes(root.expr)):
        if isinstance(node, cst.NamedExpr) and _name(node.target) == name:
            comm = comms.get(id(node.value))
            return Teller(comm, stmt, node, name) if comm is not None else None
    return None


def _tells(op: Op) -> TypeGuard[Comm]:
    return isinstance(op, Comm) and op.kind in ("share", "send")


def _name(node: cst.CSTNode) -> str:
    return node.value if isinstance(node, cst.Name) else ""


def is_plain(found: Type) -> bool:
    """Whether values of a type are their own truth, and may be known to all."""
    if found.kind in ("tuple", "vartuple", "union", "newtype"):
        return all(map(is_plain, found.args))
    return found.kind in ("scalar", "literal", "enum", "member") or found.name == "frozenset"


def telling(teller: Teller, roles: Mapping[str, str]) -> str:
    """The code around a communication with which it tells others, too: `roles`, and what they are called there."""
    comm = teller.comm
    told = [name for role, name in roles.items() if role != comm.sender.role]
    every = [*(str(s) for s in comm.receivers if s.role not in roles), *told]
    to = every[0] if len(every) == 1 else f"({', '.join(every)})"
    call = next(n for n in nodes(comm.node) if isinstance(n, cst.Call))

    def swapped(node: cst.CSTNode) -> cst.CSTNode | None:
        match node:
            case cst.Arg(keyword=cst.Name("to")) if node in call.args:
                return node.with_changes(value=cst.parse_expression(to))
            case cst.Attribute() if node is call.func and comm.sender.role in roles:
                return node.with_changes(attr=cst.Name("share"))
            case _:
                return None

    return _bare_code(exchange(teller.whole, swapped))


def code_with(whole: cst.BaseExpression, part: cst.BaseExpression, code: str) -> str:
    """The code of an expression with other code in the place of a part."""
    new = cst.parse_expression(f"({code})" if part.lpar else code)
    return _bare_code(exchange(whole, lambda node: new if node is part else None))


def _bare_code(node: cst.CSTNode) -> str:
    bare = node.with_changes(lpar=(), rpar=()) if isinstance(node, cst.BaseExpression) else node
    return " ".join(code_for(bare).split())
