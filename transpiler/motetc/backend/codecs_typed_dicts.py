"""Codecs of TypedDicts: an array of the required values, and a map of those optional ones that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from motetc.backend.codecs_exprs import Way, Writer
from motetc.backend.codecs_names import local_names, qualname, stem
from motetc.backend.codecs_records import list_text, own_type, signature, tuple_text
from motetc.frontend.naming import snake
from motetc.ir.types import ClassDecl, Field
from motetc.ir.typetext import literal_text

PRESENT = "present"


def typed_dict_encoder(decl: ClassDecl, writer: Writer) -> str:
    """Check the keys, answer the values."""
    required, optional = _keys(decl)
    items = [_entry("encode", f, _item("value", f), decl, writer) for f in required]
    keys = f"{_names(required)}, {_names(optional)}"
    lines = [
        signature("encode", f"encode_{stem(decl)}", own_type(decl), writer),
        f"    {writer.runtime('check_keys')}(value, {literal_text(qualname(decl))}, {keys})",
    ]
    if optional:
        lines.append(f"    {PRESENT}: dict[str, object] = {{}}")
        lines += _if_present("encode", optional, "value", PRESENT, decl, writer)
        items.append(PRESENT)
    return "\n".join([*lines, f"    return {list_text(items)}"])


def typed_dict_decoder(decl: ClassDecl, writer: Writer) -> str:
    """Take the array apart, answer the dict."""
    required, optional = _keys(decl)
    taken = {PRESENT, snake(qualname(decl))}
    _decoder_text(
        decl, required, optional, local_names((f.name for f in required), frozenset(taken)), writer
    )
    taken |= writer.used
    names = local_names((f.name for f in required), frozenset(taken))
    return _decoder_text(decl, required, optional, names, writer)


def _decoder_text(
    decl: ClassDecl,
    required: Sequence[Field],
    optional: Sequence[Field],
    names: dict[str, str],
    writer: Writer,
) -> str:
    items = [*names.values(), *([PRESENT] if optional else [])]
    array = f"{writer.runtime('fields_of')}(data, {literal_text(qualname(decl))}, {len(items)})"
    entries = [_entry("decode", f, names[f.name], decl, writer) for f in required]
    pairs = (f"{literal_text(f.name)}: {e}" for f, e in zip(required, entries, strict=True))
    lines = [signature("decode", f"decode_{stem(decl)}", own_type(decl), writer)]
    lines.append(
        f"    {', '.join(items)}{',' if len(items) == 1 else ''} = {array}"
        if items
        else f"    {array}"
    )
    answer = f"{{{', '.join(pairs)}}}"
    if not optional:
        return "\n".join([*lines, f"    return {answer}"])
    built = snake(qualname(decl))
    return "\n".join(
        [
            *lines,
            f"    {writer.runtime('check_present')}({PRESENT}, {_names(optional)})",
            f"    {built}: {writer.annotation(own_type(decl))} = {answer}",
            *_if_present("decode", optional, PRESENT, built, decl, writer),
            f"    return {built}",
        ]
    )


def _keys(decl: ClassDecl) -> tuple[list[Field], list[Field]]:
    return [f for f in decl.fields if f.required], [f for f in decl.fields if not f.required]


def _names(fields: Sequence[Field]) -> str:
    return tuple_text([literal_text(f.name) for f in fields])


def _item(of: str, f: Field) -> str:
    return f"{of}[{literal_text(f.name)}]"


def _if_present(
    way: Way, optional: Sequence[Field], source: str, into: str, decl: ClassDecl, writer: Writer
) -> Iterator[str]:
    for f in optional:
        yield f"    if {literal_text(f.name)} in {source}:"
        entry = _entry(way, f, _item(source, f), decl, writer)
        if f.fixed and way == "decode":
            yield f"        {into} = {{**{into}, {literal_text(f.name)}: {entry}}}"
        else:
            yield f"        {_item(into, f)} = {entry}"


def _entry(way: Way, f: Field, item: str, decl: ClassDecl, writer: Writer) -> str:
    writer.hint = f"{stem(decl)}_{snake(f.name) if f.name.isidentifier() else 'item'}"
    return writer.convert(way, f.type, item, f.name)
