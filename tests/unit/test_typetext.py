"""Types as text."""

from __future__ import annotations

import pytest
from codec_module import INT, NONE, STR, WORKER, dict_of, list_of, literal, optional, tuple_of
from motetc.ir.types import Type
from motetc.ir.typetext import literal_text, render_type

EXAMPLES = [
    (INT, "int", ()),
    (NONE, "None", ()),
    (Type("scalar", "datetime.date"), "date", ("datetime.date",)),
    (optional(STR), "str | None", ()),
    (list_of(optional(INT)), "list[int | None]", ()),
    (dict_of(STR, list_of(INT)), "dict[str, list[int]]", ()),
    (Type("collection", "builtins.set", (INT,)), "set[int]", ()),
    (Type("collection", "collections.abc.Mapping", (STR, INT)), "Mapping[str, int]", None),
    (tuple_of(INT, STR), "tuple[int, str]", ()),
    (tuple_of(), "tuple[()]", ()),
    (Type("vartuple", args=(INT,)), "tuple[int, ...]", ()),
    (literal("a", 1, True, None, b"x"), 'Literal["a", 1, True, None, b"x"]', ("typing.Literal",)),
    (
        Type("literal", "shop.Colour", values=("RED",)),
        "Literal[Colour.RED]",
        ("shop.Colour", "typing.Literal"),
    ),
    (Type("enum", "shop.Colour"), "Colour", ("shop.Colour",)),
    (Type("class", "shop.Box", (INT,)), "Box[int]", ("shop.Box",)),
    (Type("newtype", "shop.UserId", (INT,)), "UserId", ("shop.UserId",)),
    (Type("member", args=(WORKER,)), "MemberId[Worker]", ("motet.MemberId", "shop.Worker")),
    (Type("typevar", "T"), "T", ()),
    (Type("any", "explicit"), "Any", ("typing.Any",)),
    (Type("other", "def () -> int"), "def () -> int", ()),
]


@pytest.mark.parametrize(("t", "text", "names"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_a_type_reads_as_written(t: Type, text: str, names: tuple[str, ...] | None) -> None:
    asked: list[str] = []

    def name(full: str) -> str:
        asked.append(full)
        return full.rpartition(".")[2]

    assert render_type(t, name) == text
    assert names is None or tuple(sorted(set(asked))) == names


@pytest.mark.parametrize(
    "value", ["it's", 'say "x"', "both ' and \"", "\n", "", "ü", b"it's", b'"']
)
def test_a_literal_is_the_value(value: str | bytes) -> None:
    assert eval(literal_text(value)) == value


def test_a_literal_has_double_quotes_where_it_can() -> None:
    assert literal_text("a") == '"a"'
    assert literal_text('say "x"') == "'say \"x\"'"
