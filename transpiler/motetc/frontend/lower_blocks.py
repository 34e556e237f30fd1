"""Lowers what is local to one place: `with` blocks of locations, and compound statements without communication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import libcst as cst

from motetc.diagnostics.model import Related, Span
from motetc.frontend.locations import choreography_decorator
from motetc.frontend.lower_simple import SimpleStatements
from motetc.frontend.scope import code_of, names_of, names_of_all
from motetc.frontend.tree import children
from motetc.ir.nodes import Block, Opaque, Seat, Stmt

_KEYWORDS = {
    cst.With: "`with`",
    cst.For: "`async for`",
    cst.FunctionDef: "a local function",
    cst.ClassDef: "a local class",
}

_LEAVING: Final = re.compile(r"\b(return|break|continue|yield)\b")
_LOCATED: Final = re.compile(r"[\n:;]\s*with\b|\beach\b")


class LocalCode(SimpleStatements):
    """Copied as it stands; nothing in it may communicate, and nothing may leave it."""

    def _with_seats(self, node: cst.With) -> tuple[Seat, ...]:
        if node.asynchronous is not None:
            if self._names_location(node):
                self._refuse(
                    node.items[0],
                    "`async with` of a location",
                    "write `with`: a block is local code",
                )
            return ()
        if self._is_uncalled(node.items[0].item):
            return ()
        seats = [self.operations.seat(item.item) or self._of_class(item) for item in node.items]
        if not any(seats):
            return ()
        found = tuple(s for s in seats if s is not None)
        if any(map(self.operations.asks, found)):
            return found
        named = next(
            (i for i, seat in zip(node.items, seats, strict=True) if seat and i.asname), None
        )
        if named is not None:
            code = self.module.code(named.item)
            help = f"write `with {code}:`, and `{code}` in it"
            self._refuse(named, "a location has one name in a choreography", help)
        other = [item for item, seat in zip(node.items, seats, strict=True) if seat is None]
        if other:
            inner = ", ".join(self._item(item) for item in other)
            outer = ", ".join(map(str, found))
            help = f"write `with {outer}:`, and inside of it `with {inner}:`"
            self._refuse(other[0], "a `with` of locations names locations only", help)
        return found

    def _item(self, item: cst.WithItem) -> str:
        name = f" as {self.module.code(item.asname.name)}" if item.asname is not None else ""
        return f"{self.module.code(item.item)}{name}"

    def _is_uncalled(self, item: cst.BaseExpression) -> bool:
        """`with leader.sliced as tick:`, refused."""
        match item:
            case cst.Attribute(value=who, attr=cst.Name(value="sliced")) if (
                self.operations.seat(who) is not None
            ):
                code = self.module.code(item)
                self._refuse(
                    item,
                    f"`{code}` is not called, and opens no slice",
                    f"write `with {code}() as tick:`",
                )
                return True
        return False

    def _of_class(self, item: cst.WithItem) -> Seat | None:
        """The location that is meant by its class, which is refused."""
        role = self.operations.role_of_class(item.item)
        if role is None:
            return None
        name = cst.Name(role)
        self.module.moved(name, item.item)
        text = f"`{self.module.code(item.item)}` is the class of a location, and no location"
        self._refuse(item.item, text, f"write `with {role}:`")
        return self.operations.seat(name)

    def _block(self, node: cst.With, seats: tuple[Seat, ...], count: int) -> Stmt:
        """A block of locations; there were so many findings before its head was looked at."""
        block = self._local_block(node, seats)
        if len(self.findings) > count:  # refused: whoever reads what it binds is not to blame
            return self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))
        return block

    def _slice(self, node: cst.With) -> list[Stmt]:
        count = len(self.findings)
        before = self.live.slice(node)
        if len(self.findings) > count:  # refused: whoever reads what it binds is not to blame
            return [*before, self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        return [*before]

    def _local_block(self, node: cst.With, seats: tuple[Seat, ...]) -> Block:
        inner = self.operations.contains(node.body)
        if inner is not None:
            text = "communication inside a `with` block of a location"
            self._refuse(inner, text, "a block is local code: end it before the communication")
        self.operations.refuse_values(node.body)
        self._refuse_located(node)
        self.live.findings.embedded(node.body)
        if _may_leave(node):
            self._refuse_leaving(node.body, "a `with` block", loop=False)
        names = names_of_all(node.body.body)
        return Block(
            node,
            seats,
            self.module.span(node),
            tuple(sorted(names.reads)),
            tuple(sorted(names.binds)),
        )

    def _opaque(self, node: cst.BaseCompoundStatement) -> list[Stmt]:
        inner = self.operations.contains(node)
        if isinstance(node, cst.FunctionDef) and choreography_decorator(
            self.operations.program, self.module, node
        ):
            return [self.hoister.left_out(node, (node.name.value,))]  # refused with the signatures
        if inner is not None:
            if isinstance(node, (cst.Try, cst.TryStar)):
                self._refuse_try(node, inner)
            else:
                self._refuse_around(node, inner)
            return [self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        self.operations.refuse_values(node)
        if self._refuse_located(node):
            return [self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        count = len(self.findings)
        self.live.findings.embedded(node)
        if len(self.findings) > count:  # refused: what it reads is no value
            return [self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        definition = isinstance(node, (cst.FunctionDef, cst.ClassDef))
        if not definition and _may_leave(node):
            self._refuse_leaving(node, _KEYWORDS.get(type(node), "`try`"), loop=False)
        names = names_of(node)
        span = self.module.span(node)
        binds, reads = tuple(sorted(names.binds)), tuple(sorted(names.reads))
        return [Opaque(node, span, reads, binds, runs=not definition)]

    def _refuse_located(self, node: cst.BaseCompoundStatement) -> bool:
        """The first block of locations, or loop of sessions, in local code: that is copied to where there are none."""
        return _LOCATED.search(code_of(node)) is not None and self._refuse_first(node, node)

    def _refuse_first(self, node: cst.CSTNode, around: cst.BaseCompoundStatement) -> bool:
        for child in children(node):
            if isinstance(child, cst.With) and self._names_location(child):
                self._refuse_block(child, around)
                return True
            if isinstance(child, cst.For) and self.operations.opens_sessions(child.iter):
                what = _KEYWORDS.get(type(around), "`try`")
                help = f"end {what} before the loop"
                if what == "`try`":
                    help = "turn the exception into a value, `await location.attempt(f, x)`, and do without `try`"
                self._refuse(child.iter, f"sessions inside {what}", help)
                return True
            if self._refuse_first(child, around):
                return True
        return False

    def _refuse_block(self, inner: cst.With, around: cst.BaseCompoundStatement) -> None:
        shown, what = self._head(inner), _KEYWORDS.get(type(around), "`try`")
        if what == "`try`" and len(set(self._heads(around))) > 1:
            self._refuse_try(around, inner.items[0], "this is at one of them")
            return
        help = f"put all of {what} into one block `{shown}`, and write what is in it without blocks"
        if isinstance(around, cst.With) and self._names_location(around):
            what = f"the block `{self._head(around)}`"
            help = "write what it holds without it"
            if shown != self._head(around):
                help = f"end {what} before"
        self._refuse(inner.items[0], f"`{shown}` inside {what}", help)

    def _heads(self, node: cst.CSTNode) -> Iterator[str]:
        for child in children(node):
            if isinstance(child, cst.With) and self._names_location(child):
                yield self._head(child)
            yield from self._heads(child)

    def _head(self, node: cst.With) -> str:
        return f"with {', '.join(self.module.code(item.item) for item in node.items)}:"

    def _names_location(self, node: cst.With) -> bool:
        return any(self.operations.seat(item.item) is not None for item in node.items)

    def _refuse_around(self, node: cst.BaseCompoundStatement, inner: cst.CSTNode) -> None:
        help = "move the communication out of it"
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            help = "make it a choreography at the top level of the module, and await a call of it"
        elif isinstance(node, cst.For):
            code = self.module.code(node.iter)
            help = f"write `for`, without `async`, if it is a list; or go through a stream: `location.source({code})`"
        self.findings.error(
            "unsupported-syntax",
            self._keyword(node),
            f"communication inside {_KEYWORDS[type(node)]}",
            help,
            (Related(self.module.span(inner), "this is between locations"),),
        )

    def _keyword(self, node: cst.BaseCompoundStatement) -> Span:
        """Where the statement begins; the rest of it is not to blame."""
        span = self.module.span(node)
        word = re.match(r"(async\s+)?\w+", code_of(node).lstrip())
        return replace(
            span,
            end_line=span.line,
            end_column=span.column + (len(word[0]) if word is not None else 3),
        )

    def _refuse_try(
        self,
        node: cst.BaseCompoundStatement,
        inner: cst.CSTNode,
        told: str = "this is between locations",
    ) -> None:
        self.findings.error(
            "unsupported-syntax",
            self._keyword(node),
            "`try` around statements of several places: the others would not learn that one of them failed",
            "use `await location.attempt(f, x)` to turn the exception into a value, and communicate outside",
            (Related(self.module.span(inner), told),),
        )

    def _refuse_leaving(self, node: cst.CSTNode, what: str, loop: bool) -> None:
        """`return` anywhere, `break` and `continue` outside a loop of its own, and `yield`."""
        for child in children(node):
            if isinstance(child, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                continue
            leaves = isinstance(child, cst.Return) or (
                isinstance(child, (cst.Break, cst.Continue)) and not loop
            )
            if leaves:
                word = type(child).__name__.lower()
                help = f"set a value in it, and `{word}` after it"
                self._refuse(child, f"`{word}` leaves {what}", help)
            if isinstance(child, cst.Yield):
                help = "return a value, or send what you would yield"
                self._refuse(child, "`yield`: a choreography is no generator", help)
            inner = loop or isinstance(node, (cst.For, cst.While))
            self._refuse_leaving(child, what, inner)


def _may_leave(node: cst.BaseCompoundStatement) -> bool:
    """Whether it is worth to look for what leaves a statement."""
    return _LEAVING.search(code_of(node)) is not None
