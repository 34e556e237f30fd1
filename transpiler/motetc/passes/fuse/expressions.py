"""Arguments of operators as text at one role: calls of the source's functions, and values under names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.passes.fuse.code import Code, Value
from motetc.passes.fuse.inline import hides, one_line, parameters, reads_first, substituted, uses
from motetc.passes.fuse.names import Names

Localize = Callable[[cst.BaseExpression], cst.BaseExpression]


@dataclass(slots=True, kw_only=True)
class Expressions(Names):
    """`reads` collects the names that the text reads."""

    localize: Localize
    reads: set[str] = field(default_factory=set)

    def text(self, expr: cst.BaseExpression) -> str:
        """An argument's text at this role."""
        local = self.localize(expr)
        self.reads |= names_of(local).reads
        return one_line(local)

    def apply(
        self, function: cst.BaseExpression, values: Sequence[Value], code: Code, sole: bool = True
    ) -> str:
        """The text of calling a function of the source: a lambda's body, or a call."""
        names = parameters(function) if isinstance(function, cst.Lambda) else None
        if names is None or len(names) != len(values):
            head = self.text(function)
            head = f"({head})" if isinstance(function, cst.Lambda) else head
            return f"{head}({', '.join(v.text for v in values)})"
        assert isinstance(function, cst.Lambda)
        body = self.localize(function.body)
        self.reads |= names_of(function).reads
        texts: dict[str, str] = {}
        for name, value in zip(names, values, strict=True):
            texts[name] = self._argument(body, name, value, code, sole)
        inner = frozenset(
            n for t in texts.values() for n in names_of(cst.parse_expression(t)).reads
        )
        if hides(body, inner | frozenset(n for n, t in texts.items() if n != t)):
            return f"({one_line(self.localize(function))})({', '.join(v.text for v in values)})"
        return substituted(body, texts)

    def _argument(
        self, body: cst.BaseExpression, name: str, value: Value, code: Code, sole: bool
    ) -> str:
        count = uses(body, name)
        if value.atomic or count == 0 or (count == 1 and reads_first(body, name)):
            return value.text if count or value.atomic else self.bind(value, name, code, sole).text
        return self.bind(value, name, code, sole).text

    def bind(self, value: Value, hint: str, code: Code, sole: bool = True) -> Value:
        """The value under a name, for reading it more than once."""
        if value.atomic:
            return value
        again = sole and hint in code.names and code.names[hint] == value.type
        name = hint if again and value.type is not None else self.local(hint, code)
        code.names[name] = value.type
        code.line(f"{name} = {value.text}")
        return Value(name, atomic=True, type=value.type)
