"""Codecs of lists and tuples of rows: records and tuples whose fields are all plain.

They travel as one array of all the fields. One loop checks and converts them, without a call for each item; when an
item is not as it should be, the runtime finds it: by the codec of a single record, or by the types in a tuple.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from motetc.backend.codecs_exprs import Way, Writer
from motetc.backend.codecs_kinds import is_assigned
from motetc.backend.codecs_names import LOOP_LOCALS, local_names, qualname
from motetc.backend.codecs_plain import condition, runtime_type, tested, unless
from motetc.backend.codecs_records import construction, tuple_text
from motetc.frontend.naming import snake
from motetc.ir.types import ClassDecl, Field, Type

WIDE = 5
"""Iterators that are written out; more are multiplied."""


def rows_function(
    way: Way, t: Type, fields: Sequence[Field], head: str, at: str, writer: Writer
) -> str:
    """The encoder or decoder of a list or tuple of rows, under the line `head`; `at` is its parameter, or nothing."""
    body = _encoder if way == "encode" else _decoder
    return "\n".join([head, *(f"    {line}" for line in body(t, fields, at, writer))])


def _encoder(t: Type, fields: Sequence[Field], at: str, writer: Writer) -> Iterator[str]:
    """Check every item, answer all their fields."""
    kind, decl = _kind(t), _decl(t, writer)
    if decl is None:
        item, parts = "item", [f"item[{i}]" for i in range(len(fields))]
        tests = ["type(item) is tuple", f"len(item) == {len(fields)}"]
        error = _error("mistyped_tuples", ["value", kind, *_types(fields, writer)], at, writer)
    else:
        cls = writer.name(decl.name)
        one = writer.function("encode", t.args[0])
        error = _error("mistyped_in", ["value", kind, one], at, writer)
        hidden = LOOP_LOCALS | writer.used
        (item,) = local_names([snake(qualname(decl))], frozenset(hidden)).values()
        parts = [f"{item}.{f.name}" for f in fields]
        tests = [f"type({item}) is {cls}"]
    tests += [condition(f.type, part, writer) for f, part in zip(fields, parts, strict=True)]
    yield f"if type(value) is {kind}:"
    yield "    fields: list[object] = []"
    yield f"    for {item} in value:"
    yield f"        if {unless(tests)}:"
    yield "            break"
    for part in parts:
        yield f"        fields.append({part})"
    yield "    else:"
    yield "        return fields"
    yield error


def _decoder(t: Type, fields: Sequence[Field], at: str, writer: Writer) -> Iterator[str]:
    """Check all fields, answer the items."""
    list(_decoder_lines(t, fields, at, LOOP_LOCALS, writer))  # to see which names it uses
    yield from _decoder_lines(t, fields, at, LOOP_LOCALS | writer.used, writer)


def _decoder_lines(
    t: Type, fields: Sequence[Field], at: str, taken: frozenset[str], writer: Writer
) -> Iterator[str]:
    kind, width = _kind(t), len(fields)
    names = local_names([f.name for f in fields], taken)
    tests = [condition(f.type, names[f.name], writer) for f in fields]
    decl = _decl(t, writer)
    whole = width > 1 and all(f.init and not (f.kw_only or f.again) for f in fields)
    whole = whole and not (decl is not None and is_assigned(decl))
    yield f"if type(data) is list{f' and len(data) % {width} == 0' if width > 1 else ''}:"
    if width > 1:
        yield "    fields = iter(data)"
    yield f"    items: list[{writer.annotation(t.args[0])}] = []"
    yield from (f"    {line}" for line in _heads([*names.values()], whole))
    yield f"        if {unless(tests)}:"
    yield "            break"
    yield from (f"        {line}" for line in _kept(t, names, "row" if whole else "", writer))
    yield "    else:"
    yield f"        return {'items' if kind == 'list' else 'tuple(items)'}"
    if decl is None:
        yield _error("misfit_tuples", ["data", kind, *_types(fields, writer)], at, writer)
    else:
        one = writer.function("decode", t.args[0])
        yield _error("misfit_in", ["data", kind, str(width), one], at, writer)


def _heads(names: list[str], whole: bool) -> Iterator[str]:
    """The head of the loop, which takes so many fields at a time; as a `whole` too if the item is made of that."""
    width, fields = len(names), ", ".join(names)
    iterators = ", ".join(["fields"] * width) if width <= WIDE else f"*[fields] * {width}"
    if width == 1:
        yield f"for {fields} in data:"
    elif whole:
        yield f"for row in zip({iterators}):"
        yield f"    {fields} = row"
    else:
        yield f"for {fields} in zip({iterators}):"


def _kept(t: Type, names: dict[str, str], whole: str, writer: Writer) -> Iterator[str]:
    """The statements that make an item and keep it."""
    decl = _decl(t, writer)
    if decl is None:
        parts = zip(t.args[0].args, names.values(), strict=True)
        item = whole or tuple_text([tested(part, name, writer) for part, name in parts])
        yield f"items.append({item})"
        return
    lines = construction(decl, writer, names, "items.append({})", whole)
    if decl.post_init:
        yield "try:"
        yield from (f"    {line}" for line in lines)
        yield from ("except Exception:", "    break")
    else:
        yield from lines


def _error(function: str, args: list[str], at: str, writer: Writer) -> str:
    more = [f"at={at}"] if at else []
    return f"raise {writer.runtime(function)}({', '.join([*args, *more])})"


def _types(fields: Sequence[Field], writer: Writer) -> list[str]:
    return [runtime_type(f.type, writer) for f in fields]


def _kind(t: Type) -> str:
    return "tuple" if t.kind == "vartuple" else "list"


def _decl(t: Type, writer: Writer) -> ClassDecl | None:
    """The class of the items; None if they are tuples."""
    (item,) = t.args
    return writer.decls(item.name) if item.kind == "class" else None
