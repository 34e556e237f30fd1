"""Functions nested in the one of the role: what several loops come to, and loops that run at the same time."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value, mentions
from motetc.passes.fuse.inline import parameters
from motetc.passes.fuse.leaving import Leaving
from motetc.passes.fuse.picking import reads_inner_items_alone
from motetc.passes.fuse.wording import one_of


@dataclass(slots=True, kw_only=True)
class Nesting(Leaving):
    """The functions that have been written, and how they are called."""

    functions: list[Code] = field(default_factory=list)
    shared: dict[int, str] = field(default_factory=dict)  # uid -> function for what follows
    unsent: dict[str, set[int]] = field(default_factory=dict)  # what a function leaves to be sent
    items_read: dict[int, tuple[bool, ...]] = field(default_factory=dict)  # of what joins give
    awaited: set[str] = field(default_factory=set)  # functions that are asynchronous
    commented: set[int] = field(default_factory=set)

    def call(self, name: str, arguments: str) -> str:
        """The text of calling a function nested in this one."""
        return f"{'await ' if name in self.awaited else ''}{name}({arguments})"

    def given(self, live: Live, code: Code) -> tuple[list[str], Element]:
        """The parameters of a function for what follows a node, and the element that they are."""
        if self._is_taken_apart(live):
            return self._given_items(live, code)
        name = self.element_name(live, code)
        code.busy.add(name)
        given = [f"{name}: {self.annotation(self.element_type(live))}"]
        value = Value(name, True, self.element_type(live))
        if live.shape != "keyed_stream":
            return given, Element(value, sole=True)
        key = self.local(self.key_hint(live), code, self.key_type(live))
        code.busy.add(key)
        given.insert(0, f"{key}: {self.annotation(self.key_type(live))}")
        return given, Element(value, Value(key, True, self.key_type(live)), sole=True)

    def parameters(self, live: Live, given: list[str], code: Code) -> list[str]:
        """The parameters that a function reads, where it is given items."""
        if not self._is_taken_apart(live):
            return given
        said = "\n".join(line.text for line in code.lines)
        read = tuple(mentions(said, parameter.partition(":")[0]) for parameter in given)
        self.items_read[live.uid] = read
        return [*compress(given, read)]

    def arguments(self, live: Live, element: Element) -> str:
        """What the function for what follows a node is called with."""
        if live.uid in self.items_read:
            key, inner = element.value.parts
            every = [part.text for part in (key, *inner.parts)]
            return ", ".join(compress(every, self.items_read[live.uid]))
        return ", ".join(p.text for p in (element.key, element.value) if p is not None)

    def _is_taken_apart(self, live: Live) -> bool:
        """Whether all that is done with what a join gives is a lambda that reads its items."""
        consumers = self.consumers(live)
        if live.op != "join" or len(consumers) != 1 or self.hops_of(live) or self.collects_of(live):
            return False
        given = consumers[0][0].arguments.get("f")
        function = given.expr if given is not None else None
        names = parameters(function) if isinstance(function, cst.Lambda) else None
        if not isinstance(function, cst.Lambda) or names is None or len(names) != 1:
            return False
        return reads_inner_items_alone(function.body, names[0])

    def _given_items(self, live: Live, code: Code) -> tuple[list[str], Element]:
        """The parameters for what a join gives, taken apart: the key, and one of each side."""
        found = self.element_type(live)
        pair = found.args[1] if found is not None and len(found.args) == 2 else None
        types = (
            (found.args[0], *pair.args) if found is not None and pair is not None else (None,) * 3
        )
        sides = zip(live.inputs, ("left", "right"), strict=True)
        hints = "key", *(one_of(x.name) or side for x, side in sides)
        names = self.several(hints, code, types)
        code.busy |= {*names}
        given = [f"{n}: {self.annotation(t)}" for n, t in zip(names, types, strict=True)]
        key, left, right = (Value(n, True, t) for n, t in zip(names, types, strict=True))
        inner = Value(f"({left.text}, {right.text})", parts=(left, right))
        return given, Element(Value(f"({key.text}, {inner.text})", type=found, parts=(key, inner)))

    def function(self, name: str, given: str, code: Code, span: Span) -> None:
        """A function nested in this one."""
        made = Code()
        made.line("")
        head = "async def" if code.awaits else "def"
        made.line(f"{head} {name}({given}) -> None:", span)
        outer = sorted(code.assigned)
        if outer:
            made.lines.append(Code.line_of(1, f"nonlocal {', '.join(outer)}"))
        made.lines += code.lines or [Code.line_of(1, "pass")]
        made.names = code.names
        self.functions.append(made)
        self.unsent[name] = set(code.unsent)
        if code.awaits:
            self.awaited.add(name)

    def comment(self, live: Live, code: Code) -> None:
        """The source's comments on a statement, once."""
        code.remark = len(code.lines)
        if live.uid not in self.commented:
            self.commented.add(live.uid)
            for text in (*live.leading, live.comment):
                if text:
                    code.line(text)
