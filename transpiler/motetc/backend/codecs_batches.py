"""Codecs of batches of a stream: packed numbers, and records of scalars as columns.

Only elements of these types have them; batches of others are lists like any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from motetc.backend.codecs_exprs import WAYS, Way, Writer
from motetc.backend.codecs_kinds import RECORDS
from motetc.backend.codecs_names import local_names, qualname
from motetc.backend.codecs_records import maker, signature
from motetc.backend.codecs_shapes import PLAIN, scalar
from motetc.ir.types import ClassDecl, Type
from motetc.ir.typetext import literal_text

COLUMNS = PLAIN - {"None"}
PACKED = {"int": "ints", "float": "floats"}


def packed(way: Way, batch: Type, writer: Writer) -> str | None:
    """The function that packs or unpacks a batch of numbers, if it is one, or if the codec that is given may say so."""
    (item,) = batch.args
    if item.kind == "typevar":
        return f"lambda item: {writer.runtime(f'{way}_batch')}(item, {writer.function(way, item)})"
    if item.kind != "scalar" or scalar(item) not in PACKED:
        return None
    return writer.runtime(f"{way}_{PACKED[scalar(item)]}")


def record_of(batch: Type, writer: Writer) -> ClassDecl | None:
    """The class of the elements, if they travel as columns."""
    (item,) = batch.args
    decl = writer.decls(item.name) if item.kind == "class" else None
    if decl is None or decl.kind not in RECORDS or decl.params or decl.post_init or not decl.fields:
        return None
    flat = all(f.type.kind == "scalar" and scalar(f.type) in COLUMNS for f in decl.fields)
    return (
        decl if flat and all(f.init and not (f.kw_only or f.again) for f in decl.fields) else None
    )


def column_functions(batch: Type, decl: ClassDecl, hint: str, writer: Writer) -> Iterator[str]:
    """The encoder and the decoder of a batch of records; few of them travel as rows."""
    bodies = {"encode": _encoder, "decode": _decoder}
    for way in WAYS:
        head = signature(way, f"_{way}_{hint}", batch, writer)
        yield "\n".join([head, *(f"    {line}" for line in bodies[way](batch, decl, writer))])


def _encoder(batch: Type, decl: ClassDecl, writer: Writer) -> Iterator[str]:
    rows = f"{writer.runtime('encode_list')}(value, {writer.function('encode', batch.args[0])})"
    yield f"if not {writer.runtime('uniform')}(value, {writer.name(decl.name)}):"
    yield f"    return {rows}"
    yield "return ["
    yield "    len(value),"
    for f in decl.fields:
        column = f"[item.{f.name} for item in value]"
        call = writer.runtime("encode_column")
        yield f"    {call}({column}, {scalar(f.type)}, {literal_text(f.name)}),"
    yield "]"


def _decoder(batch: Type, decl: ClassDecl, writer: Writer) -> Iterator[str]:
    make = maker(decl, writer)
    rows = f"{writer.runtime('decode_list')}(data, {writer.function('decode', batch.args[0])})"
    head = f"if not {writer.runtime('in_columns')}(data):"
    fields, call = writer.runtime("fields_of"), writer.runtime("decode_column")
    names = local_names((f.name for f in decl.fields), frozenset({*writer.used, "count"}))
    whole = literal_text(f"columns of {qualname(decl)}")
    yield from (head, f"    return {rows}")
    yield f"count, {', '.join(names.values())} = {fields}(data, {whole}, {len(names) + 1})"
    yield "return ["
    yield "    *map("
    yield f"        {make},"
    for f in decl.fields:
        args = f"{names[f.name]}, count, {scalar(f.type)}, {literal_text(f.name)}"
        yield f"        {call}({args}),"
    yield "    )"
    yield "]"
