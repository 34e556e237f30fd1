"""Codecs side by side: what the generated ones cost, as ratios to msgspec's array Struct.

One run, interleaved rounds, medians of ratios within a round; every contender turns the same record into
bytes and back into an instance of a class with slots. Run: `python bench/codecs.py [--rounds N]`
(needs the project installed, with its `bench` extra). Motet's text is made by the compiler's own generator.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import cattrs.preconf.msgpack
import msgpack
import msgspec
import pydantic
from motet.packing import new_packer, new_unpacker
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl, Field, Type

STR, INT, FLOAT = (Type("scalar", name) for name in ("str", "int", "float"))
NOTE = Type("union", args=(STR, Type("scalar", "None")))
LINE = Type("class", "shop.Line")
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


class OrderStruct(msgspec.Struct, array_like=True):
    id: int
    user: str
    amount: float
    note: str


class LineStruct(msgspec.Struct, array_like=True):
    sku: str
    count: int
    cents: int


class BasketStruct(msgspec.Struct, array_like=True):
    id: int
    note: str | None
    lines: list[LineStruct]
    prices: dict[str, int]


ORDER = (1, "someone", 3.5, "a note of some length, with text in it")
LINES = [(f"sku-{i}", i, 100 * i) for i in range(8)]
BASKET = (7, None, [Line(*line) for line in LINES], {"total": 2800, "tax": 300})
DECLS = {
    "shop.Order": ClassDecl(
        "shop.Order",
        "shop",
        "dataclass",
        (Field("id", INT), Field("user", STR), Field("amount", FLOAT), Field("note", STR)),
    ),
    "shop.Line": ClassDecl(
        "shop.Line",
        "shop",
        "dataclass",
        (Field("sku", STR), Field("count", INT), Field("cents", INT)),
    ),
    "shop.Basket": ClassDecl(
        "shop.Basket",
        "shop",
        "dataclass",
        (
            Field("id", INT),
            Field("note", NOTE),
            Field("lines", Type("collection", "list", (LINE,))),
            Field("prices", Type("collection", "dict", (STR, INT))),
        ),
    ),
}


def generated() -> dict[str, Any]:
    """The codecs of the classes above, as the compiler writes them."""
    import motet.codec

    names: dict[str, Any] = {"Order": Order, "Line": Line, "Basket": Basket}

    def name(full: str) -> str:
        short = full.rpartition(".")[2]
        if full.startswith("motet.codec."):
            names[short] = getattr(motet.codec, short)
        return short

    codecs = Codecs(DECLS.get)
    texts = [codecs.class_codecs(full, name) for full in DECLS]
    code = compile("from __future__ import annotations\n" + "\n".join(texts), "<wire>", "exec")
    exec(code, names)
    return names


def motet_job(value: Any, encode: Callable[[Any], object], decode: Callable[[object], Any]) -> Job:
    pack, unpacker = new_packer(), new_unpacker()
    feed, unpack = unpacker.feed, unpacker.unpack

    def read(data: bytes) -> Any:
        feed(data)
        return decode(unpack())

    return lambda: pack(encode(value)), read


def contenders(value: Any, struct: Any, wire: dict[str, Any]) -> dict[str, Job]:
    cls = type(value)
    stem = cls.__name__.lower()
    converter = cattrs.preconf.msgpack.make_converter()
    adapter = pydantic.TypeAdapter(cls)
    on_struct = msgspec.msgpack.Decoder(type(struct))
    on_class = msgspec.msgpack.Decoder(cls)
    encoder = msgspec.msgpack.Encoder()
    return {
        "msgspec, array Struct": (lambda: encoder.encode(struct), on_struct.decode),
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
    base = found["msgspec, array Struct"]
    lines = [f"| {title} | encode | decode | both |", "|---|---|---|---|"]
    for name, (encode, decode) in found.items():
        columns = [
            [a / b for a, b in zip(encode, base[0], strict=True)],
            [a / b for a, b in zip(decode, base[1], strict=True)],
            [
                (a + b) / (c + d)
                for a, b, c, d in zip(encode, decode, base[0], base[1], strict=True)
            ],
        ]
        lines.append(f"| {name} | {' | '.join(f'{statistics.median(c):.1f}' for c in columns)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.02, help="per measurement, at least")
    chosen = parser.parse_args()
    wire = generated()
    structs = [LineStruct(*line) for line in LINES]
    flat = contenders(Order(*ORDER), OrderStruct(*ORDER), wire)
    nested = contenders(Basket(*BASKET), BasketStruct(7, None, structs, BASKET[3]), wire)
    print(table("flat record of 4 fields", flat, chosen.rounds, chosen.seconds), end="\n\n")
    print(table("8 lines, a dict, an optional", nested, chosen.rounds, chosen.seconds))


if __name__ == "__main__":
    main()
