"""What the parts of a projection share: the role's view of a choreography, its names, its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.naming import free_name
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for
from motetc.ir.answers import TypeOf
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography, Op, Root, Stmt
from motetc.ir.pieces import Fork, Piece
from motetc.ir.place import OWN
from motetc.ir.types import Declared
from motetc.ir.walk import operations
from motetc.passes.agreed import agreed
from motetc.passes.compare import Shapes
from motetc.passes.context import Context, Unified
from motetc.passes.deeds import Deeds
from motetc.passes.flow import partners
from motetc.passes.localize import Localizer
from motetc.passes.untold import Untold


@dataclass(slots=True)
class Projector:
    """What is known where one choreography is projected at one role, and what that is asked for."""

    program: Program
    choreography: Choreography
    facts: Facts
    role: str
    type_of: TypeOf
    declared: Declared
    findings: Findings
    unified: Unified
    untold: Untold
    taken: set[str]
    scopes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    module: SourceModule = field(init=False)
    shapes: Shapes = field(init=False)
    deeds: Deeds = field(init=False)
    indices: dict[str, cst.BaseExpression] = field(default_factory=dict)
    net: str = "net"

    def body(self, stmts: Sequence[Stmt], ctx: Context) -> tuple[Piece, ...]:
        """The pieces of a statement list."""
        raise NotImplementedError

    def effects(self, root: Root, ctx: Context) -> list[Piece]:
        """What we do for an expression whose value is elsewhere."""
        raise NotImplementedError

    def fresh(self, hint: str) -> str:
        """A name that the role has for nothing else."""
        name = free_name(hint, self.taken.__contains__)
        self.taken.add(name)
        return name

    def takes_part(self, stmts: Sequence[Stmt]) -> bool:
        """Whether this role does anything in the statements that others would notice or that is its own doing."""
        return bool(self.deeds.modes(stmts))

    def within(self, mode: str, span: Span, ctx: Context) -> Context:
        """Inside a choice that the members of a cluster may answer differently."""
        return replace(ctx, divergent=span) if mode == OWN and not self.is_session(ctx) else ctx

    def is_session(self, ctx: Context) -> bool:
        """Whether we are the member that a session is with."""
        return any(role == self.role for _, role in ctx.sessions)

    def guarded(
        self, mode: str, pieces: Sequence[Piece], ctx: Context, span: Span
    ) -> Sequence[Piece]:
        """Pieces that one member of our cluster runs alone."""
        if not mode or mode[0] != "@" or not pieces:
            return pieces
        key = mode[1:].removeprefix(".")
        if any(variable == key and role == self.role for variable, role in ctx.sessions):
            return pieces
        index = self.localizer(ctx).expression(cst.parse_expression(key))
        text = code_for(index)
        member = text if self._is_member_id(key) else f"{self.role}.members[{text}]"
        test = cst.parse_expression(f"{self.role}.me == {member}")
        return [Fork(test, tuple(pieces), (), span, reads=names_of(test).reads, guard=True)]

    def _is_member_id(self, key: str) -> bool:
        """Whether an index is a `MemberId`, not a number."""
        found = self.type_of(self.indices[key]) if key in self.indices else None
        return found is not None and found.kind == "member"

    def localizer(self, ctx: Context) -> Localizer:
        """What puts code of the source into the words of this role."""
        return Localizer(
            self.module, self.choreography, self.role, ctx.net, dict(ctx.sessions), self.type_of
        )

    def check_divergent(self, op: Op, ctx: Context) -> None:
        """Members that may answer a condition differently must not communicate under it."""
        if ctx.divergent is None:
            return
        span = op.span
        self.findings.error(
            "divergent-choice",
            ctx.divergent,
            f"each member of `{self.role}` answers this for itself, and there is communication under it: members that "
            "disagree would wait for each other for ever",
            f"{agreed(self.module, ctx.divergent, self.role)}; or keep the branch local",
            (Related(span, "this communication is under the condition"),),
        )

    def refuse_divergent_exit(self, span: Span, ctx: Context) -> None:
        """Nor leave while others, who communicate, go on."""
        if ctx.divergent is None:
            return
        if any(self.role in partners(op) for op in operations(self.choreography.body)):
            self.findings.error(
                "divergent-choice",
                ctx.divergent,
                f"each member of `{self.role}` answers this for itself, and some would leave while others go on",
                agreed(self.module, ctx.divergent, self.role),
                (Related(span, "this leaves"),),
            )
