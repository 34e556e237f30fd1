"""Codecs of records: dataclasses, NamedTuples and fixed tuples, as arrays of their fields.

Plain fields are tested in one condition, which is what makes the codec fast; other fields are converted
inside the construction. What failed is worked out by the runtime, from the types given at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from motetc.backend.codecs_exprs import Way, Writer
from motetc.backend.codecs_kinds import is_assigned, is_kept, is_plain, is_plain_collection
from motetc.backend.codecs_names import LOOP_LOCALS, local_names, qualname, stem
from motetc.backend.codecs_plain import condition, runtime_type, written
from motetc.frontend.naming import parameter, snake
from motetc.ir.generic_types import names_location, typevars
from motetc.ir.types import ClassDecl, Field, Type

WORDS = {"encode": ("value", "tuple", "mistyped"), "decode": ("data", "list", "misfit")}


def own_type(decl: ClassDecl) -> Type:
    """The class itself, over its own type variables."""
    limits = decl.limits or ((),) * len(decl.params)
    bounds = (tuple(filter(names_location, limit)) for limit in limits)
    args = (Type("typevar", p, bound) for p, bound in zip(decl.params, bounds, strict=True))
    return Type("class", decl.name, tuple(args))


def signature(way: str, function: str, t: Type, writer: Writer, more: str = "") -> str:
    """The first line of an encoder or decoder; it takes the codecs of type variables, and `more` parameters."""
    own = [writer.declared[var.name] for var in typevars(t) if var.name in writer.declared]
    function += f"[{', '.join(own)}]" if own else ""
    for var in typevars(t):
        callback, arg = writer.name("collections.abc.Callable"), writer.annotation(var)
        form = f"[[{arg}], object]" if way == "encode" else f"[[object], {arg}]"
        more += f", {parameter(way, var.name)}: {callback}{form}"
    if way == "encode":
        return f"def {function}(value: {writer.annotation(t)}{more}) -> object:"
    return f"def {function}(data: object{more}) -> {writer.annotation(t)}:"


def record_encoder(decl: ClassDecl, writer: Writer) -> str:
    """`encode_quote`: check the instance, answer the list of its fields."""
    cls = writer.name(decl.name)
    plain = [f for f in decl.fields if is_plain(f.type)]
    tests = [condition(f.type, f"value.{f.name}", writer) for f in plain]
    items = [_field("encode", f, f"value.{f.name}", decl, writer) for f in decl.fields]
    expected = "".join(f", {f.name}={runtime_type(f.type, writer)}" for f in plain)
    return "\n".join(
        [
            signature("encode", f"encode_{stem(decl)}", own_type(decl), writer),
            f"    if {' and '.join([f'type(value) is {cls}', *tests])}:",
            f"        return {list_text(items)}",
            f"    raise {writer.runtime('mistyped')}(value, {cls}{expected})",
        ]
    )


def record_maker(decl: ClassDecl, writer: Writer) -> str:
    """`new_quote`: what makes instances that cannot be changed."""
    return f"new_{stem(decl)} = {writer.runtime('constructor')}({writer.name(decl.name)})"


def maker(decl: ClassDecl, writer: Writer) -> str:
    """What makes instances of a class: that, or the class itself."""
    return writer.name(f"wire:{decl.module}.new_{stem(decl)}" if is_kept(decl) else decl.name)


def record_decoder(decl: ClassDecl, writer: Writer) -> str:
    """`decode_quote`: check the array, answer the instance."""
    names = [f.name for f in decl.fields]
    _decoder_text(decl, writer, local_names(names, frozenset()))  # to see which names it uses
    return _decoder_text(decl, writer, local_names(names, frozenset(writer.used)))


def _decoder_text(decl: ClassDecl, writer: Writer, names: dict[str, str]) -> str:
    cls = writer.name(decl.name)
    tests = [condition(f.type, names[f.name], writer) for f in decl.fields if is_plain(f.type)]
    expected = "".join(f", {f.name}={runtime_type(f.type, writer)}" for f in decl.fields)
    return "\n".join(
        [
            signature("decode", f"decode_{stem(decl)}", own_type(decl), writer),
            *taken_apart("data", "list", [names[f.name] for f in decl.fields], tests),
            *_construction(decl, writer, cls, names, " " * (12 if tests else 8)),
            f"    raise {writer.runtime('misfit')}(data, {cls}{expected})",
        ]
    )


def taken_apart(whole: str, kind: str, items: Sequence[str], tests: Sequence[str]) -> list[str]:
    """The lines that take an array apart and test its plain items."""
    if not items:
        return [f"    if type({whole}) is {kind} and not {whole}:"]
    lines = [
        f"    if type({whole}) is {kind} and len({whole}) == {len(items)}:",
        f"        {', '.join(items) if len(items) > 1 else f'({items[0]},)'} = {whole}",
    ]
    return [*lines, f"        if {' and '.join(tests)}:"] if tests else lines


def _construction(
    decl: ClassDecl, writer: Writer, cls: str, names: dict[str, str], indent: str
) -> list[str]:
    lines = construction(decl, writer, names, "return {}")
    if decl.post_init:
        lines = _guarded(lines, cls, writer)
    return [indent + line for line in lines]


def construction(
    decl: ClassDecl, writer: Writer, names: dict[str, str], answer: str, whole: str = ""
) -> list[str]:
    """The statements that make an instance of fields in locals, and what is done with it at the `{}` of `answer`.

    `whole` is the tuple of all fields, if the constructor is to be given that, which is faster.
    """
    if is_assigned(decl):
        blank = f"{writer.runtime('new')}({writer.name(decl.name)})"
        return _completed(decl, writer, blank, decl.fields, names, answer)
    later = [f for f in decl.fields if f.again or not f.init]
    make = maker(decl, writer)
    if whole:
        return [answer.format(f"{make}(*{whole})")]
    args = []
    for f in sorted(decl.fields, key=lambda f: f.kw_only):
        if f.init:
            item = _given(f, _field("decode", f, names[f.name], decl, writer))
            args.append(f"{f.name}={item}" if f.kw_only else item)
    call = f"{make}({', '.join(args)})"
    if not later:
        return [answer.format(call)]
    return _completed(decl, writer, call, later, names, answer)


def _given(f: Field, item: str) -> str:
    """What the constructor gets: a copy of what it may change and what is not decoded into a copy anyway."""
    if not (f.again and is_plain_collection(f.type)):
        return item
    return f"[*{item}]" if len(f.type.args) == 1 else f"{{**{item}}}"


def _completed(
    decl: ClassDecl,
    writer: Writer,
    call: str,
    later: Sequence[Field],
    names: dict[str, str],
    answer: str,
) -> list[str]:
    """Fields that the call does not take, or may change, are set afterwards."""
    (built,) = local_names(
        [snake(qualname(decl))], LOOP_LOCALS | {*names.values(), *writer.used}
    ).values()
    lines = [f"{built} = {call}"]
    for f in later:
        item = _field("decode", f, names[f.name], decl, writer)
        set_frozen = f'object.__setattr__({built}, "{f.name}", {item})'
        is_sealed = decl.frozen or decl.sealed
        lines.append(set_frozen if is_sealed else f"{built}.{f.name} = {item}")
    return [*lines, answer.format(built)]


def _guarded(lines: Sequence[str], cls: str, writer: Writer) -> list[str]:
    """A class that checks its own fields may refuse them."""
    return [
        "try:",
        *(f"    {line}" for line in lines),
        "except Exception as error:",
        f"    raise {writer.runtime('refused')}({cls}, error)",
    ]


def _field(way: Way, f: Field, item: str, decl: ClassDecl, writer: Writer) -> str:
    writer.hint = f"{stem(decl)}_{snake(f.name)}"
    return written(way, f.type, item, f.name, writer)


def tuple_function(way: Way, t: Type, head: str, writer: Writer) -> str:
    """The encoder or decoder of a fixed tuple, under the line `head`."""
    whole, kind, error = WORDS[way]
    items = [f"item{i}" for i in range(len(t.args))]
    tests = [
        condition(arg, x, writer) for arg, x in zip(t.args, items, strict=True) if is_plain(arg)
    ]
    parts = [written(way, arg, f"item{i}", f"[{i}]", writer) for i, arg in enumerate(t.args)]
    expected = "".join(f", {runtime_type(arg, writer)}" for arg in t.args)
    answer = list_text(parts) if way == "encode" else tuple_text(parts)
    return "\n".join(
        [
            head,
            *taken_apart(whole, kind, items, tests),
            f"{' ' * (12 if tests else 8)}return {answer}",
            f"    raise {writer.runtime(error)}({whole}, tuple{expected})",
        ]
    )


def list_text(items: Sequence[str]) -> str:
    """A list display: what encoders answer, because MessagePack's packer takes lists faster."""
    return f"[{', '.join(items)}]"


def tuple_text(items: Sequence[str]) -> str:
    """A tuple display."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
