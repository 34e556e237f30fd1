"""Codecs of lists, tuples and dicts of plain types, which one loop tests.

Only what passes is answered at once: what does not is left to the runtime, which goes item by item and says what is
wrong. Lists and maps travel as they are, dicts with other keys as pairs.
"""

from __future__ import annotations

from collections.abc import Iterator

from motetc.backend.codecs_exprs import Way, Writer
from motetc.backend.codecs_plain import condition, tested, unless
from motetc.backend.codecs_shapes import str_keys
from motetc.ir.types import Type


def loop_function(way: Way, t: Type, head: str, at: str, writer: Writer) -> str:
    """The encoder or decoder of such a type, under the line `head`; `at` is its parameter, or nothing."""
    value = "value" if way == "encode" else "data"
    if t.kind == "vartuple" or len(t.args) == 1:
        body = _items(way, t, value, writer)
    elif str_keys(t.args[0]):
        body = _map(t, value, writer)
    else:
        body = _pairs(way, t, writer)
    lines = [*body, f"return {writer.of_items(way, t, value, at)}"]
    return "\n".join([head, *(f"    {line}" for line in lines)])


def _items(way: Way, t: Type, value: str, writer: Writer) -> Iterator[str]:
    is_tuple = t.kind == "vartuple"
    there = {"encode": f"[*{value}]", "decode": f"tuple({value})"}[way]
    yield f"if type({value}) is {'tuple' if is_tuple and way == 'encode' else 'list'}:"
    yield f"    for item in {value}:"
    yield f"        if {unless([condition(t.args[0], 'item', writer)])}:"
    yield "            break"
    yield "    else:"
    yield f"        return {there if is_tuple else value}"


def _map(t: Type, value: str, writer: Writer) -> Iterator[str]:
    yield f"if type({value}) is dict:"
    yield f"    for key, item in {value}.items():"
    yield f"        if {_no_pair(t, writer)}:"
    yield "            break"
    yield "    else:"
    yield f"        return {value}"


def _pairs(way: Way, t: Type, writer: Writer) -> Iterator[str]:
    if way == "encode":
        yield "if type(value) is dict:"
        yield "    pairs: list[object] = []"
        yield "    for key, item in value.items():"
        yield f"        if {_no_pair(t, writer)}:"
        yield "            break"
        yield "        pairs.append([key, item])"
        yield "    else:"
        yield "        return pairs"
        return
    yield "if type(data) is list:"
    yield f"    items: {writer.annotation(t)} = {{}}"
    yield "    for pair in data:"
    yield "        if type(pair) is not list or len(pair) != 2:"
    yield "            break"
    yield "        key, item = pair"
    yield f"        if {_no_pair(t, writer)}:"
    yield "            break"
    key, item = (
        tested(arg, name, writer) for arg, name in zip(t.args, ("key", "item"), strict=True)
    )
    yield f"        items[{key}] = {item}"
    yield "    if len(items) == len(data):"
    yield "        return items"


def _no_pair(t: Type, writer: Writer) -> str:
    key, item = t.args
    return unless([condition(key, "key", writer), condition(item, "item", writer)])
