"""Functions nested in the one of the role: what several loops come to, and loops that run at the same time."""

from __future__ import annotations

from dataclasses import dataclass, field

from motetc.diagnostics.model import Span
from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.leaving import Leaving


@dataclass(slots=True, kw_only=True)
class Nesting(Leaving):
    """The functions that have been written, and how they are called."""

    functions: list[Code] = field(default_factory=list)
    shared: dict[int, str] = field(default_factory=dict)  # uid -> function for what follows
    unsent: dict[str, set[int]] = field(default_factory=dict)  # what a function leaves to be sent
    awaited: set[str] = field(default_factory=set)  # functions that are asynchronous
    commented: set[int] = field(default_factory=set)

    def call(self, name: str, arguments: str) -> str:
        """The text of calling a function nested in this one."""
        return f"{'await ' if name in self.awaited else ''}{name}({arguments})"

    def given(self, live: Live, code: Code) -> tuple[list[str], Element]:
        """The parameters of a function for what follows a node, and the element that they are."""
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
