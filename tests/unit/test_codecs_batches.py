"""Batches of streams: packed numbers, records as columns; exact, and checked like any other payload."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import pytest
from codec_module import BOOL, BYTES, FLOAT, INT, STR, CodecModule, cls, list_of, optional, tuple_of
from hypothesis import given, settings
from hypothesis import strategies as st
from motet.codec import (
    CodecError,
    DecodeError,
    EncodeError,
    decode_batch,
    decode_float,
    decode_int,
    decode_str,
    encode_batch,
    encode_float,
    encode_int,
    encode_str,
)
from motet.packing import round_trip
from motetc.ir.types import ClassDecl, Field

DECLS = [
    ClassDecl(
        "shop.Reading",
        "shop",
        "dataclass",
        (Field("sensor", STR), Field("value", INT), Field("data", FLOAT), Field("raw", BYTES)),
        frozen=True,
    ),
    ClassDecl("shop.Point", "shop", "namedtuple", (Field("x", INT), Field("on", BOOL))),
    ClassDecl("shop.Maybe", "shop", "dataclass", (Field("x", optional(INT)),)),
]
TYPES = {
    "ints": list_of(INT),
    "floats": list_of(FLOAT),
    "strs": list_of(STR),
    "readings": list_of(cls("Reading")),
    "points": list_of(cls("Point")),
    "maybes": list_of(cls("Maybe")),
    "pairs": list_of(tuple_of(STR, INT)),
}
M = CodecModule(DECLS, TYPES, batches=True)
NUMBERS = (
    st.booleans() | st.integers(-3, 3) | st.integers(-(2**33), 2**33) | st.integers(-(2**65), 2**65)
)
FLOATS = st.floats(allow_nan=False) | st.integers(0, 2) | st.booleans()
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "ints": NUMBERS,
    "floats": FLOATS,
    "strs": st.text(max_size=3),
    "readings": st.builds(
        lambda *fields: M.Reading(*fields), st.text(max_size=3), NUMBERS, FLOATS, st.binary()
    ),
    "points": st.builds(lambda x, on: M.Point(x, on), NUMBERS, st.booleans()),
    "maybes": st.builds(lambda x: M.Maybe(x), st.none() | NUMBERS),
    "pairs": st.tuples(st.text(max_size=3), NUMBERS),
}


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=60, derandomize=True)
@given(data=st.data())
def test_what_is_sent_arrives(kind: str, data: st.DataObject) -> None:
    few = data.draw(st.lists(ELEMENTS[kind], max_size=20))
    batch = few * data.draw(st.integers(1, 4))
    assert repr(M.travel(kind, batch)) == repr(batch)  # 1, 1.0, True and -0.0 are told apart


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=60, derandomize=True)
@given(data=st.data())
def test_damage_is_an_error_or_a_batch(kind: str, data: st.DataObject) -> None:
    junk = st.none() | st.integers(-1, 99) | st.binary(max_size=17) | st.lists(st.just("x"))
    wire = M.encode(kind, data.draw(st.lists(ELEMENTS[kind], min_size=16, max_size=20)))
    if isinstance(wire, bytes):
        wire = (
            data.draw(junk) if data.draw(st.booleans()) else wire[: data.draw(st.integers(0, 99))]
        )
    else:
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(junk)
    try:
        back = M.decode(kind, round_trip(wire))
    except DecodeError:
        return
    assert repr(M.travel(kind, back)) == repr(back)


def test_forms() -> None:
    head = b"[" + struct.pack("<I", 16)
    assert M.encode("ints", [1, 2]) == [1, 2]
    assert M.encode("ints", [*range(-8, 8)]) == head + b"".join(
        b"i" + struct.pack("<i", number) for number in range(-8, 8)
    )
    assert M.encode("ints", [2**40] * 16) == b"q" + struct.pack("<q", 2**40) * 16
    assert M.encode("ints", [2**64] * 16) == [2**64] * 16
    assert M.encode("ints", [1, *[2**40] * 15]) == b"q" + struct.pack("<16q", 1, *[2**40] * 15)
    assert M.encode("floats", [0.5] * 16) == head + (b"g" + struct.pack("<d", 0.5)) * 16
    assert M.encode("floats", [0.5, 1] * 8) == [0.5, 1] * 8
    ones, trues = head + (b"i" + struct.pack("<i", 1)) * 16, [True] * 16
    assert M.encode("points", [M.Point(1, True)] * 16) == [16, ones, trues]
    assert M.encode("points", [M.Point(1, True)]) == [[1, True]]
    assert M.encode("maybes", [M.Maybe(1)] * 16) == [1] * 16
    assert M.encode("pairs", [("a", 1)] * 16) == ["a", 1] * 16


@pytest.mark.parametrize(
    "number", [2**31 - 1, -(2**31) + 1, -(2**31), 2**31, -(2**31) - 1, 2**63 - 1]
)
def test_the_largest_numbers_of_a_form(number: int) -> None:
    for batch in ([number] * 16, [*range(20), number], [number, *range(20)]):
        assert M.travel("ints", batch) == batch


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"[\0\0\0\0",
        b"[\1\0\0\0T",
        b"[\2\0\0\0i\1\0\0\0T",
        b"[\2\0\0\0i\1\0\0\0",  # one is missing
        b"[\1\0\0\0i\1\0\0\0i\2\0\0\0",  # one too many
        b"[\xff\xff\xff\x7fi\1\0\0\0",
        b"(\1\0\0\0i\1\0\0\0",
        b"[\1\0\0\0i\1\0\0\0N",
        b"[\1\0\0\0g\1\0\0\0",
        b"q",
        b"q1234567",
    ],
)
def test_nothing_but_numbers_is_read(data: bytes) -> None:
    for kind, what in (("ints", "ints"), ("floats", "floats")):
        with pytest.raises(DecodeError, match=f"no {what} in {len(data)} bytes"):
            M.decode(kind, data)


def test_nothing_is_kept_of_large_batches() -> None:
    packed = [pack_ints(size) for size in range(100_000, 100_040)]
    tracemalloc.start()
    for data in packed:
        M.decode("ints", data)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000


def pack_ints(count: int) -> bytes:
    return b"[" + struct.pack("<I", count) + (b"i" + struct.pack("<i", 7)) * count


def test_bits_of_floats() -> None:
    odd = [float("nan"), -0.0, float("inf"), struct.unpack("<d", b"\1\0\0\0\0\0\xf8\x7f")[0]] * 4
    assert struct.pack("<16d", *M.travel("floats", odd)) == struct.pack("<16d", *odd)


class Level(IntEnum):
    LOW = 1


@pytest.mark.parametrize("stranger", [Level.LOW, 1.0, "1", None])
@pytest.mark.parametrize("length", [1, 40])
def test_what_is_no_int_is_refused_where_it_is_sent(stranger: Any, length: int) -> None:
    batch = [*range(length), stranger]
    with pytest.raises(EncodeError, match="expected int") as caught:
        M.encode("ints", batch)
    assert caught.value.path == f"[{length}]"
    good = M.Reading("a", 1, 0.5, b"")
    with pytest.raises(EncodeError, match="expected int") as caught:
        M.encode("readings", [*[good] * length, M.Reading("a", stranger, 0.5, b"")])
    assert caught.value.path == f"[{length}].value"


def test_another_class_is_refused() -> None:
    with pytest.raises(EncodeError, match="expected Reading, got Point") as caught:
        M.encode("readings", [*[M.Reading("a", 1, 0.5, b"")] * 20, M.Point(1, True)])
    assert caught.value.path == "[20]"


def damaged(change: Callable[[list[Any]], object]) -> str:
    wire = M.encode("points", [M.Point(1, True)] * 16)
    change(wire)
    with pytest.raises(CodecError) as caught:
        M.decode("points", wire)
    return str(caught.value)


def test_columns_are_checked() -> None:
    assert damaged(lambda wire: wire.pop()) == "expected the 3 fields of columns of Point, got 2"
    assert damaged(lambda wire: wire[2].pop()) == "on: 15 values for 16 records"
    assert damaged(lambda wire: wire[2].__setitem__(7, 1)) == "[7].on: expected bool, got int 1"
    assert damaged(lambda wire: wire.__setitem__(1, "x")) == "x: expected list, got str 'x'"
    assert damaged(lambda wire: wire.__setitem__(1, b"i12")) == (
        "x: no ints in 3 bytes that begin with b'i'"
    )
    assert damaged(lambda wire: wire.__setitem__(0, -1)).startswith(
        "[0]: expected Point, got int -1"
    )


@pytest.mark.parametrize(
    ("items", "encode", "decode", "packed"),
    [
        ([*range(40)], encode_int, decode_int, True),
        ([0.5] * 40, encode_float, decode_float, True),
        (["a"] * 40, encode_str, decode_str, False),
        ([1] * 40, lambda item: encode_int(item), lambda data: decode_int(data), False),
    ],
)
def test_the_codec_of_the_elements_says_whether_they_are_packed(
    items: list[Any], encode: Any, decode: Any, packed: bool
) -> None:
    form = encode_batch(items, encode)
    assert isinstance(form, bytes) is packed
    assert decode_batch(round_trip(form), decode) == items
