"""Collects who acts under a condition without knowing it, so that one condition is one diagnostic for all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, nodes
from motetc.ir.answers import TypeOf
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography, Flow, For, If, Match, Root, Stmt, While
from motetc.ir.place import OWN, SAME, Place, describe
from motetc.passes.agreed import ANY, FIRST, truth
from motetc.passes.tellers import Teller, Tellers, code_with, is_plain, telling

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_KEYWORD = re.compile(r"\b(if|elif)[\s(]*$")
_WHOLE = re.compile(r"[\s)]*:")
_SEQUENCES = frozenset(["list", "collections.abc.Sequence", "collections.deque"])
_APART = (
    "receive each operand in a statement of its own first: then no message depends on a comparison"
)


@dataclass(slots=True)
class Case:
    """A condition, and who acts under it without knowing it, with where that is."""

    stmt: Stmt
    root: Root
    place: Place
    roles: dict[str, Span | None] = field(default_factory=dict)


@dataclass(slots=True)
class Untold:
    """For one choreography."""

    module: SourceModule
    choreography: Choreography
    type_of: TypeOf
    facts: Facts = field(default_factory=Facts)
    cases: dict[int, Case] = field(default_factory=dict)

    def add(self, stmt: Stmt, root: Root, role: str, act: Span | None) -> None:
        """`role` acts (at `act`) under `stmt`, whose condition it does not know."""
        place = self.facts.root_place.get(id(root), Place())
        case = self.cases.setdefault(id(root), Case(stmt, root, place))
        case.roles.setdefault(role, act)

    def first(self, findings: Findings) -> Case | None:
        """The first condition that there is a finding for."""
        told = [case for case in self.cases.values() if self.key(case) in findings.found]
        return min(told, key=lambda case: _begins(self.key(case)[1]), default=None)

    def key(self, case: Case) -> tuple[str, Span]:
        """The code and place of the finding for a condition."""
        return "unknown-choice", self.module.span(case.root.expr)

    def tellers(self, case: Case) -> dict[Teller, list[str]]:
        """The `share`s that could tell all of a condition to those who do not know it, and whom each of them."""
        asked = self.facts.asked.get(id(case.root), ())
        return Tellers(self.choreography, self.type_of).of(case.stmt, case.root, asked, case.roles)

    def report(self, findings: Findings) -> None:
        """One `unknown-choice` for each condition."""
        for case in self.cases.values():
            self._report(case, findings)

    def _report(self, case: Case, findings: Findings) -> None:
        sessions = Tellers(self.choreography, self.type_of).sessions(case.stmt)
        told = [sessions.get(role, role) for role in case.roles]
        spans = (case.stmt.span, self.module.span(case.root.expr))
        if any(("divergent-choice", span) in findings.found for span in spans):
            return
        said = case.stmt.said if isinstance(case.stmt, If) else ""
        plain = said or " ".join(self._code(case.root.expr).split())
        code = _NAME.sub(self._source_of, plain)
        deciders = [describe(r, m) for r, m in case.place.modes.items()] or ["nobody"]
        many = "act" if len(told) > 1 else "acts"
        related = [
            Related(s, f"`{sessions.get(r, r)}` acts here")
            for r, s in case.roles.items()
            if s is not None
        ]
        named = [t for t in self.tellers(case) if t.name]
        for one in {t.comm.uid: t for t in named}.values():
            names = [t.name for t in named if t.comm is one.comm]
            are = "are" if len(names) > 1 else "is"
            related.append(Related(one.comm.span, f"{_words(names)} {are} {_did(one)} here"))
        findings.error(
            *self.key(case),
            f"{_words(told)} {many} under this {_what(case)}, known at {_words(deciders)} only: `{code}`",
            self._help(case, told, code) if code == plain else _APART,
            tuple(related),
        )

    def _code(self, expr: cst.BaseExpression) -> str:
        return self.module.code(expr.with_changes(lpar=(), rpar=()) if expr.lpar else expr)

    def _source_of(self, name: re.Match[str]) -> str:
        """What a name of ours stands for in the source."""
        return self.choreography.scratch.get(name[0], name[0])

    def _help(self, case: Case, told: list[str], code: str) -> str:
        if tellers := self.tellers(case):
            return self._told_there(case, tellers)
        sender = next(iter(case.place.modes), "")
        mode = case.place.modes.get(sender, "")
        if not sender:
            return "bring the condition together at one location first, then share it"
        if mode == OWN:
            return self._agreed_help(case, told, sender, code)
        speaker = f"{sender}[0]" if mode == SAME else describe(sender, mode)
        to = told[0] if len(told) == 1 else f"({', '.join(told)})"
        bound = None if isinstance(case.stmt, (For, Flow)) else self._bound(case)
        if bound is not None:  # and all who have the name have it still
            shared = f"await {speaker}.share({self._code(bound)}, to={to})"
            return self._written(case, code_with(case.root.expr, bound, shared))
        decides = self._decides(case, code)
        if not decides:
            return f"bind what decides to a name in `with {speaker}:`, and share that: a bool, a string, a tuple"
        if isinstance(case.stmt, For):
            return self._written(case, self._shared_values(case.root.expr, code, speaker, to))
        if isinstance(case.stmt, Flow):
            return self._shared_stream(case)
        if isinstance(case.stmt, Match) and case.root is not case.stmt.subject:
            return self._shared_guard(case, case.stmt, code, speaker, to)
        return self._written(case, f"await {speaker}.share({decides}, to={to})")

    def _bound(self, case: Case) -> cst.BaseExpression | None:
        """What `:=` binds for several in a condition, if it is that which others do not know."""
        named = [n for n in nodes(case.root.expr) if isinstance(n, cst.NamedExpr)]
        asked = self.facts.asked.get(id(case.root), ())
        guard = isinstance(case.stmt, Match) and case.root is not case.stmt.subject
        if len(case.place.modes) < 2 or len(named) != 1 or guard:
            return None
        lacking = {n for _, n, place in asked if any(r not in place for r in case.roles)}
        return named[0].value if lacking <= {*nodes(named[0].value)} else None

    def _told_there(self, case: Case, tellers: dict[Teller, list[str]]) -> str:
        """Where it is shared already, others are told, too."""
        edits: list[str] = []
        for teller, roles in tellers.items():
            called = Tellers(self.choreography, self.type_of).sessions(teller.stmt)
            told = telling(teller, {role: called.get(role, role) for role in roles})
            if not teller.name:
                return self._written(case, told)
            edits.append(f"`{told}`")
        did = " or ".join(sorted({_did(teller) for teller in tellers}))
        return f"let {_words([*case.roles])} know where it is {did}: {', and '.join(dict.fromkeys(edits))}"

    def _written(self, case: Case, asked: str) -> str:
        """The head of a statement with another condition."""
        match case.stmt:
            case If(node=None):
                return f"write `{asked}` in its place"
            case If():
                keyword = self._keyword(case.root.expr)
                return f"write `{keyword} {asked}:`" if keyword else f"write `{asked}` in its place"
            case While():
                return f"write `while {asked}:`"
            case For():
                return f"write `for {self.module.code(case.stmt.node.target)} in {asked}:`"
            case Match() if case.root is case.stmt.subject:
                return f"write `match {asked}:`"
            case _:
                return f"write `{asked}` in its place"

    def _agreed_help(self, case: Case, told: list[str], cluster: str, code: str) -> str:
        """How the members of a cluster agree on a condition, and one of them shares what came of it."""
        to = told[0] if len(told) == 1 else f"({', '.join(told)})"
        chosen = isinstance(case.stmt, (For, Flow, Match))
        value, function = ("…", FIRST) if chosen else (truth(code), ANY)
        agreed = f"await {cluster}.all_reduce({value}, {function})"
        may = f"the members of `{cluster}` may disagree: "
        if chosen:
            return f"{may}`agreed = {agreed}` first, then `await {cluster}[0].share(agreed, to={to})` in its place"
        return f"{may}{self._written(case, f'await {cluster}[0].share({agreed}, to={to})')}"

    def _decides(self, case: Case, code: str) -> str:
        """What a choice depends on, in a form that may be known at several locations; "" if it has none."""
        found = self.type_of(case.root.expr)
        if isinstance(case.stmt, (For, Flow)) or (found is not None and is_plain(found)):
            return code
        if not isinstance(case.stmt, Match) or case.root is not case.stmt.subject:
            return f"bool({code})"
        if found is None or found.kind != "collection":
            return code
        return f"tuple({code})" if found.name in _SEQUENCES else ""

    def _shared_guard(self, case: Case, stmt: Match, code: str, speaker: str, to: str) -> str:
        """What a guard reads is shared before the `match`: all that is not captured."""
        tried = next(c for c in stmt.cases if c.guard is case.root)
        free = free_part(case.root.expr, frozenset(tried.binds)) or case.root.expr
        shared = self.module.code(free)
        name = shared.rpartition(".")[2] if isinstance(free, (cst.Name, cst.Attribute)) else "known"
        before = f"share it before the `match`: `{name} = await {speaker}.share({shared}, to={to})`"
        if name == shared:
            return before
        pattern = self.module.code(tried.node.pattern)
        return f"{before}, and write `case {pattern} if {code.replace(shared, name)}:`"

    def _shared_values(self, expr: cst.BaseExpression, code: str, speaker: str, to: str) -> str:
        """What is iterated over, in a form that may be known at several locations."""
        if isinstance(expr, cst.Call) and self.module.code(expr.func) == "range":
            open_ = [a for a in expr.args if not isinstance(a.value, cst.Integer)]
            if len(open_) == 1 and open_[0].keyword is None:
                bound = self.module.code(open_[0].value)
                shared = f"await {speaker}.share({bound}, to={to})"
                given = (shared if a in open_ else self.module.code(a.value) for a in expr.args)
                return f"range({', '.join(given)})"
        found = self.type_of(expr)
        if found is not None and found.name in ("set", "frozenset"):
            code = f"tuple(sorted({code}))"
        elif found is None or not (found.kind in ("tuple", "vartuple") or found.name == "str"):
            code = f"tuple({code})"
        return f"await {speaker}.share({code}, to={to})"

    def _keyword(self, test: cst.BaseExpression) -> str:
        """The keyword in front of a test; none if it is an operand of the test."""
        span, lines = self.module.span(test), self.module.text.split("\n")
        before = " ".join([*lines[: span.line - 1], lines[span.line - 1][: span.column - 1]])
        after = " ".join([lines[span.end_line - 1][span.end_column - 1 :], *lines[span.end_line :]])
        found = _KEYWORD.search(before) if _WHOLE.match(after) else None
        return found[1] if found else ""

    def _shared_stream(self, case: Case) -> str:
        """A stream is shared where it is declared, with all who take part in the loop."""
        flow = case.stmt
        assert isinstance(flow, Flow)
        assert flow.turns is not None
        hops = [x.hop for x in flow.lives if x.hop is not None and x.role in flow.turns.roles[1:]]
        told = [*(dict.fromkeys(r for h in hops for r in h.receivers)), *case.roles]
        to = told[0] if len(told) == 1 else f"({', '.join(told)})"
        code = " ".join(self.module.code(case.root.expr).split())
        if hops:
            return f"share the stream with all of them: `.share(to={to})`"
        return f"share the stream: `async for {self.module.code(flow.turns.node.target)} in {code}.share(to={to}):`"


def _begins(span: Span) -> tuple[int, int, int, int]:
    """What begins first, and of two that begin together the one that holds the other."""
    return span.line, span.column, -span.end_line, -span.end_column


def free_part(expr: cst.CSTNode, captured: frozenset[str]) -> cst.CSTNode | None:
    """The first largest part of an expression that reads names, and none of those."""
    reads = names_of(expr).reads if isinstance(expr, cst.BaseExpression) else captured
    if reads and not reads & captured:
        return expr
    return next((p for c in children(expr) if (p := free_part(c, captured)) is not None), None)


def _did(teller: Teller) -> str:
    return "sent" if teller.comm.kind == "send" else "shared"


def _what(case: Case) -> str:
    guard = isinstance(case.stmt, Match) and case.root is not case.stmt.subject
    return "guard" if guard else _WHAT[type(case.stmt)]


_WHAT = {
    If: "condition",
    While: "loop's condition",
    For: "loop's values",
    Match: "match's subject",
    Flow: "loop over a stream",
}


def _words(names: list[str]) -> str:
    quoted = [f"`{n}`" for n in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
