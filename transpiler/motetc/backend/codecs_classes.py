"""The functions that encode and decode one class, as text."""

from __future__ import annotations

from collections.abc import Iterator

from motetc.backend.codecs_exprs import WAYS, Way, Writer
from motetc.backend.codecs_kinds import is_kept, is_looped, row_of
from motetc.backend.codecs_loops import loop_function
from motetc.backend.codecs_names import qualname, stem
from motetc.backend.codecs_records import (
    own_type,
    record_decoder,
    record_encoder,
    record_maker,
    signature,
    tuple_function,
)
from motetc.backend.codecs_rows import rows_function
from motetc.backend.codecs_shapes import is_flag
from motetc.backend.codecs_typed_dicts import typed_dict_decoder, typed_dict_encoder
from motetc.backend.codecs_unions import union_decoder, union_encoder
from motetc.ir.types import ClassDecl, Type
from motetc.ir.typetext import literal_text


def class_functions(decl: ClassDecl, writer: Writer) -> Iterator[str]:
    """The encoder and the decoder of one class, whatever its kind."""
    match decl.kind:
        case "dataclass" | "namedtuple":
            yield record_encoder(decl, writer)
            if is_kept(decl):
                yield record_maker(decl, writer)
            yield record_decoder(decl, writer)
        case "typeddict":
            yield typed_dict_encoder(decl, writer)
            yield typed_dict_decoder(decl, writer)
        case "enum" if not is_flag(decl, writer.decls):
            yield from _enum(decl, writer)
        case "enum":
            yield from _delegating(decl, "flag", writer)
        case "alias" if decl.target is not None:
            yield from _alias(decl, decl.target, writer)
        case _:
            yield from _delegating(decl, "registered", writer)


def structural_functions(t: Type, function: str, writer: Writer, at: str = "") -> Iterator[str]:
    """The encoder and the decoder of a type that is no class, called `_encode_…`.

    Those with loops take the step that errors are to carry in their path, if a parameter for it is given.
    """
    if not is_looped(t, writer.decls):
        for way in WAYS:
            yield _function(way, t, signature(way, f"_{way}_{function}", t, writer), writer)
        return
    fields = row_of(t, writer.decls)
    for way in WAYS:
        head = signature(way, f"_{way}_{function}", t, writer, f', {at}: str = ""' if at else "")
        if fields is not None:
            yield rows_function(way, t, fields, head, at, writer)
        else:
            yield loop_function(way, t, head, at, writer)


def _function(way: Way, t: Type, head: str, writer: Writer) -> str:
    if t.kind == "union":
        return union_encoder(t, head, writer) if way == "encode" else union_decoder(t, head, writer)
    if t.kind == "tuple":
        return tuple_function(way, t, head, writer)
    item = "value" if way == "encode" else "data"
    convert = writer.choice if t.kind == "literal" else writer.convert
    return f"{head}\n    return {convert(way, t, item)}"


def helper_functions(writer: Writer) -> Iterator[str]:
    """The functions of all tuples and unions that came up, and of those that come up in them."""
    done: set[Type] = set()
    while len(done) < len(writer.helpers):
        t, function = next((t, stem) for t, stem in writer.helpers.items() if t not in done)
        done.add(t)
        writer.hint = function
        yield from structural_functions(t, function, writer, "at")


def _alias(decl: ClassDecl, target: Type, writer: Writer) -> Iterator[str]:
    own = own_type(decl)
    writer.hint = stem(decl)
    for way in WAYS:
        yield _function(way, target, signature(way, f"{way}_{stem(decl)}", own, writer), writer)


def _enum(decl: ClassDecl, writer: Writer) -> Iterator[str]:
    """By name, which is kept in `_name_`; `name` and `__members__` are computed each time."""
    own, cls, text = own_type(decl), writer.name(decl.name), literal_text(qualname(decl))
    members = f"members_of_{stem(decl)}"
    yield "\n".join(
        [
            signature("encode", f"encode_{stem(decl)}", own, writer),
            f"    if type(value) is {cls}:",
            "        return value._name_",
            f"    raise {writer.runtime('wrong_value')}({text}, value)",
        ]
    )
    yield f"{members} = {{**{cls}.__members__}}"
    yield "\n".join(
        [
            signature("decode", f"decode_{stem(decl)}", own, writer),
            f"    if type(data) is str and data in {members}:",
            f"        return {members}[data]",
            f"    raise {writer.runtime('wrong_data')}({text}, data)",
        ]
    )


def _delegating(decl: ClassDecl, kind: str, writer: Writer) -> Iterator[str]:
    own, cls = own_type(decl), writer.name(decl.name)
    for way in WAYS:
        item = "value" if way == "encode" else "data"
        head = signature(way, f"{way}_{stem(decl)}", own, writer)
        yield f"{head}\n    return {writer.runtime(f'{way}_{kind}')}({item}, {cls})"
