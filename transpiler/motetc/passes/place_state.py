"""What the places pass carries along: the environment, the facts found so far, the findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.operations import Operations
from motetc.frontend.program import Program
from motetc.frontend.tree import nodes
from motetc.ir.answers import Check, TypeOf
from motetc.ir.facts import Facts
from motetc.ir.mutability import mutable_part
from motetc.ir.nodes import Choreography, Each
from motetc.ir.place import EVERYWHERE, Place
from motetc.ir.types import Declared, Type
from motetc.passes.environment import Binding, Environment
from motetc.passes.expressions import Reader
from motetc.passes.uses import Atom


@dataclass(slots=True)
class State:
    """One walk over one choreography: what is known so far, and where findings go."""

    program: Program
    choreography: Choreography
    type_of: TypeOf
    declared: Declared
    check: Check
    touched: Mapping[str, frozenset[str]]
    """By choreography: the roles whose state or methods it uses."""
    findings: Findings
    told: Mapping[int, Place] = field(default_factory=dict)
    """Who is taken to know a condition besides, by the id of its root (see `mended`)."""
    facts: Facts = field(default_factory=Facts)
    env: Environment = field(default_factory=Environment)
    homes: dict[str, Place] = field(default_factory=dict)
    """Where a name is declared with `At[…]` at one place: a parameter, or `x: At[T, L]`."""
    op_places: dict[int, Place] = field(default_factory=dict)  # by id of the operation's node
    breaks: list[list[Environment]] = field(default_factory=list)
    continues: list[list[Environment]] = field(default_factory=list)
    control: Place = EVERYWHERE  # who knows the conditions around us, inside the innermost loop
    left_under: list[Place] = field(
        default_factory=list
    )  # who knows when that loop is left or cut short
    states: set[str] = field(default_factory=set)
    broken: int = 0
    inside: bool = (
        False  # whether local code is read, which may know on what way it has bound a name
    )
    stranded: dict[str, Span] = field(default_factory=dict)
    """Classes that cannot travel, and where that was told."""
    lost: set[int] = field(default_factory=set)  # by id: refused conditions, refused shares
    ended: dict[str, tuple[Each, Binding]] = field(default_factory=dict)
    """Names that sessions bind anew: these sessions, and what the name was before."""
    passing: dict[str, Each] = field(default_factory=dict)
    """Names that sessions bind, and nothing before them: these sessions."""
    tests: list[Environment] = field(
        default_factory=list
    )  # after the condition of the last `while`
    heads: dict[int, tuple[Environment, Environment]] = field(default_factory=dict)
    """Of each loop, by the id of its test: what was known before it when last it was walked, and what at its head."""
    reader: Reader = field(init=False)
    operations: Operations = field(init=False)

    def unserializable(self, found: Type) -> str | None:
        """Why values of a type cannot travel, if they cannot; those of free type variables can."""
        return self.check(found, self.choreography.free)

    def mutable(self, found: Type | None) -> str | None:
        """Why several cannot hold one value of a type for good. For type variables, callers are asked."""
        why = mutable_part(found, self.declared) if found is not None else None
        if found is not None and why is None:
            self.facts.agreed.append(found)
        return why

    def _is_broken(self) -> bool:
        """Whether the statement at hand has a finding: what it binds is then nobody else's fault."""
        return len(self.findings) > self.broken

    def _is_refused(self, atom: Atom) -> bool:
        """Whether an earlier finding is behind the place of a name, or of what is shared."""
        binding = self.env.names.get(atom.text) if atom.named else None
        return id(atom.node) in self.lost or (binding is not None and binding.refused)

    def _refuse(self, atom: Atom) -> None:
        """Note that there is a finding behind the place of a name, until it is bound again."""
        if (binding := self.env.names.get(atom.text)) is not None and atom.named:
            self.env = self.env.bind(atom.text, replace(binding, refused=True))

    def _lose(self, what: object, refused: bool) -> bool:
        """Note whether something was refused this time; in a loop it is looked at several times."""
        (self.lost.add if refused else self.lost.discard)(id(what))
        return refused

    def _where(self, atom: Atom) -> tuple[Related, ...]:
        binding = self.env.names.get(atom.text) if atom.named else None
        if binding is None or atom.text in self.choreography.scratch:
            return ()
        where = f", at {binding.place}" if binding.place else ""
        return (Related(binding.span, f"`{atom.text}` is bound here{where}"),)

    def _lookup(self, name: str) -> Place | None:
        binding = self.env.names.get(name)
        if binding is None or binding.maybe or (binding.partly and not self.inside):
            return None
        return binding.place

    def _error(self, code: str, node: cst.CSTNode, message: str, help: str) -> None:
        self.findings.error(code, self.reader.module.span(node), message, help)

    def _code(self, node: cst.CSTNode) -> str:
        """The code of a node, or what the source says there if it has names of ours."""
        code = self.reader.module.code(node)
        ours = [name for name in self.choreography.scratch if name in code]
        if ours and any(isinstance(n, cst.Name) and n.value in ours for n in nodes(node)):
            return self._written(node)
        return _short(code)

    def _written(self, node: cst.CSTNode) -> str:
        """What the source says where a node of ours stands."""
        module = self.reader.module
        return _short(module.written(module.span(node)))


def _short(code: str) -> str:
    text = " ".join(code.split())
    return text if len(text) <= 60 else text[:57] + "…"
