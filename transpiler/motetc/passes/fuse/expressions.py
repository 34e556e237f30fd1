"""Arguments of operators as text at one role: calls of the source's functions, and values under names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.ir.live import Live
from motetc.ir.types import Declared, Type
from motetc.passes.fuse.code import Code, Value, is_apart
from motetc.passes.fuse.conditions import is_harmless
from motetc.passes.fuse.inline import (
    escapes,
    hides,
    is_still,
    items_of,
    one_line,
    parameters,
    reads_first,
    substituted,
    uses,
)
from motetc.passes.fuse.names import Names
from motetc.passes.fuse.picking import looked_up, marked, picked, reads_items_alone
from motetc.passes.fuse.wording import RESERVED

Localize = Callable[[cst.BaseExpression], cst.BaseExpression]


@dataclass(slots=True, kw_only=True)
class Expressions(Names):
    """`reads` collects the names that the text reads."""

    localize: Localize
    declared: Declared
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
            head = self.callee(function)
            return f"{head}({', '.join(v.text for v in values)})"
        assert isinstance(function, cst.Lambda)
        body = self.localize(function.body)
        self.reads |= names_of(function).reads
        inside = frozenset(n for v in values for n in names_of(cst.parse_expression(v.text)).reads)
        if escapes(body, frozenset(names)) or hides(body, inside | frozenset(names)):
            return self._called(function, values)
        marks = {name: name for name in names}
        if any(
            value.parts for value in values
        ):  # items of one may be called as another parameter is
            marks = {name: f"__given{index}__" for index, name in enumerate(names)}
            body = marked(body, marks)
        given: dict[str, Value] = {}
        for name, value in zip(marks.values(), values, strict=True):
            body = taken_apart(body, name, value)
            found = self._looked_up(body, name, value, {*marks.values()} - {name}, code)
            if found is None:
                given[name] = value
            else:
                body = found
        hints = {mark: name for name, mark in marks.items()}
        texts = {
            n: self._argument(body, n, value, code, sole, hints[n]) for n, value in given.items()
        }
        return substituted(body, texts)

    def _looked_up(
        self, body: cst.BaseExpression, name: str, value: Value, others: set[str], code: Code
    ) -> cst.BaseExpression | None:
        """The body with the items of a tuple, if that is nowhere else and reads none of the other parameters."""

        def has_items(name: str) -> bool:
            known = code.names.get(name)
            is_table = name in self.variables.values()  # of the entries that are there
            return is_table or (known is not None and known.kind == "tuple")

        if not value.text.startswith("(") or any(mentions(value.text, other) for other in others):
            return None
        return looked_up(body, name, value.text, has_items)

    def callee(self, function: cst.BaseExpression) -> str:
        """A function of the source that is called with each element."""
        text = self.text(function)
        return text if isinstance(function, CALLED_AS_IT_IS) else f"({text})"

    def _called(self, function: cst.Lambda, values: Sequence[Value]) -> str:
        given = ", ".join(v.text for v in values)
        return f"({one_line(self.localize(function))})({given})"

    def _argument(
        self, body: cst.BaseExpression, name: str, value: Value, code: Code, sole: bool, hint: str
    ) -> str:
        count = uses(body, name)
        if not count:
            self.discard(value, code)
        if value.atomic or not count or (count == 1 and reads_first(body, name, value.text)):
            return value.text
        return self.bind(value, hint, code, sole).text

    def bind(self, value: Value, hint: str, code: Code, sole: bool = True) -> Value:
        """The value under a name, for reading it more than once."""
        if value.atomic:
            return value
        hint = attribute_name(value.text, hint)
        known = value.type is not None and code.names.get(hint) == value.type
        again = sole and known and mentions(value.text, hint)
        others = ("item",) if hint in self.taken else ()
        name = hint if again else self.local(hint, code, value.type, *others)
        code.busy.add(name)
        code.bring(f"{name} = {value.text}")
        return Value(name, atomic=True, type=value.type)

    def settle(self, value: Value, hint: str, code: Code, sole: bool = True) -> Value:
        """The value under a name, unless it makes no difference when, how often or whether it is evaluated."""
        return value if _is_settled(value) else self.bind(value, hint, code, sole)

    def picks(self, function: cst.BaseExpression, value: Value) -> bool:
        """Whether a lambda reads nothing but items of a tuple that are at hand."""
        names = parameters(function) if isinstance(function, cst.Lambda) else None
        if not names or not value.parts or not _is_settled(value):
            return False
        assert isinstance(function, cst.Lambda)
        return not uses(taken_apart(function.body, names[-1], value), names[-1])

    def takes_apart(self, function: cst.BaseExpression, value: Value) -> bool:
        """Whether a lambda reads nothing but items of a tuple of variables, which need not be made for that."""
        names = parameters(function) if isinstance(function, cst.Lambda) else None
        items = items_of(value.text) if names and not value.atomic else []
        if not names or not items or not all(map(is_still, items)):
            return False
        assert isinstance(function, cst.Lambda)
        local = frozenset(names)
        plain = not (escapes(function.body, local) or hides(function.body, local | set(items)))
        return plain and reads_items_alone(function.body, names[-1], len(items))

    def discard(self, value: Value, code: Code) -> None:
        """Evaluate what nobody reads, if that does anything."""
        done = value.atomic or value.idle or value.parts or self._is_read(value.text, code)
        if not done and not is_harmless(value.text, code.names):
            code.call(value.text)

    def _is_read(self, text: str, code: Code) -> bool:
        """Whether evaluating an expression does nothing: names, literals, tuples of them, what is read of ours."""
        return is_still(text) or self._item_type(cst.parse_expression(text), code) is not None

    def _item_type(self, node: cst.CSTNode, code: Code) -> Type | None:
        """The type of a variable of ours, of an item of one that is a tuple, of a field of a dataclass."""
        match node:
            case cst.Name():
                return code.names.get(node.value)
            case cst.Subscript(
                slice=[cst.SubscriptElement(slice=cst.Index(value=cst.Integer() as at))]
            ):
                found = self._item_type(node.value, code)
                items = found.args if found is not None and found.kind == "tuple" else ()
                return items[at.evaluated_value] if at.evaluated_value < len(items) else None
            case cst.Attribute():
                found = self._item_type(node.value, code)
                decl = (
                    self.declared(found.name)
                    if found is not None and found.kind == "class"
                    else None
                )
                fields = decl.fields if decl is not None and decl.kind in _WITH_FIELDS else ()
                return next((x.type for x in fields if x.name == node.attr.value), None)
        return None

    def split(
        self, value: Value, hints: Sequence[str], code: Code, sole: bool
    ) -> tuple[Value, ...]:
        """The two items of a tuple, each to be read in turn; the first is under a name."""
        if value.parts:
            return value.parts
        types = item_types(value.type, len(hints))
        texts = items_of(value.text) if not value.atomic else []
        if len(texts) != len(hints):
            return self._unpacked(value, hints, types, code)
        first, last = (Value(t, is_name(t), k) for t, k in zip(texts, types, strict=True))
        return self.bind(first, hints[0], code, sole and is_apart(first, last)), last

    def _unpacked(
        self, value: Value, hints: Sequence[str], types: Sequence[Type | None], code: Code
    ) -> tuple[Value, ...]:
        names = code.parted(value.text, len(hints))
        if not names:
            names = self.several(hints, code, types)
            code.bring(f"{', '.join(names)} = {value.text}")
        code.busy |= set(names)
        return tuple(Value(n, True, t) for n, t in zip(names, types, strict=True))

    def is_awaited(self, sink: Live) -> bool:
        """Whether what a sink's function gives is awaited."""
        return sink.op == "dest_sink" or self.is_async(sink.arguments["f"].expr)

    def is_async(self, function: cst.BaseExpression) -> bool:
        """Whether calling a function gives something to be awaited."""
        found = self.type_of(function)
        given = found.args[0].name if found is not None and found.args else ""
        return given.startswith(_AWAITABLE)


_WITH_FIELDS = ("dataclass", "namedtuple")
CALLED_AS_IT_IS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)
_AWAITABLE = ("typing.Coroutine[", "typing.Awaitable[", "types.CoroutineType[")


def taken_apart(body: cst.BaseExpression, name: str, value: Value) -> cst.BaseExpression:
    """The body with `name[0]` exchanged for the first item of a tuple that is at hand, and so on."""
    if not value.parts or not _is_settled(value):
        return body
    return picked(body, name, [p.text for p in value.parts])


def _is_settled(value: Value) -> bool:
    """Whether reading an item of a tuple does nothing but that."""
    return value.atomic or (bool(value.parts) and all(map(_is_settled, value.parts)))


def attribute_name(text: str, hint: str) -> str:
    """What to call a value of which nothing else is known: as the attribute that it is."""
    parsed = cst.parse_expression(text) if hint in ("item", "value") else None
    name = parsed.attr.value if isinstance(parsed, cst.Attribute) else ""
    return name if name.strip("_") and name not in RESERVED else hint


def item_types(type_: Type | None, count: int) -> Sequence[Type | None]:
    """The types of the items of a tuple of so many."""
    known = type_ is not None and type_.kind == "tuple" and len(type_.args) == count
    return type_.args if type_ is not None and known else [None] * count


def mentions(text: str, name: str) -> bool:
    """Whether an expression reads a name."""
    return name in names_of(cst.parse_expression(text)).reads


def is_name(text: str) -> bool:
    """Whether a text is a name or a literal, which may be read again and again."""
    return isinstance(cst.parse_expression(text), (cst.Name, cst.BaseNumber, cst.SimpleString))
