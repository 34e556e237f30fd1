"""Text under construction: the lines of one function, with indentation and where in the source they come from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from motetc.diagnostics.model import Span
from motetc.ir.types import Type

BODY = "await __body__"
"""Stands for the body of an `async for`, in a `for` or in the loop of a driver."""

_APPEND = re.compile(r"(\w+(?:\.setdefault\(\w+, \[\]\))?)\.(append|add)\((\w+|\([\w, ]+\))\)$")
_WHOLE = {"append": "extend", "add": "update"}


@dataclass(frozen=True, slots=True)
class Value:
    """An expression's text. `atomic`: a name or literal, which may stand anywhere any number of times.

    `parts` are the items of a tuple that is taken apart already. `present`: of an optional, the condition under which
    there is a value; the text means something only where it holds, or (`whole`) is None elsewhere. "" if there always
    is a value. `idle`: evaluating it does nothing, so that it may be left out.
    """

    text: str
    atomic: bool = False
    type: Type | None = None
    parts: tuple[Value, ...] = ()
    present: str = ""
    whole: bool = False
    idle: bool = False

    @property
    def maybe(self) -> str:
        """The value, or None where there is none."""
        if self.whole or self.present in ("", f"{self.text} is not None"):
            return self.text
        return f"{chosen(self.text)} if {self.present} else None"


@dataclass(frozen=True, slots=True)
class Element:
    """What flows: a value, and the key that goes with it in a keyed stream.

    `sole`: nobody else will read the variables in it, so that they may be bound anew; the key and the value have
    none in common then.
    """

    value: Value
    key: Value | None = None
    sole: bool = False

    def __post_init__(self) -> None:
        if self.sole and self.key is not None and not is_apart(self.key, self.value):
            object.__setattr__(self, "sole", False)


@dataclass(slots=True, eq=False)
class Line:
    """One line: its depth, its text, and the source's statement that it does. Two lines that read alike are two."""

    depth: int
    text: str
    span: Span | None
    raw: bool = False  # within a string: nothing is put in front
    copied: bool = False  # as the source has it
    called: bool = (
        False  # a function of the source, which may be called anything, with this very element
    )
    words: frozenset[str] = frozenset()  # of the body of an `async for` that it stands for

    def may_read(self, name: str) -> bool:
        """Whether it reads a name, as far as letters tell."""
        return name in self.words or (self.text != BODY and mentions(self.text, name))

    @property
    def written(self) -> str:
        """The line with its indentation."""
        return self.text if self.raw or not self.text else f"{'    ' * self.depth}{self.text}"


@dataclass(slots=True)
class Code:
    """The body of one function. `assigned` are the variables of the function around it that this one changes."""

    depth: int = 0
    lines: list[Line] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    names: dict[str, Type | None] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)  # names that are still read further on
    single: int = -1
    """The depth at which exactly one element is at hand in each turn of a loop; -1 for nowhere."""
    here: Span | None = None  # the operator that is being written
    early: bool = False  # it runs within a batch, whose last elements may not have been sent yet
    unsent: set[int] = field(default_factory=set)  # uids of hops with elements that wait to be sent
    sized: set[str] = field(
        default_factory=set
    )  # collections that know how many elements they have
    remark: int = -1  # the line at which the comments on the operator begin that is being written

    def line(self, text: str, span: Span | None = None) -> None:
        """Add a line (or several, separated by newlines)."""
        for part in text.split("\n"):
            self.lines.append(Line(self.depth, part, span or self.here))

    def bring(self, text: str) -> None:
        """Add a line for what has come from before the operator that is being written: it goes before its comments."""
        self.line(text)
        if self.remark >= 0 and all(x.text.startswith("#") for x in self.lines[self.remark : -1]):
            self.lines.insert(self.remark, self.lines.pop())
            self.remark += 1

    def parted(self, name: str, count: int) -> tuple[str, ...]:
        """The names of a tuple's items, if it has been taken apart above, and none of them means something else."""
        for index in range(len(self.lines) - 1, -1, -1):
            line, later = self.lines[index], self.lines[index + 1 :]
            if line.depth > self.depth:
                continue
            head, _, value = line.text.partition(" = ")
            names = tuple(head.split(", "))
            if value == name and name.isidentifier() and len(names) == count and not line.copied:
                kept = not any(_binds(x.text, (name, *names)) for x in later)
                return names if kept and all(x.depth >= line.depth for x in later) else ()
        return ()

    def call(self, text: str, span: Span | None = None) -> None:
        """Add a call that the source makes, for its effect: of what it calls `add` nothing is known."""
        self.line(text, span)
        self.lines[-1].called = True

    def copy(self, text: str, span: Span, raw: bool) -> None:
        """Add a line of the source, as it stands if it begins within a string."""
        self.lines.append(Line(self.depth, text, span, raw, copied=True))

    def take(self, other: Code) -> None:
        """Add what another function would do, which stands at depth 1 there."""
        self.lines += [replace(x, depth=x.depth + self.depth - 1) for x in other.lines]
        self.assigned |= other.assigned

    @staticmethod
    def line_of(depth: int, text: str) -> Line:
        """One line by itself."""
        return Line(depth, text, None)

    def assign(self, name: str, text: str, span: Span | None = None) -> None:
        """Change a variable that belongs to the whole flow."""
        self.assigned.add(name)
        self.line(f"{name} {text}", span)

    def end_of(self, index: int) -> int:
        """The index behind all lines below a head."""
        head = self.lines[index]
        rest = range(index + 1, len(self.lines))
        return next((i for i in rest if self.lines[i].depth <= head.depth), len(self.lines))

    def wrap(self, start: int, depth: int, header: str) -> None:
        """Put the lines from `start` on below a header at `depth`."""
        for line in self.lines[start:]:
            line.depth += 1
        self.lines.insert(start, Line(depth, header, self.lines[start].span))

    def wrap_loop(self, start: int, header: str) -> None:
        """The same with the body of the loop that is the first thing from `start` on."""
        end = len(self.lines)
        while self.lines[start].depth > self.depth or not self.lines[start].text.startswith(
            ("async for", "for")
        ):
            start += 1
        tail = next((i for i in range(start + 1, end) if self.lines[i].depth <= self.depth), end)
        rest, self.lines = self.lines[tail:], self.lines[:tail]
        self.wrap(start + 1, self.depth + 1, header)
        self.lines += rest

    @contextmanager
    def block(self, header: str, span: Span | None = None) -> Iterator[None]:
        """What is added meanwhile stands below `header`; a block that stays empty is left out."""
        self.line(header, span)
        start = len(self.lines)
        self.depth += 1
        yield
        self.depth -= 1
        if len(self.lines) == start:
            self.lines.pop()

    @contextmanager
    def loop(
        self, names: tuple[str, ...], items: str, span: Span | None = None, head: str = "for"
    ) -> Iterator[None]:
        """A loop whose variables are `names`: those that its body does not read are called `_`."""
        at, busy = len(self.lines), set(self.busy)
        self.busy |= set(names)
        with self.block(f"{head} {', '.join(names)} in {items}:", span):
            yield
        self.busy = busy
        if len(self.lines) > at:
            self._finish_loop(at, names, items, head)

    def _finish_loop(self, at: int, names: tuple[str, ...], items: str, head: str) -> None:
        header, body = self.lines[at], self.lines[at + 1 :]
        was = f"{head} {', '.join(names)} in {items}:"
        names, items = _read_names(body, names, items)
        if header.text == was:  # and not a batch that a slice has taken as it is
            header.text = f"{head} {', '.join(names)} in {items}:"
        if head != "for":
            return
        batch = self.is_batch(items, header.depth)
        short = _taken_whole(body, names, items, batch)
        if not short and len(body) == 1 and (batch or items in self.sized):
            short = _taken_together(body[0].text, names, items, batch)
        if short:
            lines = zip(short, body, strict=True)
            self.lines[at:] = [Line(header.depth, text, line.span) for text, line in lines]

    def is_batch(self, items: str, depth: int) -> bool:
        """Whether a name stands for a list that a loop around has got, which is never empty."""
        opening = re.compile(rf"async for (\w+, )?{re.escape(items)} in ")
        return items.isidentifier() and any(
            line.depth < depth and opening.match(line.text) for line in self.lines
        )

    @property
    def awaits(self) -> bool:
        """Whether anything in it is awaited."""
        return any("await " in x.text or x.text.startswith("async ") for x in self.lines)


def chosen(text: str) -> str:
    """An expression that may stand before an `if`: in parentheses, if it has a condition of its own."""
    (node,) = ast.parse(text).body
    whole = isinstance(node, ast.Expr) and isinstance(node.value, (ast.IfExp, ast.Lambda))
    return f"({text})" if whole and not text.startswith("(") else text


def is_apart(one: Value, other: Value) -> bool:
    """Whether two values have no variable in common, so that one of them may be bound to a name that it reads."""
    return not (_variables(one.text) & _variables(other.text))


def _variables(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _read_names(
    body: Sequence[Line], names: tuple[str, ...], items: str
) -> tuple[tuple[str, ...], str]:
    """The variables of a loop, `_` for those that its body does not read, and what it goes through."""
    used = tuple(n if any(x.may_read(n) for x in body) else "_" for n in names)
    if len(used) == 2 and "_" in used and items.endswith(".items()"):
        table = items.removesuffix(".items()")
        return (used[:1], table) if used[1] == "_" else (used[1:], f"{table}.values()")
    return used, items


def _taken_whole(
    body: Sequence[Line], names: tuple[str, ...], items: str, batch: bool
) -> list[str]:
    """What a loop does that only appends its elements to lists: they are extended; one under a key if there are any."""
    element = names[0] if len(names) == 1 else f"({', '.join(names)})"
    found = [None if line.called else _APPEND.match(line.text) for line in body]
    targets = [match[1] for match in found if match is not None]
    if "_" in names or any(match is None or match[3] != element for match in found):
        return []
    keyed = [target for target in targets if not target.isidentifier()]
    if keyed and (not batch or any(mentions(target, name) for target in keyed for name in names)):
        return []
    if len(found) > 1 and (not items.isidentifier() or len({*targets, items}) <= len(targets)):
        return []
    return [f"{m[1]}.{_WHOLE[m[2]]}({items})" for m in found if m is not None]


def _taken_together(text: str, names: tuple[str, ...], items: str, batch: bool) -> list[str]:
    """What a loop does that counts its elements, or keeps the last one of a batch, which has one."""
    if set(names) == {"_"} and re.fullmatch(
        r"\w+ \+= 1|(.+)\[(.+)\] = \1\.get\(\2, 0\) \+ 1", text
    ):
        return [f"{text[:-1]}len({items})"]
    kept = re.fullmatch(r"(\w+) = (\w+)", text) if batch else None
    return [f"{kept[1]} = {items}[-1]"] if kept is not None and names == (kept[2],) else []


def mentions(text: str, name: str) -> bool:
    """Whether a line has a name in it, as far as its letters tell."""
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text) is not None


def _binds(text: str, names: Sequence[str]) -> bool:
    """Whether a line gives one of some names another meaning."""
    head = re.match(r"(?:async )?for (.+?) in |(.+?) [-+*/|&]?= ", text)
    bound = (head[1] or head[2]) if head is not None else ""
    return any(mentions(bound.partition("[")[0], name) for name in names)
