"""How the generated codecs read. Change these texts on purpose or not at all."""

from __future__ import annotations

import black
import pytest
from codec_module import (
    FLOAT,
    INT,
    NONE,
    STR,
    T,
    cls,
    dict_of,
    list_of,
    literal,
    optional,
    scalar,
    tuple_of,
    union,
)
from motetc.backend.codecs import Codecs
from motetc.ir.types import ClassDecl, Field, Type

DECLS = {
    decl.name: decl
    for decl in [
        ClassDecl("shop.Quote", "shop", "dataclass", (Field("title", STR), Field("cents", INT))),
        ClassDecl("shop.Cash", "shop", "dataclass", (Field("cents", INT),)),
        ClassDecl("shop.Colour", "shop", "enum", members=("RED", "BLUE")),
        ClassDecl(
            "shop.Order",
            "shop",
            "dataclass",
            (
                Field("id", INT),
                Field("quotes", list_of(cls("Quote"))),
                Field("due", optional(scalar("datetime.date"))),
                Field("mode", literal("fast", "slow")),
                Field("weight", FLOAT),
                Field("stock", dict_of(STR, INT)),
                Field("user", Type("newtype", "shop.UserId", (INT,))),
            ),
            frozen=True,
        ),
        ClassDecl(
            "shop.Box",
            "shop",
            "dataclass",
            (Field("item", T), Field("place", tuple_of(INT, scalar("datetime.date")))),
            params=("T",),
        ),
        ClassDecl(
            "shop.Even",
            "shop",
            "dataclass",
            (Field("number", INT), Field("half", INT, init=False)),
            post_init=True,
        ),
        ClassDecl(
            "shop.Movie",
            "shop",
            "typeddict",
            (Field("title", STR), Field("year", INT, required=False)),
        ),
    ]
}
CHANNELS = {
    "payment": union(cls("Quote"), cls("Cash"), STR, INT, NONE),
    "pairs": list_of(tuple_of(STR, INT)),
    "maybes": list_of(optional(INT)),
    "by_int": dict_of(INT, STR),
}
CASES = {
    "Quote": """
def encode_quote(value: Quote) -> object:
    if type(value) is Quote and type(value.title) is str and type(value.cents) in INTEGERS:
        return [value.title, value.cents]
    raise mistyped(value, Quote, title=str, cents=int)


def decode_quote(data: object) -> Quote:
    if type(data) is list and len(data) == 2:
        title, cents = data
        if type(title) is str and type(cents) in INTEGERS:
            return Quote(title, cents)
    raise misfit(data, Quote, title=str, cents=int)
""",
    "Order": """
def encode_order(value: Order) -> object:
    if (
        type(value) is Order
        and type(value.id) in INTEGERS
        and value.mode in ("fast", "slow")
        and type(value.weight) in NUMBERS
        and is_dict(value.stock, int)
        and type(value.user) in INTEGERS
    ):
        return [
            value.id,
            _encode_order_quotes(value.quotes, "quotes"),
            None if value.due is None else within("due", encode_date, value.due),
            value.mode,
            value.weight,
            value.stock,
            value.user,
        ]
    raise mistyped(
        value,
        Order,
        id=int,
        mode=Literal["fast", "slow"],
        weight=float,
        stock=dict[str, int],
        user=int,
    )


new_order = constructor(Order)


def decode_order(data: object) -> Order:
    if type(data) is list and len(data) == 7:
        id_, quotes, due, mode, weight, stock, user = data
        if (
            type(id_) in INTEGERS
            and mode in ("fast", "slow")
            and type(weight) in NUMBERS
            and is_dict(stock, int)
            and type(user) in INTEGERS
        ):
            return new_order(
                id_,
                _decode_order_quotes(quotes, "quotes"),
                None if due is None else within("due", decode_date, due),
                mode,
                weight,
                stock,
                UserId(user),
            )
    raise misfit(
        data,
        Order,
        id=int,
        quotes=object,
        due=object,
        mode=Literal["fast", "slow"],
        weight=float,
        stock=dict[str, int],
        user=int,
    )


def _encode_order_quotes(value: list[Quote], at: str = "") -> object:
    if type(value) is list:
        fields: list[object] = []
        for quote in value:
            if not (
                type(quote) is Quote and type(quote.title) is str and type(quote.cents) in INTEGERS
            ):
                break
            fields.append(quote.title)
            fields.append(quote.cents)
        else:
            return fields
    raise mistyped_in(value, list, encode_quote, at=at)


def _decode_order_quotes(data: object, at: str = "") -> list[Quote]:
    if type(data) is list and len(data) % 2 == 0:
        fields = iter(data)
        items: list[Quote] = []
        for row in zip(fields, fields):
            title, cents = row
            if not (type(title) is str and type(cents) in INTEGERS):
                break
            items.append(Quote(*row))
        else:
            return items
    raise misfit_in(data, list, 2, decode_quote, at=at)
""",
    "Box": """
BoxT = TypeVar("BoxT")


def encode_box(value: Box[BoxT], encode_t: Callable[[BoxT], object]) -> object:
    if type(value) is Box:
        return [
            within("item", encode_t, value.item),
            within("place", _encode_box_place, value.place),
        ]
    raise mistyped(value, Box)


def decode_box(data: object, decode_t: Callable[[object], BoxT]) -> Box[BoxT]:
    if type(data) is list and len(data) == 2:
        item, place = data
        return Box(within("item", decode_t, item), within("place", _decode_box_place, place))
    raise misfit(data, Box, item=object, place=object)


def _encode_box_place(value: tuple[int, date]) -> object:
    if type(value) is tuple and len(value) == 2:
        item0, item1 = value
        if type(item0) in INTEGERS:
            return [item0, within("[1]", encode_date, item1)]
    raise mistyped(value, tuple, int, object)


def _decode_box_place(data: object) -> tuple[int, date]:
    if type(data) is list and len(data) == 2:
        item0, item1 = data
        if type(item0) in INTEGERS:
            return (item0, within("[1]", decode_date, item1))
    raise misfit(data, tuple, int, object)
""",
    "Colour": """
def encode_colour(value: Colour) -> object:
    if type(value) is Colour:
        return value._name_
    raise wrong_value("Colour", value)


members_of_colour = {**Colour.__members__}


def decode_colour(data: object) -> Colour:
    if type(data) is str and data in members_of_colour:
        return members_of_colour[data]
    raise wrong_data("Colour", data)
""",
    "Even": """
def encode_even(value: Even) -> object:
    if type(value) is Even and type(value.number) in INTEGERS and type(value.half) in INTEGERS:
        return [value.number, value.half]
    raise mistyped(value, Even, number=int, half=int)


def decode_even(data: object) -> Even:
    if type(data) is list and len(data) == 2:
        number, half = data
        if type(number) in INTEGERS and type(half) in INTEGERS:
            try:
                even = Even(number)
                even.half = half
                return even
            except Exception as error:
                raise refused(Even, error)
    raise misfit(data, Even, number=int, half=int)
""",
    "Movie": """
def encode_movie(value: Movie) -> object:
    check_keys(value, "Movie", ("title",), ("year",))
    present: dict[str, object] = {}
    if "year" in value:
        present["year"] = within("year", encode_int, value["year"])
    return [within("title", encode_str, value["title"]), present]


def decode_movie(data: object) -> Movie:
    title, present = fields_of(data, "Movie", 2)
    check_present(present, ("year",))
    movie: Movie = {"title": within("title", decode_str, title)}
    if "year" in present:
        movie["year"] = within("year", decode_int, present["year"])
    return movie
""",
    "maybes": """
def _encode_maybes(value: list[int | None]) -> object:
    if type(value) is list:
        for item in value:
            if not (item is None or type(item) in INTEGERS):
                break
        else:
            return value
    return encode_list(value, lambda item: None if item is None else encode_int(item))


def _decode_maybes(data: object) -> list[int | None]:
    if type(data) is list:
        for item in data:
            if not (item is None or type(item) in INTEGERS):
                break
        else:
            return data
    return decode_list(data, lambda item: None if item is None else decode_int(item))
""",
    "by_int": """
def _encode_by_int(value: dict[int, str]) -> object:
    if type(value) is dict:
        pairs: list[object] = []
        for key, item in value.items():
            if not (type(key) in INTEGERS and type(item) is str):
                break
            pairs.append([key, item])
        else:
            return pairs
    return encode_pairs(value, encode_int, encode_str)


def _decode_by_int(data: object) -> dict[int, str]:
    if type(data) is list:
        items: dict[int, str] = {}
        for pair in data:
            if type(pair) is not list or len(pair) != 2:
                break
            key, item = pair
            if not (type(key) in INTEGERS and type(item) is str):
                break
            items[key] = item
        if len(items) == len(data):
            return items
    return decode_pairs(data, decode_int, decode_str)
""",
    "pairs": """
def _encode_pairs(value: list[tuple[str, int]]) -> object:
    if type(value) is list:
        fields: list[object] = []
        for item in value:
            if not (
                type(item) is tuple
                and len(item) == 2
                and type(item[0]) is str
                and type(item[1]) in INTEGERS
            ):
                break
            fields.append(item[0])
            fields.append(item[1])
        else:
            return fields
    raise mistyped_tuples(value, list, str, int)


def _decode_pairs(data: object) -> list[tuple[str, int]]:
    if type(data) is list and len(data) % 2 == 0:
        fields = iter(data)
        items: list[tuple[str, int]] = []
        for row in zip(fields, fields):
            item0, item1 = row
            if not (type(item0) is str and type(item1) in INTEGERS):
                break
            items.append(row)
        else:
            return items
    raise misfit_tuples(data, list, str, int)
""",
    "payment": """
def _encode_payment(value: Quote | Cash | str | int | None) -> object:
    if value is None:
        return None
    if type(value) is str or type(value) is int or type(value) is bool:
        return value
    if type(value) is Quote:
        return ["Quote", encode_quote(value)]
    if type(value) is Cash:
        return ["Cash", encode_cash(value)]
    raise wrong_value("Quote, Cash, str, int or None", value)


def _decode_payment(data: object) -> Quote | Cash | str | int | None:
    if data is None:
        return None
    if type(data) is str or isinstance(data, int):
        return data
    if type(data) is list and len(data) == 2:
        tag, item = data
        if tag == "Quote":
            return decode_quote(item)
        if tag == "Cash":
            return decode_cash(item)
    raise wrong_data("Quote, Cash, str, int or None", data)
""",
}


def rendered(case: str) -> str:
    codecs = Codecs(DECLS.get)

    def name(full: str) -> str:
        return full.rpartition(".")[2]

    if case in CHANNELS:
        text = codecs.structural(CHANNELS[case], case, name)[0]
    else:
        text = codecs.class_codecs(f"shop.{case}", name)
    return black.format_str(text, mode=black.Mode(line_length=100))


@pytest.mark.parametrize("case", CASES)
def test_it_reads_like_this(case: str) -> None:
    assert rendered(case) == CASES[case].lstrip("\n")
