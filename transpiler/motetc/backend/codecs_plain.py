"""Conditions that test values of plain types, which travel as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from motetc.backend.codecs_exprs import Way, Writer
from motetc.backend.codecs_kinds import is_plain, optional
from motetc.backend.codecs_shapes import SEVERAL, collection, scalar
from motetc.ir.types import Type


def condition(t: Type, item: str, writer: Writer) -> str:
    """The condition under which `item` is of a plain type; several alternatives are in brackets.

    A bool is an int, as it is to type checkers, and arrives as what it was; instances of other subclasses are none.
    """
    tests = list(dict.fromkeys(_alternatives(t, item, writer)))
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _alternatives(t: Type, item: str, writer: Writer) -> Iterator[str]:
    match t.kind:
        case "collection":
            test = writer.runtime(f"is_{collection(t)[0]}")
            yield f"{test}({item}, {scalar(t.args[-1])})"
        case "literal":
            yield f"{item} in {writer.allowed(t)}"
        case "newtype":
            yield from _alternatives(t.args[0], item, writer)
        case "union":
            for arg in sorted(t.args, key=lambda arg: scalar(arg) != "None"):
                yield from _alternatives(arg, item, writer)
        case _ if scalar(t) == "None":
            yield f"{item} is None"
        case _ if scalar(t) in SEVERAL:
            yield f"type({item}) in {writer.runtime(SEVERAL[scalar(t)][0])}"
        case _:
            yield f"type({item}) is {scalar(t)}"


def unless(tests: Sequence[str]) -> str:
    """The opposite of these conditions together."""
    if len(tests) > 1:
        return f"not ({' and '.join(tests)})"
    (test,) = tests
    if test.startswith(("(", "is_")):
        return f"not {test}"
    opposite = {" is ": " is not ", " in ": " not in "}
    return re.sub(" is | in ", lambda found: opposite[found[0]], test, count=1)


def tested(t: Type, item: str, writer: Writer) -> str:
    """A decoded item that has passed its test, as a value of the type."""
    if t.kind == "newtype":
        return f"{writer.type(t)}({tested(t.args[0], item, writer)})"
    rest = optional(t) if t.kind == "union" else None
    if rest is not None and rest.kind == "newtype":
        return f"None if {item} is None else {tested(rest, item, writer)}"
    return item


def runtime_type(t: Type, writer: Writer) -> str:
    """The type as the runtime takes it to word an error; `object` where a codec words it."""
    if not is_plain(t):
        return "object"
    if t.kind == "newtype":
        return runtime_type(t.args[0], writer)
    if t.kind == "union":
        return " | ".join(runtime_type(arg, writer) for arg in t.args)
    return writer.type(t)


def written(way: Way, t: Type, item: str, at: str, writer: Writer) -> str:
    """An item of a record whose plain items have been tested, converted if need be."""
    if not is_plain(t):
        return writer.convert(way, t, item, at)
    return item if way == "encode" else tested(t, item, writer)
