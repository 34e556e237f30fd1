"""From the pieces of a projection to syntax: statements, provenance comments, placeholders filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import TypeVar

import libcst as cst

from motetc.backend.embedding import PASS, led, with_body
from motetc.backend.output import Origin, StatementOrigin
from motetc.diagnostics.model import Span
from motetc.frontend.comments import footer_of, suite_comment
from motetc.frontend.parentheses import negated
from motetc.frontend.positions import Positions
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, exchange, inner_statements
from motetc.ir.pieces import (
    Copied,
    Exit,
    Fork,
    Fused,
    Line,
    Loop,
    Otherwise,
    Piece,
    Sessions,
    Switch,
    Touch,
    call_name,
    partner_name,
)
from motetc.ir.types import Type

Node = TypeVar("Node", bound=cst.CSTNode)
_PLACEHOLDER = re.compile(r"__(op|call)(\d+)(?:_(\w+?))?__\Z")
_TYPE = re.compile(r"__type(\d+)__")
_ENDPOINT = re.compile(r"__op(\d+)__")
_SIDES = {"send": "→", "receive": "←", "both": "⇄"}


@dataclass(slots=True)
class Renderer:
    """For one function. `names` gives channels, `callee` a call's projected function, `annotation` a type's text."""

    module: SourceModule
    names: Mapping[int, str]
    callee: Callable[[int, str | None], str]
    annotation: Callable[[Type], str]
    lines: Mapping[
        int, tuple[int, ...]
    ]  # the source lines of an operation, those it was unified with included
    member_type: Callable[[str], str] = str
    origins: dict[int, tuple[cst.CSTNode, StatementOrigin]] = field(default_factory=dict)
    annotated: set[str] = field(default_factory=set)
    locals: frozenset[str] = frozenset()

    def body(
        self, pieces: Sequence[Piece], footer: Sequence[cst.EmptyLine] = ()
    ) -> cst.IndentedBlock:
        """A suite; `pass` if there is nothing to do."""
        statements, left = self._with_footers(pieces)
        statements = self._from_the_top(statements)
        return cst.IndentedBlock(statements or [PASS], footer=[*left, *footer])

    def _from_the_top(self, statements: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """Without blank lines in front: what stood above them in the source is not here."""
        if not statements:
            return statements
        first, *others = statements
        lines = first.leading_lines  # type: ignore[attr-defined]
        kept = list(dropwhile(lambda line: line.comment is None, lines))
        if len(kept) == len(lines):
            return statements
        made = first.with_changes(leading_lines=kept)
        self.moved(made, first)
        return [made, *others]

    def statements(self, pieces: Sequence[Piece]) -> list[cst.BaseStatement]:
        """The statements of some pieces, in order."""
        return self._with_footers(pieces)[0]

    def _with_footers(
        self, pieces: Sequence[Piece]
    ) -> tuple[list[cst.BaseStatement], Sequence[cst.EmptyLine]]:
        """The same; comments at the end of a block stand above what follows it, and some may be left."""
        found: list[cst.BaseStatement] = []
        left: Sequence[cst.EmptyLine] = ()
        for piece in pieces:
            made = self._piece(piece)
            if left and made:
                lines = made[0].leading_lines  # type: ignore[attr-defined]
                first = made[0].with_changes(leading_lines=[*left, *lines])
                self.moved(first, made[0])
                made[0] = first
            found.extend(made)
            left = piece.after if isinstance(piece, Copied) else ()
        return found, left

    def _arm(
        self, pieces: Sequence[Piece], footer: Sequence[cst.EmptyLine], comment: str = ""
    ) -> cst.IndentedBlock:
        """A suite with the comments around it, which go where nothing is done."""
        return _headed(self.body(pieces, footer if pieces else ()), comment)

    def _piece(self, piece: Piece) -> list[cst.BaseStatement]:
        match piece:
            case Line():
                return [self._line(piece)]
            case Copied():
                filled = self._filled(piece.node)
                self._note(filled, piece.span, "copied")
                self.annotated |= piece.binds
                return [filled]
            case Fork():
                return [self._fork(piece)]
            case Loop():
                return [self._loop(piece)]
            case Switch():
                return [self._switch(piece)]
            case Exit():
                return [self._exit(piece)]
            case Sessions():
                return self._sessions(piece)
            case Fused():
                return self._fused(piece)

    def _line(self, line: Line) -> cst.BaseStatement:
        small = self._filled(line.node)
        if line.annotate is not None and isinstance(small, cst.Assign):
            small = self._annotate(small, line)
        self.annotated |= line.binds
        return self._simple(small, line.span, line.touches, line.leading, line.comment)

    def _annotate(self, node: cst.Assign, line: Line) -> cst.BaseSmallStatement:
        """Every received value says its type, where its name is first bound."""
        target = node.targets[0].target
        if (
            not isinstance(target, cst.Name)
            or target.value in self.annotated
            or line.annotate is None
        ):
            return node
        if line.annotate.kind in ("any", "other"):
            return node
        annotation = cst.parse_expression(self.annotation(line.annotate))
        if (
            names_of(annotation).reads & self.locals
        ):  # a local called `list`: types cannot be told here
            return node
        return cst.AnnAssign(target, cst.Annotation(annotation), node.value)

    def _simple(
        self,
        small: cst.BaseSmallStatement,
        span: Span,
        touches: tuple[Touch, ...],
        leading: Sequence[cst.EmptyLine],
        comment: str,
    ) -> cst.SimpleStatementLine:
        trailing = _trailing(self._provenance(touches, comment))
        if small.semicolon is not cst.MaybeSentinel.DEFAULT:  # another followed in the source
            small = small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        line = cst.SimpleStatementLine(
            [small], leading_lines=list(leading), trailing_whitespace=trailing
        )
        self._note(small, span, _origin(touches))
        return line

    def _provenance(self, touches: tuple[Touch, ...], comment: str) -> str:
        peers: dict[tuple[str, str], dict[str, None]] = {}
        for touch in touches:
            if touch.side in _SIDES:
                shown = self.module.shown(*self.lines.get(touch.uid, ()))
                peers.setdefault((_SIDES[touch.side], shown), {})[touch.peer] = None
        told = (f"# {way} {', '.join(names)}, {shown}" for (way, shown), names in peers.items())
        return "  ".join(filter(None, (comment, *told)))

    def _fork(self, fork: Fork) -> cst.If:
        test = self._filled(fork.test)
        body = self._arm(fork.then, fork.footer)
        if not fork.then and fork.orelse and not _is_chain(fork.orelse):
            test = _opposite(test)
            body = self._arm(fork.orelse, fork.otherwise.footer)
            orelse: cst.If | cst.Else | None = None
        else:
            orelse = self._else(fork.orelse, fork.otherwise)
        comment = self._provenance(fork.touches, fork.comment)
        node = cst.If(test, _headed(body, comment), orelse, leading_lines=list(fork.leading))
        self._note(node, fork.span, _origin(fork.touches))
        return node

    def _else(self, pieces: Sequence[Piece], around: Otherwise) -> cst.If | cst.Else | None:
        if not pieces:
            return None
        if _goes_on(pieces):
            (fork,) = pieces
            assert isinstance(fork, Fork)
            return self._fork(fork)
        return self._otherwise(pieces, around)

    def _otherwise(self, pieces: Sequence[Piece], around: Otherwise) -> cst.Else:
        body = self._arm(pieces, around.footer, around.comment)
        return cst.Else(body, leading_lines=list(around.leading))

    def _loop(self, loop: Loop) -> cst.BaseStatement:
        comment = self._provenance(loop.touches, loop.comment)
        self.annotated |= loop.binds
        head = self._filled(loop.head)
        body = self._arm(loop.body, loop.footer, comment)
        orelse = self._otherwise(loop.orelse, loop.otherwise) if loop.orelse else None
        node: cst.BaseStatement
        if loop.target is None:
            node = cst.While(head, body, orelse, leading_lines=list(loop.leading))
        else:
            node = cst.For(
                self._filled(loop.target), head, body, orelse, leading_lines=list(loop.leading)
            )
        self._note(node, loop.span, _origin(loop.touches))
        return node

    def _switch(self, switch: Switch) -> cst.Match:
        cases = []
        for arm in switch.arms:
            self.annotated |= arm.binds
            guard = self._filled(arm.guard) if arm.guard is not None else None
            written = arm.node.body
            body = self._arm(arm.body, footer_of(written), suite_comment(written))
            cases.append(arm.node.with_changes(body=body, guard=guard))
        comment = self._provenance(switch.touches, switch.comment)
        behind = cst.TrailingWhitespace(
            cst.SimpleWhitespace("  " if comment else ""), cst.Comment(comment) if comment else None
        )
        node = cst.Match(
            self._filled(switch.subject),
            cases,
            leading_lines=list(switch.leading),
            whitespace_after_colon=behind,
        )
        self._note(node, switch.span, _origin(switch.touches))
        return node

    def _exit(self, exit_: Exit) -> cst.BaseStatement:
        small: cst.BaseSmallStatement
        if exit_.kind == "break":
            small = cst.Break()
        elif exit_.kind == "continue":
            small = cst.Continue()
        else:
            small = cst.Return(self._filled(exit_.value) if exit_.value is not None else None)
        return self._simple(small, exit_.span, exit_.touches, exit_.leading, exit_.comment)

    def _sessions(self, piece: Sessions) -> list[cst.BaseStatement]:
        member = self.member_type(piece.cluster)
        opened = _statement(
            f"{piece.session} = {piece.net}.{self.names[piece.uid]}({piece.variable})"
        )
        outer = set(self.annotated)
        body = self.body(piece.body)
        self.annotated = outer
        parameter = cst.Param(
            cst.Name(piece.variable), cst.Annotation(cst.parse_expression(member))
        )
        handed = [
            cst.Param(
                cst.Name(name),
                cst.Annotation(cst.parse_expression(self.annotation(type_))),
                default=cst.Name(name),
            )
            for name, type_ in piece.handed.items()
        ]
        uses_net = any(_mentions(s, piece.session) for s in body.body)
        function = cst.FunctionDef(
            cst.Name(piece.function),
            cst.Parameters([parameter, *handed]),
            body.with_changes(body=[opened, *body.body] if uses_net else body.body),
            returns=cst.Annotation(cst.Name("None")),
            asynchronous=cst.Asynchronous(),
            leading_lines=list(piece.leading) or [cst.EmptyLine(indent=False)],
        )
        group = f"{piece.net}.{partner_name(piece.cluster)}"
        call = _statement(f"await {piece.net}.each({group}, {piece.function})")
        self._note(function, piece.span, "copied")
        self._note(call, piece.span, "copied")
        return [function, call]

    def _fused(self, piece: Fused) -> list[cst.BaseStatement]:
        """Text with its placeholders filled in, parsed; every statement comes from where its first line does."""
        text = _TYPE.sub(lambda m: self.annotation(piece.types[int(m.group(1))]), piece.text)
        text = _ENDPOINT.sub(lambda m: self.names[int(m.group(1))], text)
        tree = cst.parse_module(text)
        positions = Positions(tree)
        for node in inner_statements(tree):
            lines = positions.lines(node)
            assert lines is not None
            self._note(node, piece.spans[lines[0] - 1] or piece.span, "copied")
        self.annotated |= piece.binds
        if "__body__" in text:
            statements = self.statements(piece.body)
            tree = exchange(tree, lambda node: with_body(node, statements), self.moved)
        body: list[cst.BaseStatement] = list(tree.body)
        return led(body, tree)

    def moved(self, made: cst.CSTNode, node: cst.CSTNode) -> None:
        """A statement that was made anew around a change comes from where it did."""
        self.module.moved(made, node)
        if id(node) in self.origins:
            self.origins[id(made)] = (made, self.origins[id(node)][1])

    def _filled(self, node: Node) -> Node:
        """The node with its placeholders filled in; filling exchanges names for names, so the kind of node stays."""
        return exchange(node, self._exchanged, self.module.moved)

    def _exchanged(self, node: cst.CSTNode) -> cst.CSTNode | None:
        if not isinstance(node, cst.Name) or not node.value.startswith("__"):
            return None
        filled = self.filled_name(node.value)
        if filled is None or "." not in filled:
            return node.with_changes(value=filled) if filled is not None else None
        return cst.parse_expression(filled)

    def filled_name(self, name: str) -> str | None:
        """What a placeholder stands for."""
        match = _PLACEHOLDER.match(name)
        if match is None:
            return None
        uid, formal = int(match.group(2)), match.group(3)
        if match.group(1) == "call":
            return self.callee(uid, formal)
        return call_name(self.names[uid], formal)

    def _note(self, node: cst.CSTNode, span: Span, origin: Origin) -> None:
        self.origins[id(node)] = (
            node,
            StatementOrigin(span.path, span.line, span.end_line, origin),
        )


def _statement(text: str) -> cst.SimpleStatementLine:
    parsed = cst.parse_statement(text)
    assert isinstance(parsed, cst.SimpleStatementLine)
    return parsed


def _trailing(comment: str) -> cst.TrailingWhitespace:
    if not comment:
        return cst.TrailingWhitespace()
    return cst.TrailingWhitespace(cst.SimpleWhitespace("  "), cst.Comment(comment))


def _headed(block: cst.IndentedBlock, comment: str) -> cst.IndentedBlock:
    return block.with_changes(header=_trailing(comment)) if comment else block


def _origin(touches: tuple[Touch, ...]) -> Origin:
    sides = {t.side for t in touches}
    if "receive" in sides or "both" in sides:
        return "receive"
    return "send" if "send" in sides else "copied"


_OPPOSITES: dict[type, Callable[[], cst.BaseCompOp]] = {
    cst.Equal: cst.NotEqual,
    cst.NotEqual: cst.Equal,
    cst.Is: cst.IsNot,
    cst.IsNot: cst.Is,
    cst.In: cst.NotIn,
    cst.NotIn: cst.In,
}


def _goes_on(pieces: Sequence[Piece]) -> bool:
    """Whether what is done otherwise is an `elif`."""
    return len(pieces) == 1 and isinstance(pieces[0], Fork) and not pieces[0].guard


def _is_chain(pieces: Sequence[Piece]) -> bool:
    """Whether what is done otherwise is several cases, which read best as they were written."""
    return _goes_on(pieces) and bool(getattr(pieces[0], "orelse", ()))


def _opposite(test: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        (compared,) = test.comparisons
        opposite = _OPPOSITES.get(type(compared.operator))
        if opposite is not None:
            return test.with_changes(comparisons=[compared.with_changes(operator=opposite())])
    return negated(test)


def _mentions(node: cst.CSTNode, name: str) -> bool:
    if isinstance(node, cst.Name):
        return node.value == name
    return any(_mentions(c, name) for c in children(node))
