"""What cannot travel, and how that is said; which classes a type needs."""

from __future__ import annotations

import pytest
from codec_module import INT, STR, WORKER, T, cls, collection, dict_of, list_of, optional, tuple_of
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl, Field, Type

SOCKET = Type("class", "socket.socket")
ANY = Type("any", "unannotated")
DECLS = {
    decl.name: decl
    for decl in [
        ClassDecl("socket.socket", "socket", "plain"),
        ClassDecl("shop.Line", "shop", "dataclass", (Field("handle", SOCKET),)),
        ClassDecl("shop.Order", "shop", "dataclass", (Field("lines", list_of(cls("Line"))),)),
        ClassDecl("shop.Box", "shop", "dataclass", (Field("item", T),), params=("T",)),
        ClassDecl(
            "shop.Tree",
            "shop",
            "dataclass",
            (Field("children", list_of(cls("Tree"))), Field("colour", Type("enum", "shop.Colour"))),
        ),
        ClassDecl("shop.Colour", "shop", "enum", members=("RED",)),
        ClassDecl("shop.Secret", "shop", "dataclass", (Field("__key", INT),)),
        ClassDecl("shop.Once", "shop", "dataclass", (Field("seed", Type("other", "InitVar")),)),
        ClassDecl("shop.Movie", "shop", "typeddict", (Field("title", STR),)),
        ClassDecl("shop.Money", "shop", "codec"),
        ClassDecl(
            "shop.Json",
            "shop",
            "alias",
            target=Type("union", args=(INT, list_of(Type("alias", "shop.Json")), ANY)),
        ),
    ]
}
CODECS = Codecs(DECLS.get)
ADVICE = "make it a dataclass, or give it a codec (`motet.register_codec`)"

REFUSED = [
    (cls("Order"), f"Order.lines[].handle: `socket.socket` cannot travel: {ADVICE}"),
    (SOCKET, f"`socket.socket` cannot travel: {ADVICE}"),
    (list_of(SOCKET), f"[]: `socket.socket` cannot travel: {ADVICE}"),
    (cls("Box", SOCKET), f"[]: `socket.socket` cannot travel: {ADVICE}"),
    (Type("class", "lib.Unknown"), f"`lib.Unknown` cannot travel: {ADVICE}"),
    (dict_of(STR, ANY), "[]: its type is `Any` (unannotated): give it a type"),
    (tuple_of(INT, Type("any")), "[1]: its type is `Any`: give it a type"),
    (optional(Type("other", "def () -> int")), "a function cannot travel"),
    (WORKER, "`Worker` is a location: send a value, not a location"),
    (T, "`T` is a type variable: only values of known types can travel"),
    (Type("scalar", "complex"), "`complex` cannot travel, `tuple[float, float]` can"),
    (collection("collections.deque", INT), "`deque[int]` cannot travel, `list` can"),
    (
        collection("collections.defaultdict", STR, INT),
        "`defaultdict[str, int]` cannot travel, `dict` can",
    ),
    (collection("set", list_of(INT)), "`list[int]` cannot be in a set, it is not hashable"),
    (dict_of(tuple_of(cls("Movie")), INT), "`Movie` cannot be in a dict, it is not hashable"),
    (cls("Secret"), "Secret.__key: a name with two underscores is private to its class"),
    (cls("Once"), "Once.seed: an InitVar is not kept, so the value cannot be built again"),
    (Type("alias", "shop.Json"), "Json: its type is `Any` (unannotated): give it a type"),
]


@pytest.mark.parametrize(("t", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_the_reason_names_the_part_that_cannot_travel(t: Type, reason: str) -> None:
    assert CODECS.check(t) == reason


@pytest.mark.parametrize(
    "t",
    [cls("Tree"), cls("Box", cls("Box", INT)), cls("Money"), Type("member", args=(WORKER,))],
    ids=str,
)
def test_it_can_travel(t: Type) -> None:
    assert CODECS.check(t) is None


def test_which_classes_need_codecs() -> None:
    assert CODECS.needed(cls("Box", optional(cls("Tree")))) == (
        "shop.Box",
        "shop.Tree",
        "shop.Colour",
    )
    assert CODECS.needed(Type("literal", "shop.Colour", values=("RED",))) == ("shop.Colour",)
    assert CODECS.needed(Type("member", args=(WORKER,))) == ()


def test_a_simple_channel_names_functions_that_exist() -> None:
    def name(full: str) -> str:
        return full

    assert CODECS.channel(INT, name) == ("motet.codec.encode_int", "motet.codec.decode_int")
    assert CODECS.channel(cls("Tree"), name) == ("wire:shop.encode_tree", "wire:shop.decode_tree")
    with pytest.raises(ValueError, match="ask `structural`"):
        CODECS.channel(list_of(INT), name)
