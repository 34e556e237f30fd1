"""Every kind of payload, by example: through MessagePack and back, equal and of the same type."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from codec_module import (
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    WORKER,
    CodecModule,
    T,
    cls,
    collection,
    dict_of,
    list_of,
    literal,
    optional,
    scalar,
    tuple_of,
    union,
)
from motet.codec import DecodeError, EncodeError
from motet.members import MemberId
from motetc.ir.types import ClassDecl, Field, Type

COLOUR = Type("enum", "shop.Colour")
USER_ID = Type("newtype", "shop.UserId", (INT,))
MEMBER = Type("member", args=(WORKER,))
JSON = Type("alias", "shop.Json")
DECLS = [
    ClassDecl("shop.Quote", "shop", "dataclass", (Field("title", STR), Field("cents", INT))),
    ClassDecl("shop.Colour", "shop", "enum", members=("RED", "BLUE")),
    ClassDecl("shop.UserId", "shop", "newtype", target=INT),
    ClassDecl("shop.Box", "shop", "dataclass", (Field("item", T),), params=("T",)),
    ClassDecl("shop.Point", "shop", "namedtuple", (Field("x", INT), Field("y", optional(INT)))),
    ClassDecl(
        "shop.Movie",
        "shop",
        "typeddict",
        (Field("title", STR), Field("year", optional(INT), required=False)),
    ),
    ClassDecl("shop.Ping", "shop", "dataclass", frozen=True),
    ClassDecl(
        "shop.Basket",
        "shop",
        "dataclass",
        (
            Field("tags", list_of(STR)),
            Field("prices", dict_of(STR, FLOAT)),
            Field("sums", list_of(cls("Sum"))),
            Field("pairs", list_of(tuple_of(STR, INT))),
        ),
    ),
    ClassDecl(
        "shop.Sum",
        "shop",
        "dataclass",
        (Field("a", INT, kw_only=True), Field("total", INT, init=False), Field("b", INT)),
    ),
    ClassDecl(
        "shop.Tree",
        "shop",
        "dataclass",
        (
            Field("value", INT),
            Field("left", optional(cls("Tree"))),
            Field("rest", list_of(cls("Tree"))),
        ),
    ),
    ClassDecl(
        "shop.Json",
        "shop",
        "alias",
        target=union(NONE, BOOL, INT, FLOAT, STR, list_of(JSON), dict_of(STR, JSON)),
    ),
]
TYPES = {
    "none": NONE,
    "bool": BOOL,
    "int": INT,
    "float": FLOAT,
    "str": STR,
    "bytes": BYTES,
    "date": scalar("datetime.date"),
    "time": scalar("datetime.time"),
    "datetime": scalar("datetime.datetime"),
    "timedelta": scalar("datetime.timedelta"),
    "decimal": scalar("decimal.Decimal"),
    "uuid": scalar("uuid.UUID"),
    "colour": COLOUR,
    "red": Type("literal", "shop.Colour", values=("RED",)),
    "mode": literal("a", "b"),
    "odd": literal("a", 1, True, None, b"x"),
    "user": USER_ID,
    "maybe_user": optional(USER_ID),
    "member": MEMBER,
    "maybe": optional(STR),
    "pair": tuple_of(INT, scalar("datetime.date")),
    "empty": tuple_of(),
    "numbers": Type("vartuple", args=(INT,)),
    "dates": Type("vartuple", args=(scalar("datetime.date"),)),
    "ints": list_of(INT),
    "maybes": list_of(optional(INT)),
    "quotes": list_of(cls("Quote")),
    "nested": list_of(list_of(list_of(INT))),
    "set": collection("set", STR),
    "frozenset": collection("frozenset", tuple_of(INT, STR)),
    "stock": dict_of(STR, INT),
    "orders": dict_of(STR, list_of(cls("Quote"))),
    "pairs": list_of(tuple_of(STR, optional(INT))),
    "points": Type("vartuple", args=(cls("Point"),)),
    "nested_rows": list_of(list_of(cls("Quote"))),
    "basket": cls("Basket"),
    "matrix": Type("vartuple", args=(list_of(FLOAT),)),
    "lists": dict_of(STR, list_of(INT)),
    "users": list_of(USER_ID),
    "modes": list_of(literal("a", "b")),
    "by_int": dict_of(INT, STR),
    "by_member": dict_of(MEMBER, optional(INT)),
    "by_pair": dict_of(tuple_of(INT, INT), COLOUR),
    "by_float": dict_of(FLOAT, INT),
    "mapping": collection("collections.abc.Mapping", INT, STR),
    "sequence": collection("collections.abc.Sequence", INT),
    "any_set": collection("collections.abc.Set", INT),
    "quote": cls("Quote"),
    "maybe_quote": optional(cls("Quote")),
    "box": cls("Box", list_of(INT)),
    "box_box": cls("Box", cls("Box", optional(STR))),
    "point": cls("Point"),
    "movie": cls("Movie"),
    "ping": cls("Ping"),
    "sum": cls("Sum"),
    "tree": cls("Tree"),
    "json": JSON,
    "plain_union": union(INT, STR, NONE),
    "number": union(INT, FLOAT),
    "user_or_all": union(USER_ID, literal(True)),
    "few": union(literal(1, 2), literal(True)),
    "time_union": union(scalar("datetime.date"), scalar("datetime.datetime"), STR),
    "class_union": union(cls("Quote"), cls("Point"), cls("Ping"), NONE),
    "list_union": union(list_of(INT), list_of(STR)),
    "seq_union": union(collection("collections.abc.Sequence", INT), Type("vartuple", args=(INT,))),
    "dict_union": union(dict_of(STR, INT), dict_of(INT, INT), cls("Movie")),
}
MODULE = CodecModule(DECLS, TYPES)
PARIS = ZoneInfo("Europe/Paris")
M: Any = MODULE.module


def summed(a: int, b: int) -> Any:
    found = M.Sum(b, a=a)
    found.total = a + b
    return found


VALUES: list[tuple[str, Any]] = [
    ("none", None),
    ("bool", True),
    *(("int", n) for n in (0, -1, 2**63, -(2**63) - 1, 2**64, -(10**400), 10**5000)),
    *(("float", x) for x in (0.5, -0.0, math.inf, -math.inf, 5e-324, 3, 2**60 + 1, 10**400)),
    *(("str", s) for s in ("", "ünï\U0001f600", "\x00", "a" * 70_000)),
    *(("bytes", b) for b in (b"", b"\xff\x00")),
    *(("date", d) for d in (date.min, date.max, date(2024, 2, 29))),
    *(("time", t) for t in (time.min, time.max, time(1, 2, fold=1), time(1, tzinfo=UTC))),
    ("time", time(2, 30, tzinfo=PARIS, fold=1)),
    *(("datetime", d) for d in (datetime.min, datetime.max, datetime(2024, 1, 1, fold=1))),
    ("datetime", datetime(2024, 1, 1, tzinfo=UTC)),
    ("datetime", datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=-3, seconds=1)))),
    ("datetime", datetime(2024, 10, 27, 2, 30, tzinfo=PARIS)),
    ("datetime", datetime(2024, 10, 27, 2, 30, tzinfo=PARIS, fold=1)),
    *(("timedelta", d) for d in (timedelta.min, timedelta.max, timedelta(microseconds=-1))),
    *(("decimal", Decimal(d)) for d in ("1.10", "-0", "1E+999", "Infinity", "0." + "1" * 60)),
    ("uuid", UUID(int=2**128 - 1)),
    ("colour", M.Colour.BLUE),
    ("red", M.Colour.RED),
    ("mode", "b"),
    *(("odd", v) for v in ("a", 1, True, None, b"x")),
    ("user", M.UserId(3)),
    *(("maybe_user", v) for v in (None, 3)),
    ("member", MemberId(7)),
    *(("maybe", v) for v in (None, "")),
    ("pair", (1, date(2024, 1, 1))),
    ("empty", ()),
    *(("numbers", v) for v in ((), (1, 2))),
    ("dates", (date(2024, 1, 1), date(2024, 1, 2))),
    *(("ints", v) for v in ([], [1, 2**70])),
    ("maybes", [1, None]),
    ("quotes", [M.Quote("TAPL", 1), M.Quote("SICP", 2)]),
    ("nested", [[[1], []], []]),
    ("set", {"a", "b"}),
    ("frozenset", frozenset({(1, "a"), (2, "b")})),
    ("stock", {"b": 1, "a": 2}),
    ("orders", {"x": [M.Quote("TAPL", 1)], "y": []}),
    ("pairs", [("a", 1), ("b", None)]),
    ("points", (M.Point(1, None), M.Point(2, 3))),
    ("nested_rows", [[M.Quote("TAPL", 1)], [], [M.Quote("SICP", 2)] * 20]),
    ("basket", M.Basket(["a"], {"b": 1, "c": 0.5}, [summed(1, 2)], [("d", 1)])),
    ("matrix", ([0.5, 1], [])),
    ("lists", {"a": [1, 2], "b": []}),
    ("users", [M.UserId(1)]),
    ("modes", ["a", "b"]),
    ("basket", M.Basket(["a"] * 20, {str(n): n / 2 for n in range(20)}, [], [])),
    ("by_int", {2: "b", 1: "a"}),
    ("by_member", {MemberId(0): 1, MemberId(1): None}),
    ("by_pair", {(1, 2): M.Colour.RED}),
    ("by_float", {1.5: 1, math.inf: 2, 3: 3}),
    ("quote", M.Quote("TAPL", 8000)),
    *(("maybe_quote", v) for v in (None, M.Quote("TAPL", 8000))),
    ("box", M.Box([1])),
    *(("box_box", M.Box(M.Box(v))) for v in (None, "x")),
    ("point", M.Point(1, None)),
    *(("movie", v) for v in ({"title": "M"}, {"title": "M", "year": None})),
    ("ping", M.Ping()),
    ("tree", M.Tree(1, M.Tree(2, None, []), [M.Tree(3, None, [])])),
    *(("json", v) for v in (None, 1, 1.5, [1, {"a": [True, "x", None]}])),
    *(("plain_union", v) for v in (1, "1", None)),
    *(("number", v) for v in (1, 1.0)),
    *(("user_or_all", v) for v in (M.UserId(1), True)),
    *(("few", v) for v in (1, True)),
    *(("time_union", v) for v in (date(2024, 1, 1), datetime(2024, 1, 1), "2024-01-01")),
    *(("class_union", v) for v in (M.Quote("a", 1), M.Point(1, 2), M.Ping(), None)),
    *(("list_union", v) for v in ([1], ["a"], [])),
    *(("seq_union", v) for v in ([1], (1,))),
    *(("dict_union", v) for v in ({"a": 1}, {1: 1}, {"title": "M"}, {})),
]


def name_of(value: object) -> str:
    """A test's name; not of numbers that Python would rather not write, nor of sets, which vary."""
    if isinstance(value, int) and abs(value) > 2**100:
        return "huge"
    return type(value).__name__ if isinstance(value, set | frozenset) else str(value)[:40]


def same(one: Any, other: Any) -> bool:
    """Equal, of one type, and so are its parts."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same([*one.items()], [*other.items()])
    if isinstance(one, datetime | time):
        return repr(one) == repr(other)
    return bool(one == other)


@pytest.mark.parametrize(("hint", "value"), VALUES, ids=name_of)
def test_it_travels(hint: str, value: Any) -> None:
    assert same(MODULE.travel(hint, value), value)


def test_not_a_number() -> None:
    assert math.isnan(MODULE.travel("float", math.nan))
    assert str(MODULE.travel("decimal", Decimal("sNaN12"))) == "sNaN12"


def test_a_field_that_the_constructor_does_not_take() -> None:
    value = M.Sum(2, a=1)
    value.total = 7
    assert MODULE.travel("sum", value) == value


def test_abstract_collections_arrive_as_the_plain_ones() -> None:
    from types import MappingProxyType

    assert MODULE.travel("mapping", MappingProxyType({1: "a"})) == {1: "a"}
    assert MODULE.travel("sequence", range(3)) == [0, 1, 2]
    assert MODULE.travel("any_set", {1: 2}.keys()) == frozenset({1})


def test_a_renumbered_enum_is_read_by_name() -> None:
    assert MODULE.encode("colour", M.Colour.RED) == "RED"


class SubQuote(M.Quote):  # type: ignore[name-defined, misc]
    pass


class Title(str):
    __slots__ = ()


class Rank(IntEnum):
    LOW = 1


LIES = [
    ("int", Rank.LOW, "expected int, got Rank: make it one with `int(…)`"),
    ("int", 1.0, "expected int, got float 1.0"),
    ("str", Title("x"), "expected str, got Title: make it one with `str(…)`"),
    ("quote", M.Quote("x", Rank.LOW), "cents: expected int, got Rank: make it one with `int(…)`"),
    ("date", datetime(2024, 1, 1), "expected date, got datetime"),
    ("bytes", bytearray(b"x"), "expected bytes, got bytearray"),
    ("quote", M.Quote("TAPL", "8000"), "cents: expected int, got str '8000'"),
    (
        "quote",
        SubQuote("TAPL", 1),
        "expected Quote, got its subclass SubQuote: say `Quote | SubQuote` where either may be sent",
    ),
    ("quotes", [M.Quote("a", 1), M.Quote("b", None)], "[1].cents: expected int, got None"),
    ("orders", {"x": [M.Quote("b", 1.5)]}, "['x'][0].cents: expected int, got float 1.5"),
    ("pairs", [("a", 1), ("b", 1, 2)], "[1]: expected a tuple of 2, got one of 3"),
    ("pairs", [("a", 1), ["b", 1]], "[1]: expected tuple, got list"),
    ("pairs", [("a", 1), (2, 1)], "[1][0]: expected str, got int 2"),
    ("pairs", (("a", 1),), "expected list, got tuple"),
    ("maybes", [1, None, 0.5], "[2]: expected int, got float 0.5"),
    ("matrix", ([0.5], ["1"]), "[1][0]: expected float, got str '1'"),
    ("matrix", [[0.5]], "expected tuple, got list"),
    ("lists", {"a": [1], "b": (1,)}, "['b']: expected list, got tuple"),
    ("lists", {1: []}, "expected dict with str keys, got dict"),
    ("users", [1, "2"], "[1]: expected int, got str '2'"),
    ("modes", ["a", Title("b")], "[1]: expected 'a' or 'b', got 'b'"),
    ("by_int", {1: "a", 2: 2}, "[2]: expected str, got int 2"),
    ("points", (M.Point(1, None), M.Point("1", 2)), "[1].x: expected int, got str '1'"),
    ("nested_rows", [[], [1]], "[1][0]: expected Quote, got int 1"),
    ("basket", M.Basket(["a", 1], {}, [], []), "tags[1]: expected str, got int 1"),
    ("basket", M.Basket("a", {}, [], []), "tags: expected list, got str 'a'"),
    ("basket", M.Basket([], {"a": "b"}, [], []), "prices['a']: expected float, got str 'b'"),
    ("basket", M.Basket([], {1: 1}, [], []), "prices: expected dict with str keys, got dict"),
    ("basket", M.Basket([], {}, [summed(1, 2), 3], []), "sums[1]: expected Sum, got int 3"),
    ("basket", M.Basket([], {}, [], [("a", "b")]), "pairs[0][1]: expected int, got str 'b'"),
    ("by_pair", {(1, 2): "RED"}, "[(1, 2)]: expected Colour, got str 'RED'"),
    ("by_pair", {(1, "2"): M.Colour.RED}, "[(1, '2')][1]: expected int, got str '2'"),
    ("stock", {1: 1}, "expected dict with str keys, got dict"),
    ("pair", (1, 2), "[1]: expected date, got int 2"),
    ("pair", ("1", 2), "[0]: expected int, got str '1'"),
    ("pair", (1,), "expected a tuple of 2, got one of 1"),
    ("mode", "c", "expected 'a' or 'b', got 'c'"),
    ("red", M.Colour.BLUE, "expected <Colour.RED: 'red'>, got <Colour.BLUE: 'blue'>"),
    ("class_union", SubQuote("a", 1), "expected Quote, Point, Ping or None, got SubQuote"),
    ("movie", {"year": 1}, "not a Movie: it lacks 'title'"),
    ("movie", {"title": "M", "x": 1}, "not a Movie: it has the key 'x'"),
    ("movie", {"title": "M", "year": "1"}, "year: expected int, got str '1'"),
    ("box", M.Box([1, "a"]), "item[1]: expected int, got str 'a'"),
    ("tree", M.Tree(1, M.Tree(2, None, [3]), []), "left.rest[0]: expected Tree, got int 3"),
    ("ints", (1,), "expected list, got tuple"),
    ("sequence", "123", "expected sequence, got str '123'"),
]


@pytest.mark.parametrize(("hint", "value", "message"), LIES, ids=name_of)
def test_a_value_of_another_type_is_not_sent(hint: str, value: Any, message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        MODULE.encode(hint, value)
    assert str(caught.value) == message


GARBAGE = [
    ("int", 1.0, "expected int, got float 1.0"),
    ("quote", ["TAPL"], "expected the 2 parts of a Quote, got 1"),
    ("quote", ["TAPL", "x"], "cents: expected int, got str 'x'"),
    ("quote", {"title": "TAPL"}, "expected Quote, got dict"),
    ("quotes", ["a", 1, "b", None], "[1].cents: expected int, got None"),
    ("quotes", ["a", 1, "b"], "[1]: expected the 2 parts of a Quote, got 1"),
    ("quotes", {"a": 1}, "expected list, got dict"),
    ("orders", {"x": ["b", 1.5]}, "['x'][0].cents: expected int, got float 1.5"),
    ("orders", {b"x": []}, "expected dict with str keys, got dict"),
    ("pairs", ["a", 1, "b"], "[1]: expected the 2 parts of a tuple, got 1"),
    ("pairs", ["a", 1, b"b", 1], "[1][0]: expected str, got bytes b'b'"),
    ("pairs", None, "expected list, got None"),
    ("maybes", [1, None, 0.5], "[2]: expected int, got float 0.5"),
    ("matrix", [[0.5], [b""]], "[1][0]: expected float, got bytes b''"),
    ("matrix", {}, "expected tuple, got dict"),
    ("lists", {"a": [1], "b": [None]}, "['b'][0]: expected int, got None"),
    ("users", [1, None], "[1]: expected int, got None"),
    ("by_int", [[1, "a"], ["b", "b"]], "[1]: expected int, got str 'b'"),
    ("by_int", {}, "expected list of pairs, got dict"),
    ("points", [1, "a"], "[0].y: expected int or None, got str 'a'"),
    ("points", "ab", "expected tuple, got str 'ab'"),
    ("nested_rows", [[], ["a", 1, "b", 1.5]], "[1][1].cents: expected int, got float 1.5"),
    ("nested_rows", [[], None], "[1]: expected list, got None"),
    ("basket", [["a", b"b"], {}, [], []], "tags[1]: expected str, got bytes b'b'"),
    ("basket", [[], {b"a": 1}, [], []], "prices: expected dict with str keys, got dict"),
    ("basket", [[], {"a": None}, [], []], "prices['a']: expected float, got None"),
    ("basket", [[], {}, [1, 2, None], []], "sums[0].b: expected int, got None"),
    ("basket", [[], {}, [], {}], "pairs: expected list, got dict"),
    ("by_int", [[1, "a"], [1, "b"]], "the same key or item twice"),
    ("by_int", [[1, "a"], [2]], "[1]: expected pair of key and value, got list"),
    ("by_pair", [[[1, 2], "GREEN"]], "[(1, 2)]: expected Colour, got str 'GREEN'"),
    ("set", ["a", "a"], "the same key or item twice"),
    ("colour", "GREEN", "expected Colour, got str 'GREEN'"),
    ("red", "BLUE", "expected <Colour.RED: 'red'>, got <Colour.BLUE: 'blue'>"),
    ("mode", "c", "expected 'a' or 'b', got 'c'"),
    ("odd", 1.0, "expected 'a', 1, True, None or b'x', got 1.0"),
    ("member", -1, "expected MemberId, got int -1"),
    ("date", "2024-02-30", "expected date, got str '2024-02-30'"),
    ("datetime", "2024-01-01T00:00[Nowhere/Here]", None),
    ("datetime", "2024-01-01T00:00[../../etc/passwd]", None),
    ("datetime", "2024-01-01T00:00[\x00]", None),
    ("datetime", "]", "expected datetime, got str ']'"),
    ("timedelta", 10**30, None),
    ("decimal", "one", "expected Decimal, got str 'one'"),
    ("uuid", b"short", "expected UUID, got bytes b'short'"),
    ("class_union", ["Nobody", []], "expected Quote, Point, Ping or None, got list"),
    ("class_union", ["Quote", ["a", "b"]], "cents: expected int, got str 'b'"),
    ("movie", ["M", {"day": 1}], "unknown key 'day'"),
    ("movie", ["M", {"year": "x"}], "year: expected int, got str 'x'"),
    ("tree", [1, [2, None, [[3]]], []], "left.rest[0]: expected the 3 parts of a Tree, got 1"),
    ("ints", 10**5000, "expected list, got int …"),
]


@pytest.mark.parametrize(("hint", "data", "message"), GARBAGE, ids=name_of)
def test_a_bad_message_is_an_error_with_its_path(hint: str, data: Any, message: str | None) -> None:
    with pytest.raises(DecodeError) as caught:
        MODULE.decode(hint, data)
    assert message is None or str(caught.value) == message


def test_the_path_of_an_error() -> None:
    with pytest.raises(DecodeError) as caught:
        MODULE.decode("orders", {"x": ["b", 1.5]})
    assert caught.value.path == "['x'][0].cents"


def deep_tree(depth: int) -> Any:
    tree = M.Tree(0, None, [])
    for _ in range(depth):
        tree = M.Tree(0, tree, [])
    return tree


def test_nesting_is_bounded() -> None:
    assert MODULE.travel("tree", deep_tree(200)) == deep_tree(200)
    with pytest.raises(EncodeError, match="nested too deeply"):
        MODULE.pair("tree")[0](deep_tree(100_000))
    data: Any = [0, None, []]
    for _ in range(100_000):
        data = [0, data, []]
    with pytest.raises(DecodeError, match="nested too deeply"):
        MODULE.decode("tree", data)


def test_a_value_within_itself_is_an_error() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(EncodeError, match="nested too deeply, or it contains itself"):
        MODULE.pair("json")[0](endless)
