"""Codecs side by side: what the generated ones cost, as ratios to msgspec's array Struct.

One run, interleaved rounds, medians of ratios within a round; every contender turns the same record into
bytes and back into an instance of a class with slots. Run: `python bench/codecs.py [--rounds N] [--shapes]`
(needs the project installed, with its `bench` extra). Motet's text is made by the compiler's own generator.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import ModuleType, UnionType
from typing import Any, ForwardRef, Union, get_args, get_origin, get_type_hints

import cattrs.preconf.msgpack
import msgpack
import msgspec
import pydantic
from motet.packing import new_packer, new_unpacker
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl, Field, Type

BASE = "msgspec, array Struct"
Job = tuple[Callable[[], bytes], Callable[[bytes], Any]]


@dataclass(slots=True)
class Order:
    id: int
    user: str
    amount: float
    note: str


@dataclass(slots=True)
class Line:
    sku: str
    count: int
    cents: int


@dataclass(slots=True)
class Basket:
    id: int
    note: str | None
    lines: list[Line]
    prices: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int


@dataclass(slots=True)
class Tree:
    value: int
    left: Tree | None
    right: Tree | None


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(slots=True)
class Dated:
    at: datetime
    price: Decimal
    colour: Colour


@dataclass(slots=True)
class Maybe:
    a: int | None
    b: str | None
    line: Line | None


@dataclass(slots=True)
class Card:
    number: str


@dataclass(slots=True)
class Cash:
    cents: int


CLASSES = (Order, Line, Basket, Point, Tree, Colour, Dated, Maybe, Card, Cash)
LINES = [Line(f"sku-{i}", i, 100 * i) for i in range(8)]
ORDER = Order(1, "someone", 3.5, "a note of some length, with text in it")
BASKET = Basket(7, None, LINES, {"total": 2800, "tax": 300})


def tree(depth: int) -> Tree | None:
    return Tree(depth, tree(depth - 1), tree(depth - 1)) if depth else None


SHAPES: dict[str, tuple[Any, Any]] = {  # 16 of each, as far as that makes sense
    "`list[str]`": (list[str], [f"s{i}" for i in range(16)]),
    "`list[int]`": (list[int], [100 * i for i in range(16)]),
    "`list[int or None]`": (list[int | None], [1, None] * 8),
    "`list[list[float]]`, 8 of 8": (list[list[float]], [[i / 3] * 8 for i in range(8)]),
    "`list[tuple[int, str]]`": (list[tuple[int, str]], [(i, f"s{i}") for i in range(16)]),
    "`dict[str, int]`": (dict[str, int], {f"s{i}": i for i in range(16)}),
    "`dict[int, str]`": (dict[int, str], {i: f"s{i}" for i in range(16)}),
    "list of a record": (list[Line], LINES * 2),
    "list of a frozen record": (list[Point], [Point(i, i) for i in range(16)]),
    "dict of a record": (dict[str, Line], {f"k{i}": line for i, line in enumerate(LINES * 2)}),
    "a tree of 15 records": (Tree, tree(4)),
    "optional fields, a nested record": (Maybe, Maybe(1, None, LINES[0])),
    "list of a union of two records": (list[Card | Cash], [Card("1"), Cash(2)] * 8),
    "list of an enum": (list[Colour], [Colour.RED, Colour.BLUE] * 8),
    "a datetime, a Decimal, an enum": (
        Dated,
        Dated(datetime(2024, 1, 2, 3, 4, 5, 6), Decimal("1.10"), Colour.RED),
    ),
}


def model(t: Any) -> Type:
    """A type as the compiler has it."""
    args = tuple(map(model, get_args(t)))
    if get_origin(t) in (Union, UnionType):
        return Type("union", args=args)
    if get_origin(t) is tuple:
        return Type("tuple", args=args)
    if get_origin(t) in (list, dict):
        return Type("collection", get_origin(t).__name__, args)
    if t in CLASSES:
        return Type("enum" if issubclass(t, Enum) else "class", f"shop.{t.__name__}")
    if t in (datetime, Decimal):
        return Type("scalar", f"{t.__module__}.{t.__name__}")
    return Type("scalar", "None" if t is type(None) else t.__name__)


def declared(cls: Any) -> ClassDecl:
    """A class as the compiler has it."""
    full = f"shop.{cls.__name__}"
    if issubclass(cls, Enum):
        return ClassDecl(full, "shop", "enum", members=tuple(cls.__members__))
    found = tuple(Field(name, model(t)) for name, t in get_type_hints(cls).items())
    frozen = cls.__dataclass_params__.frozen
    return ClassDecl(full, "shop", "dataclass", found, frozen=frozen, bare=not frozen)


def generated() -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """The codecs of the classes and shapes above, as the compiler writes them; which are those of the shapes."""
    import motet.codec

    names: dict[str, Any] = {cls.__name__: cls for cls in CLASSES}

    def name(full: str) -> str:
        short = full.rpartition(".")[2]
        if full.startswith("motet.codec."):
            names[short] = getattr(motet.codec, short)
        return short

    decls = {f"shop.{cls.__name__}": declared(cls) for cls in CLASSES}
    codecs = Codecs(decls.get)
    texts, pairs = [codecs.class_codecs(full, name) for full in decls], {}
    for i, (title, (t, _)) in enumerate(SHAPES.items()):
        definitions, *found = codecs.structural(model(t), f"shape{i}", name)
        texts.append(definitions)
        pairs[title] = (found[0], found[1])
    code = compile("from __future__ import annotations\n" + "\n".join(texts), "<wire>", "exec")
    exec(code, names)
    return names, pairs


def structs() -> dict[Any, Any]:
    """An array Struct for each dataclass; those of unions carry a tag, as msgspec needs one."""
    made: dict[Any, Any] = {}
    for cls in CLASSES:
        if not issubclass(cls, Enum):
            hints = get_type_hints(cls).items()
            own = [(name, in_structs(t, made, cls.__name__)) for name, t in hints]
            made[cls] = msgspec.defstruct(
                cls.__name__,
                own,
                array_like=True,
                tag=cls in (Card, Cash),
                namespace={"__module__": "shop"},
            )
            vars(SHOP)[cls.__name__] = made[cls]
    return made


SHOP = sys.modules.setdefault("shop", ModuleType("shop"))
"""Where msgspec finds the Struct that has itself as a field."""


def in_structs(t: Any, made: dict[Any, Any], inside: str = "") -> Any:
    """The type with Structs in the place of the dataclasses."""
    if isinstance(t, type) and t.__name__ == inside:
        return ForwardRef(inside)
    args = [in_structs(arg, made, inside) for arg in get_args(t)]
    if get_origin(t) in (Union, UnionType):
        return Union[tuple(args)]  # noqa: UP007
    return get_origin(t)[tuple(args)] if args else made.get(t, t)


def as_struct(value: Any, made: dict[Any, Any]) -> Any:
    """The value with Structs in the place of instances of the dataclasses."""
    if isinstance(value, list | tuple):
        return type(value)(as_struct(item, made) for item in value)
    if isinstance(value, dict):
        return {key: as_struct(item, made) for key, item in value.items()}
    if type(value) in made:
        items = (as_struct(getattr(value, f.name), made) for f in fields(value))
        return made[type(value)](*items)
    return value


def motet_job(value: Any, encode: Callable[[Any], object], decode: Callable[[object], Any]) -> Job:
    pack, unpacker = new_packer(), new_unpacker()
    feed, unpack = unpacker.feed, unpacker.unpack

    def read(data: bytes) -> Any:
        feed(data)
        return decode(unpack())

    return lambda: pack(encode(value)), read


def contenders(value: Any, made: dict[Any, Any], wire: dict[str, Any]) -> dict[str, Job]:
    cls, struct = type(value), as_struct(value, made)
    stem = cls.__name__.lower()
    converter = cattrs.preconf.msgpack.make_converter()
    adapter = pydantic.TypeAdapter(cls)
    on_struct = msgspec.msgpack.Decoder(type(struct))
    on_class = msgspec.msgpack.Decoder(cls)
    encoder = msgspec.msgpack.Encoder()
    return {
        BASE: (lambda: encoder.encode(struct), on_struct.decode),
        "**Motet, generated**": motet_job(value, wire[f"encode_{stem}"], wire[f"decode_{stem}"]),
        "msgspec, the dataclass": (lambda: encoder.encode(value), on_class.decode),
        "cattrs": (lambda: converter.dumps(value), lambda data: converter.loads(data, cls)),
        "pydantic, JSON": (lambda: adapter.dump_json(value), adapter.validate_json),
        "msgpack and asdict": (
            lambda: msgpack.packb(asdict(value)),
            lambda data: cls(**msgpack.unpackb(data)),
        ),
    }


def measure(
    jobs: dict[str, Job], rounds: int, seconds: float
) -> dict[str, tuple[list[float], ...]]:
    """Nanoseconds of encoding and decoding, per contender and round, the contenders taking turns."""
    data = {name: encode() for name, (encode, _) in jobs.items()}
    found: dict[str, tuple[list[float], ...]] = {name: ([], []) for name in jobs}
    for _ in range(rounds):
        for name, (encode, decode) in jobs.items():
            found[name][0].append(_nanoseconds(encode, seconds))
            found[name][1].append(_nanoseconds(lambda d=decode, b=data[name]: d(b), seconds))
    return found


def _nanoseconds(call: Callable[[], Any], seconds: float) -> float:
    calls, spent = 64, 0.0
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        spent = time.perf_counter() - start
        if spent >= seconds:
            return spent / calls * 1e9
        calls *= 4


def table(title: str, jobs: dict[str, Job], rounds: int, seconds: float) -> str:
    found = measure(jobs, rounds, seconds)
    lines = [f"| {title} | encode | decode | both |", "|---|---|---|---|"]
    for name, ratios in compared(found).items():
        lines.append(f"| {name} | {' | '.join(f'{ratio:.1f}' for ratio in ratios)} |")
    return "\n".join(lines)


def compared(found: dict[str, tuple[list[float], ...]]) -> dict[str, list[float]]:
    """Of encoding, of decoding and of both: the median of the ratios to msgspec's Struct within a round."""
    base = _three(found[BASE])
    return {
        name: [
            statistics.median(a / b for a, b in zip(mine, its, strict=True))
            for mine, its in zip(_three(figures), base, strict=True)
        ]
        for name, figures in found.items()
    }


def _three(figures: tuple[list[float], ...]) -> list[list[float]]:
    encode, decode = figures
    return [encode, decode, [a + b for a, b in zip(encode, decode, strict=True)]]


def shapes(made: dict[Any, Any], rounds: int, seconds: float) -> str:
    """What other types cost, Motet's codecs alone."""
    wire, pairs = generated()
    lines = ["| | encode | decode | both |", "|---|---|---|---|"]
    for title, (t, value) in SHAPES.items():
        encode, decode = (wire[function] for function in pairs[title])
        struct, encoder = as_struct(value, made), msgspec.msgpack.Encoder()
        decoder = msgspec.msgpack.Decoder(in_structs(t, made))
        jobs: dict[str, Job] = {
            BASE: (lambda e=encoder, s=struct: e.encode(s), decoder.decode),
            title: motet_job(value, encode, decode),
        }
        for make, read in jobs.values():
            assert as_struct(read(make()), made) == struct, title
        ratios = compared(measure(jobs, rounds, seconds))[title]
        lines.append(f"| {title} | {' | '.join(f'{ratio:.1f}' for ratio in ratios)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=0.005, help="per measurement, at least")
    parser.add_argument(
        "--shapes", action="store_true", help="other types, msgspec and Motet alone"
    )
    chosen = parser.parse_args()
    made = structs()
    if chosen.shapes:
        print(shapes(made, chosen.rounds, chosen.seconds))
        return
    wire, _ = generated()
    flat, nested = contenders(ORDER, made, wire), contenders(BASKET, made, wire)
    print(table("flat record of 4 fields", flat, chosen.rounds, chosen.seconds), end="\n\n")
    print(table("8 lines, a dict, an optional", nested, chosen.rounds, chosen.seconds))


if __name__ == "__main__":
    main()
