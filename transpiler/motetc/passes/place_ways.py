"""The ways through a piece of code: those that do not go on, and what is bound on some of them only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import libcst as cst

from motetc.frontend.local_names import local_names, plain_text
from motetc.frontend.scope import code_of
from motetc.frontend.tree import inner_statements, takes_all
from motetc.ir.nodes import Block, Opaque
from motetc.ir.place import Place
from motetc.passes.environment import Environment
from motetc.passes.matching import alternatives, pattern_covers
from motetc.passes.place_flows import FlowPlaces

_NEVER_REACHED: Final = frozenset(["typing.assert_never", "typing_extensions.assert_never"])


@dataclass(slots=True)
class WayPlaces(FlowPlaces):
    """What is there behind code that may go one way or another."""

    def _never_returns(self, node: cst.CSTNode) -> bool:
        """Whether a statement always raises: what a call never gives, its type says, if it is ever reached."""
        match node:
            case cst.Raise():
                return True
            case cst.Expr(value=cst.Call() as call):
                found = self.type_of(call)
                if found is not None:
                    return found.name == "Never"
                return self.program.resolve(self.reader.module, call.func) in _NEVER_REACHED
            case cst.If(orelse=cst.If() | cst.Else() as other):
                return self._never_returns(node.body) and self._never_returns(other)
            case cst.Else():
                return self._never_returns(node.body)
            case cst.IndentedBlock() | cst.SimpleStatementSuite() | cst.SimpleStatementLine():
                return any(map(self._never_returns, node.body))
            case _:
                return False

    def _covers(self, subject: cst.BaseExpression, cases: Iterable[cst.MatchCase]) -> bool:
        """Whether the cases name every member of a union, an enum or a Literal: mypy's exhaustiveness, roughly."""
        found = self.type_of(subject)
        if found is None:
            return False
        wanted = alternatives(found, self.declared)
        covered = set[str]()
        for case in cases:
            if case.guard is None:
                covered |= pattern_covers(case.pattern, found, self.declared)
        return bool(wanted) and wanted <= covered

    def _may_leave_unbound(self, stmt: Block | Opaque, before: Environment, place: Place) -> None:
        """A name that local code binds on some ways only, and that others had, if anyone; one that it deletes."""
        code = code_of(stmt.node)
        for name in local_names(code).deleted & self.env.names.keys() if "del " in code else ():
            self.env = self.env.bind(name, replace(self.env.names[name], maybe=True))
        for name in self._unsure(stmt.node, stmt.binds):
            old, new = before.names.get(name), self.env.names[name]
            if old is None or old.maybe or old.partly:
                self.env = self.env.bind(name, replace(new, partly=not new.refused))
            elif not old.refused and not old.place.covers(place):
                self.env = self.env.bind(name, replace(new, maybe=True))

    def _unsure(self, node: cst.BaseCompoundStatement, binds: Sequence[str]) -> list[str]:
        """The names that local code does not bind on each of its ways."""
        if not binds:
            return []
        code = code_of(node)
        ends, whole = set[str](), set[str]()
        for inner in inner_statements(node):
            match inner:
                case cst.Match(subject=subject, cases=cases):
                    if takes_all(cases[-1]) or self._covers(subject, cases):
                        whole.add(plain_text(code_of(inner)))
                case cst.Expr(value=value) if self._never_returns(inner):
                    ends.add(plain_text(code_of(value)))
                case _:
                    pass
        sure = local_names(code, frozenset(ends), frozenset(whole)).sure
        return [n for n in binds if sure is not None and n not in sure and n in self.env.names]
