"""Codecs of unions.

None is bare. A member whose wire shape no other member has is bare too. The rest are tagged: an array
of the member's name and its wire form. When encoding, the class of the value decides; members that
share a class (`list[int] | list[str]`) are tried in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from motetc.backend.codecs_exprs import Way, Writer, has_members, is_told
from motetc.backend.codecs_kinds import NONE, is_plain
from motetc.backend.codecs_names import tags
from motetc.backend.codecs_shapes import SEVERAL, alike, runtime_classes, scalar, shapes
from motetc.ir.types import Type
from motetc.ir.typetext import literal_text, short

BASES = frozenset({"int", "datetime.date"})
"""Classes that other scalars are instances of."""

SHAPE_TESTS = {
    "bool": "type(data) is bool",
    "int": "type(data) is int",
    "float": "type(data) is float",
    "str": "type(data) is str",
    "bytes": "type(data) is bytes",
    "array": "type(data) is list",
    "map": "type(data) is dict",
}


def tagged(t: Type, writer: Writer) -> tuple[Type, ...]:
    """The members that need a tag."""
    members = tuple(arg for arg in t.args if arg != NONE)

    def of(member: Type) -> frozenset[str]:
        return shapes(member, writer.decls)

    lookalikes = [m for m in members if alike(m, members, of)]
    if lookalikes:  # tags are arrays: nothing else may be
        lookalikes = [m for m in members if m in lookalikes or "array" in of(m)]
    return tuple(lookalikes)


def union_encoder(t: Type, head: str, writer: Writer) -> str:
    """By the class of the value; by trial where that does not tell."""
    return "\n".join([head, *(f"    {line}" for line in _encoder_body(t, writer))])


def _encoder_body(t: Type, writer: Writer) -> Iterator[str]:
    tag = tags(tagged(t, writer))
    members = tuple(arg for arg in t.args if arg != NONE)
    if NONE in t.args:
        yield from ("if value is None:", "    return None")
    if len(members) == 1:
        yield f"return {writer.convert('encode', members[0], 'value')}"
        return
    plain, clear, unclear = _sorted_members(members, tag, writer)
    if plain:
        yield f"if {' or '.join(_class_test(m, members, writer) for m in plain)}:"
        yield "    return value"
    for m in clear:
        yield f"if {_class_test(m, members, writer)}:"
        yield f"    return {_tag(tag, m, _converted('encode', m, 'value', writer))}"
    if unclear:
        encoders = [_tagging(tag, m, writer) for m in unclear]
        yield f"return {writer.runtime('first_fitting')}(value, {', '.join(encoders)})"
    else:
        yield f"raise {writer.runtime('wrong_value')}({literal_text(_words(t))}, value)"


def _sorted_members(
    members: tuple[Type, ...], tag: dict[Type, str], writer: Writer
) -> tuple[list[Type], list[Type], list[Type]]:
    """The members that travel as they are, those whose class says who they are, and the others."""

    def of(member: Type) -> frozenset[str]:
        return runtime_classes(member, writer.decls)

    def is_unclear(m: Type) -> bool:
        blurred = _blurred(m, members, writer) or _is_new_class(m) or _is_bool_among(m, members)
        return blurred or "*" in of(m) or alike(m, members, of)

    unclear = [m for m in members if is_unclear(m)]
    unclear.sort(key=lambda m: m.kind == "collection" and "*" in of(m))  # exact classes first
    plain = [m for m in members if m not in unclear and m not in tag and _as_it_is(m)]
    clear = [m for m in members if m not in unclear and m not in plain]
    clear.sort(key=lambda m: (_is_loose(m), not of(m).isdisjoint(BASES)))
    return plain, clear, unclear


def _class_test(m: Type, members: tuple[Type, ...], writer: Writer) -> str:
    """The condition under which a value is of this member's class."""
    if m.kind == "scalar" and scalar(m) == "float" and _has_int(members):
        return "type(value) is float"
    if m.kind == "scalar" and scalar(m) in SEVERAL and not _has_bool(m, members, writer):
        return " or ".join(
            f"type(value) is {cls}" for cls in SEVERAL[scalar(m)][1]
        )  # mypy narrows by it
    classes = sorted(runtime_classes(m, writer.decls))
    if classes == ["dict"] and m.kind == "class":
        return "isinstance(value, dict)"  # to mypy, a TypedDict is no `dict` itself
    if classes == ["float", "int"]:
        return "isinstance(value, float | int)"
    return " or ".join(_is_of(cls, m.kind == "enum" or _is_loose(m), writer) for cls in classes)


def _is_loose(m: Type) -> bool:
    """Whether mypy takes what is exactly of its class for none of these: literals, and what is new to mypy alone."""
    return m.kind in ("literal", "newtype")


def _is_bool_among(m: Type, members: tuple[Type, ...]) -> bool:
    """A literal bool beside integers, whom it is one of; and those of them whose test it would pass."""
    beside = [x for x in members if x != m and x.kind in ("scalar", "newtype", "literal")]
    if _holds_bools(m):
        return any(map(_holds_ints, beside))
    return _is_loose(m) and _holds_ints(m) and any(map(_holds_bools, beside))


def _holds_bools(m: Type) -> bool:
    return m.kind == "literal" and bool in map(type, m.values)


def _holds_ints(m: Type) -> bool:
    match m.kind:
        case "newtype":
            return _holds_ints(m.args[0])
        case "literal":
            return int in map(type, m.values)
        case _:
            return scalar(m) in SEVERAL


def _is_new_class(m: Type) -> bool:
    """A NewType of a class, which may have subclasses among the other members."""
    return m.kind == "newtype" and (
        m.args[0].kind not in ("scalar", "newtype") or _is_new_class(m.args[0])
    )


def _blurred(m: Type, members: tuple[Type, ...], writer: Writer) -> bool:
    """A NamedTuple beside a tuple: mypy takes what is a `tuple` for either, whatever was asked before."""
    return (
        _is_tuple(m, writer)
        and len({x.kind == "class" for x in members if _is_tuple(x, writer)}) > 1
    )


def _is_tuple(m: Type, writer: Writer) -> bool:
    decl = writer.decls(m.name) if m.kind == "class" else None
    return m.kind in ("tuple", "vartuple") or (decl is not None and decl.kind == "namedtuple")


def _is_of(cls: str, loose: bool, writer: Writer) -> str:
    """A test of the exact class, or of it and its subclasses, for which the other members have been tested before."""
    if cls == "None":
        return "value is None"
    name = writer.name(cls) if "." in cls else cls
    return f"isinstance(value, {name})" if loose else f"type(value) is {name}"


def _as_it_is(m: Type) -> bool:
    return m.kind == "scalar" and is_plain(m)


def _has_int(members: tuple[Type, ...]) -> bool:
    return any(m.kind == "scalar" and scalar(m) == "int" for m in members)


def _has_bool(m: Type, members: tuple[Type, ...], writer: Writer) -> bool:
    """Whether bools belong to another member."""
    return any("bool" in shapes(other, writer.decls) for other in members if other != m)


def _tag(tag: dict[Type, str], m: Type, form: str) -> str:
    return f"[{literal_text(tag[m])}, {form}]" if m in tag else form


def _tagging(tag: dict[Type, str], m: Type, writer: Writer) -> str:
    if m not in tag and not has_members(m):
        return writer.function("encode", m)
    return f"lambda item: {_tag(tag, m, _converted('encode', m, 'item', writer))}"


def union_decoder(t: Type, head: str, writer: Writer) -> str:
    """By the shape of the data; by the tag where that does not tell."""
    return "\n".join([head, *(f"    {line}" for line in _decoder_body(t, writer))])


def _decoder_body(t: Type, writer: Writer) -> Iterator[str]:
    tag = tags(tagged(t, writer))
    members = tuple(arg for arg in t.args if arg != NONE)
    if NONE in t.args:
        yield from ("if data is None:", "    return None")
    if len(members) == 1:
        yield f"return {writer.convert('decode', members[0], 'data')}"
        return
    bare = [m for m in members if m not in tag]
    plain = [m for m in bare if _as_it_is(m)]
    if plain:
        yield f"if {' or '.join(_shape_test(m, members, writer) for m in plain)}:"
        yield "    return data"
    for m in bare:
        if m not in plain:
            yield f"if {_shape_test(m, members, writer)}:"
            yield f"    return {_converted('decode', m, 'data', writer)}"
    if tag:
        yield "if type(data) is list and len(data) == 2:"
        yield "    tag, item = data"
        for m, text in tag.items():
            yield f"    if tag == {literal_text(text)}:"
            yield f"        return {_converted('decode', m, 'item', writer)}"
    yield f"raise {writer.runtime('wrong_data')}({literal_text(_words(t))}, data)"


def _converted(way: Way, m: Type, item: str, writer: Writer) -> str:
    """What a decoder would not tell by itself has a function of its own, whose result says it."""
    told = is_told(m) if way == "decode" else has_members(m)
    if m.kind in ("collection", "vartuple", "class") and told:
        return writer.helped(way, m, item)
    return writer.convert(way, m, item)


def _shape_test(m: Type, members: tuple[Type, ...], writer: Writer) -> str:
    found = shapes(m, writer.decls) - {"nil"}
    if m.kind == "scalar" and scalar(m) == "float" and _has_int(members):
        found = frozenset({"float"})
    tests = dict(SHAPE_TESTS)
    if m.kind != "literal" and _holds_ints(m) and not _has_bool(m, members, writer):
        tests["int"] = "isinstance(data, int)"  # no other subclass arrives
    return " or ".join(tests[shape] for shape in tests if shape in found)


def _words(t: Type) -> str:
    *most, last = [short(arg) for arg in t.args]
    return f"{', '.join(most)} or {last}"
