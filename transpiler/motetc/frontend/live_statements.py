"""Lowers the statements that declare, connect and await live collections.

They stand at the top level of a choreography. Pipelines that do something (end in a sink, or are awaited) run as one
`Flow` before the next statement that is no part of them, and at the end. What nothing has used yet waits; what it was
given is evaluated where it stands all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.hoist import Hoister
from motetc.frontend.live import LiveReader
from motetc.frontend.live_comments import place_comments, place_inner_comments
from motetc.frontend.live_findings import LiveFindings, may_break
from motetc.frontend.live_following import HEADS, following
from motetc.frontend.live_graph import root
from motetc.frontend.live_names import ResultNames
from motetc.frontend.live_order import changes, displaced, is_quiet, is_repeated
from motetc.frontend.live_slices import SliceReader, opened
from motetc.frontend.live_tuples import Tuples, target_of, value_of
from motetc.frontend.operations import Operations
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children, exchange
from motetc.ir.live import Given, Live
from motetc.ir.nodes import Flow, Root, Stmt, Turns
from motetc.ir.operators import LOOP


@dataclass(slots=True)
class LiveStatements:
    """The live statements of one choreography. `depth` is how many suites deep the lowering is."""

    operations: Operations
    hoister: Hoister
    reader: LiveReader = field(init=False)
    findings: LiveFindings = field(init=False)
    names: ResultNames = field(init=False)
    tuples: Tuples = field(init=False)
    last: Flow | None = None  # that has run, unless something has followed it
    depth: int = 0
    untold: tuple[str, ...] = ()  # comments that are said above what follows
    following: Sequence[cst.CSTNode] = ()  # what stands behind the statement, at the top level

    def __post_init__(self) -> None:
        self.reader = LiveReader(self.operations)
        self.findings = LiveFindings(self.operations, self.reader)
        self.names = ResultNames(self.reader, self.hoister, self.operations.module)
        self.tuples = Tuples(self.reader, self.operations.module)

    def concerns(self, node: cst.BaseSmallStatement) -> bool:
        """Whether a simple statement has to do with live collections."""
        value = value_of(node)
        if value is not None and (self._is_live(value) or self._awaits_stream(value)):
            return True
        if next(self.reader.collected(node), None) is not None:
            return True
        return self.reader.begun(node) is not None or bool(
            self.reader.names and self.reader.mentioned(node)
        )

    def _is_live(self, value: cst.BaseExpression) -> bool:
        """Whether it is live; of what was refused, at the top level, where nothing says so a second time."""
        return self.reader.is_live(value) and (self.depth <= 1 or not self.reader.is_refused(value))

    def _is_looped(self, node: cst.For) -> bool:
        """Whether a loop is over what is certainly a collection."""
        return self.reader.is_live(node.iter) and not self.reader.is_refused(node.iter)

    def small(
        self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement
    ) -> tuple[list[Stmt], cst.BaseSmallStatement | None]:
        """What to run before, and what is left of the statement without its live part."""
        if self.depth > 1:
            self.findings.nested(node)
            return [], None
        self._reached(node)
        value = value_of(node)
        if self._is_pointless(node, value):
            return [], None
        if value is not None and self.reader.is_live(value):
            return self._declaration(line, node, value), None
        if self.tuples.bound_together(node):
            return self._declarations(line, node), None
        awaited = list(self.reader.collected(node))
        if self._are_refused(node, awaited):
            return [], None
        if each := self.tuples.named_together(node, awaited):
            return self._named_apart(line, each), None
        if len(awaited) == 1 and awaited[0] is value:
            before = self._under_its_name(line, node, awaited[0])
            if before is not None:
                return before, None
        count = len(self.reader.lives)
        before, rest = self._without_results(node, awaited)
        place_inner_comments(self.operations.module, line, self.reader.lives[count:])
        assert isinstance(rest, cst.BaseSmallStatement)
        return before, rest

    def _is_pointless(self, node: cst.BaseSmallStatement, value: cst.BaseExpression | None) -> bool:
        """Whether it has been refused: a collection itself is awaited, or returned."""
        pointless = self._awaits_stream(value)
        if pointless is not None:
            self.findings.awaited(pointless)
            self.reader.give_up(names_of(node).binds)
            return True
        if isinstance(node, cst.Return) and value is not None and self.reader.is_live(value):
            self.findings.returned(value)
            return True
        return False

    def _are_refused(self, node: cst.BaseSmallStatement, awaited: Sequence[cst.Await]) -> bool:
        """Whether it has been refused: no result is awaited in it, or one more often than once."""
        if not awaited:
            self.findings.used_as_value(node)
            self.reader.give_up(names_of(node).binds)
            return True
        again = next((a for a in awaited if is_repeated(a, node)), None)
        if again is not None:
            self.findings.repeated(again)
        return again is not None

    def _under_its_name(
        self,
        line: cst.SimpleStatementLine,
        node: cst.BaseSmallStatement,
        awaited: cst.Await,
    ) -> list[Stmt] | None:
        """What to run before a result that the pipeline leaves under the name it is bound to; None if it does not."""
        target = target_of(node)
        if target is None:
            return None
        if self.reader.kept_nodes.get(awaited) == target:
            return []  # it is there already
        if self.reader.keeps(awaited) or isinstance(node, cst.AnnAssign):
            return None
        before = self._needed(node)
        count = len(self.reader.lives)
        if not self.reader.collect(awaited, target):
            before.append(self.hoister.left_out(node, (target,)))
        place_comments(self.operations.module, line, self.reader.lives[count:])
        return before

    def _declarations(
        self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement
    ) -> list[Stmt]:
        """Several collections in one assignment; comments are those of the first."""
        each = self.tuples.apart(node)
        if not each:
            self.findings.together(node)
            self.reader.give_up(names_of(node).binds)
        found: list[Stmt] = []
        for made in each:
            found += self._declaration(line, made, made.value)
            line = cst.SimpleStatementLine([made])
        return found

    def _named_apart(self, line: cst.SimpleStatementLine, each: list[cst.Assign]) -> list[Stmt]:
        """What is awaited together runs together; comments are those of the first."""
        found: list[Stmt] = []
        for made in each:
            before, _ = self.small(line, made)
            found += before
            line = cst.SimpleStatementLine([made])
        return found

    def _awaits_stream(self, value: cst.BaseExpression | None) -> cst.Await | None:
        """An `await` of a live collection itself."""
        if isinstance(value, cst.Await) and self.reader.is_live(value.expression):
            return value if next(self.reader.collected(value), None) is None else None
        return None

    def opens(self, node: cst.CSTNode) -> bool:
        """Whether a statement is a slice."""
        return opened(self.reader, node) is not None

    def slice(self, node: cst.With) -> list[Stmt]:
        """What to run before a slice, which becomes part of what is declared."""
        if self.depth > 1:
            self.findings.nested(node)
            return []
        call = opened(self.reader, node)
        assert call is not None
        self._reached(node)
        before = self._needed(node)
        SliceReader(self.reader, node, call, self._declared).read()
        return before

    def _declared(self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement) -> None:
        value = value_of(node)
        assert value is not None
        self._declaration(line, node, value)

    def before(self, node: cst.CSTNode) -> list[Stmt]:
        """What has to run before a statement that is not live itself."""
        if self.depth != 1 or self.opens(node):
            return []
        awaited = frozenset(c.name for c in self.reader.collects)
        roles = frozenset(role.name for role in self.operations.choreography.roles)
        doubtful = self._is_doubtful(node)
        quiet = is_quiet(node, self.reader.lives, awaited, roles) or self._is_given(node, awaited)
        quiet = quiet or doubtful
        if not quiet:
            self._reached(node)
        ends = isinstance(node, cst.Return)
        found = self._taken(node) if (ends or self.reader.active) and not quiet else []
        if not ends:
            found += self._evaluated(node)
        known = self.reader.known()
        for name in names_of(node).binds & known if known else ():
            if not self._declares(node, name):
                self.reader.forget(name)  # from here on it means something else
        if doubtful:
            self.reader.give_up(names_of(node).binds)
        return found

    def _is_doubtful(self, node: cst.CSTNode) -> bool:
        """Whether it names what is made of something refused, and so may be a collection, too."""
        value = node.value if isinstance(node, (cst.Assign, cst.AnnAssign)) else None
        return value is not None and bool(names_of(value).reads & self.reader.refused)

    def _declares(self, node: cst.CSTNode, name: str) -> bool:
        """Whether a statement below another one gives a name to a live collection, which is refused there."""
        if isinstance(node, (cst.Assign, cst.AnnAssign)):
            bound = name in names_of(node).binds
            return bound and node.value is not None and self.reader.is_live(node.value)
        return any(self._declares(child, name) for child in children(node))

    def _is_given(self, node: cst.CSTNode, awaited: frozenset[str]) -> bool:
        """Whether it computes what a pipeline is given, which is part of what is declared around it."""
        if not self.operations.module.is_given(node) or self.operations.contains(node):
            return False
        return not names_of(node).reads & awaited

    def header(self, node: cst.BaseCompoundStatement) -> tuple[list[Stmt], cst.BaseStatement]:
        """What has to run before a compound statement, and the statement without the results awaited in its head."""
        if isinstance(node, cst.For) and node.asynchronous is None and self._is_looped(node):
            self.findings.looped(node)
            nothing = cst.Tuple([])
            empty = node.with_changes(iter=nothing, body=_EMPTY)
            for new, old in ((nothing, node.iter), (empty, node)):
                self.operations.module.moved(new, old)
            return [], empty
        if self.depth != 1:
            return [], node
        where = HEADS.get(type(node), "")
        head = getattr(node, where, None)
        awaited = list(self.reader.collected(head)) if isinstance(head, cst.CSTNode) else []
        if not awaited:
            return self.before(node), node
        assert isinstance(head, cst.CSTNode)
        self._reached(node)
        before, rest = self._without_results(head, awaited)
        made = node.with_changes(**{where: rest})
        self.operations.module.moved(made, node)
        return [*before, *self.before(made)], made

    def rest(self) -> list[Stmt]:
        """What still has to run at the end of the choreography."""
        return self._taken(None)

    # `async for`

    def loops(self, node: cst.For) -> bool:
        """Whether this is an `async for` over a live collection."""
        return node.asynchronous is not None and self.reader.is_live(node.iter)

    def loop(self, node: cst.For, suite: Callable[[cst.BaseSuite], tuple[Stmt, ...]]) -> list[Stmt]:
        """A protocol for each element of a stream, and all that was declared before it."""
        self._reached(node)
        before = self._needed(node)
        heads = self.reader.loop_heads(node)
        binds = tuple(sorted(names_of(node.with_changes(body=_EMPTY, orelse=None)).binds))
        body = suite(node.body)
        if not heads or not self.findings.loop(node, heads[0], body):
            return before
        roles = tuple(dict.fromkeys(x.role for x in heads))
        root = Root(node.iter)
        span = self.operations.module.span(node.iter)
        turns = Turns(node, root, body, binds, roles, span, may_break(body))
        for live in heads:
            sink = self.reader.add(node.iter, LOOP.name, live.role, "sink")
            sink.inputs = (live,)
            if isinstance(node.target, cst.Name) and node.target.value != "_":
                sink.name = node.target.value
        flow = self.last = self.reader.take(None, turns)
        after = suite(node.orelse.body) if node.orelse is not None else ()
        return [*before, *([flow] if flow is not None else []), *after]

    # When flows run

    def _taken(self, at: cst.CSTNode | None) -> list[Stmt]:
        flow = self.reader.take(at)
        if flow is None:
            return []
        self.last = flow
        if at is not None:
            self._reached(at)
        return [flow]

    def _reached(self, node: cst.CSTNode) -> None:
        """A statement that stands after a flow."""
        if self.last is not None:
            self.findings.unreachable(self.last, node)
            self.last = None

    def _needed(self, *nodes: cst.CSTNode) -> list[Stmt]:
        """A flow whose results some nodes read has to run before them."""
        pending = {c.name for c in self.reader.collects}
        return next((self._taken(n) for n in nodes if names_of(n).reads & pending), [])

    def _evaluated(self, node: cst.CSTNode) -> list[Stmt]:
        """What waiting pipelines were given, evaluated before a statement that stands after them."""
        found: list[Stmt] = []
        for live in self.reader.lives:
            given = dict(live.arguments)
            for name, argument in live.arguments.items():
                if changes(live, name, argument.expr, node):
                    made = self.hoister.fresh(name)
                    found.append(self.hoister.bind(made, argument.expr))
                    given[name] = Given(self.hoister.name(made, argument.expr))
            live.arguments = given
        return found

    # Parts of statements

    def _declaration(
        self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement, value: cst.BaseExpression
    ) -> list[Stmt]:
        before = self._needed(value)
        count = len(self.reader.lives)
        if isinstance(node, cst.Expr):
            self.reader.results(value)
        elif isinstance(node, cst.AnnAssign):
            self.reader.bind(node.target, value)
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            self.reader.bind(node.targets[0].target, value)
        else:
            self.findings.refuse(
                node, "a live collection is bound to one name", "bind it in a statement"
            )
        place_comments(self.operations.module, line, self.reader.lives[count:])
        self._hand_on(line, self.reader.lives[count:])
        return before

    def _hand_on(self, line: cst.SimpleStatementLine, made: Sequence[Live]) -> None:
        """What is said above a channel, of which nothing stands in the code, is said above what follows it."""
        if self.untold and made and not line.leading_lines:
            made[0].leading = self.untold
        told = made and all(x.op in ("feedback", "channel") for x in made)
        self.untold = made[0].leading if told else ()

    def _without_results(
        self, node: cst.CSTNode, awaited: list[cst.Await]
    ) -> tuple[list[Stmt], cst.CSTNode]:
        """The statement with a name in place of each awaited result."""
        shared = any(self.reader.runs_now(root(x)) for x in awaited)
        before = self._needed(
            *awaited if shared else (node,)
        )  # the rest may read what runs with these
        there: list[cst.Await] = []  # before the statement, or with what is awaited further left
        swaps: dict[cst.CSTNode, cst.CSTNode] = {}
        names: list[str] = []
        for each in awaited:
            runs = bool(self.reader.collects) and self.reader.runs_now(root(each))
            there += [each] if runs or self.reader.keeps(each) else []
            name = self.reader.keeps(each) or self.names.of(each, self.following)
            if not (self.reader.keeps(each) or self.reader.collect(each, name)):
                before.append(self.hoister.left_out(each, (name,)))
            names.append(name)
            made = cst.Name(name)
            self.operations.module.moved(made, each)
            swaps[each] = made
        late = displaced(self.hoister, node, awaited, there)
        if late is not None:
            self.findings.displaced(*late)
        rest = exchange(node, swaps.get, self.operations.module.moved)
        self._declare_following(node)
        for name in names:
            self.reader.forget(name)
        return [*before, *self._taken(rest)], rest

    def _declare_following(self, node: cst.CSTNode) -> None:
        """What the next statements await of streams that run now: once they have run it would be too late."""
        if not self.reader.collects or self.depth != 1:
            return
        left = [
            x for x in following(self.reader, node, self.following) if not self.reader.keeps(x[0])
        ]
        while now := [x for x in left if self.reader.runs_now(root(x[0]))]:
            for (
                awaited,
                target,
            ) in now:  # what comes of two streams makes the other one run now, too
                name = target or self.names.of(awaited, self.following)
                if self.reader.collect(awaited, name):
                    self.reader.kept_nodes[awaited] = name
            left = [x for x in left if x not in now]


_EMPTY = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])
