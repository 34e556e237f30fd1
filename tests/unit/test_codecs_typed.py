"""The generated text passes `mypy --strict`, names nothing that it does not use, and shadows nothing."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import black
import pytest
from codec_module import (
    BOOL,
    INT,
    NONE,
    STR,
    CodecModule,
    cls,
    dict_of,
    list_of,
    literal,
    optional,
    scalar,
    tuple_of,
    union,
)
from hypothesis import Phase, given, settings
from motet.packing import round_trip
from motetc.check.strict import COMMENT
from motetc.ir.types import ClassDecl, Field, Type
from unit.test_codecs_kinds import MODULE
from unit.test_codecs_random import Classes, programs

ROOT = Path(__file__).resolve().parents[2]
ITEMS_FIELDS = ("row", "fields", "items", "at", "zip", "iter", "new_items", "misfit_in", "Items")
SHADOWS = CodecModule(
    [
        ClassDecl(
            "shop.Row",
            "shop",
            "dataclass",
            tuple(
                Field(name, t)
                for name, t in {
                    "type": STR,
                    "list": INT,
                    "len": INT,
                    "data": INT,
                    "value": INT,
                    "item": optional(STR),
                    "within": scalar("datetime.date"),
                    "misfit": INT,
                    "decode_tuple": Type("vartuple", args=(STR,)),
                    "Row": optional(cls("Row")),
                }.items()
            ),
        ),
        ClassDecl(
            "shop.Items",
            "shop",
            "dataclass",
            tuple(Field(name, optional(INT)) for name in ITEMS_FIELDS),
            frozen=True,
        ),
        ClassDecl("shop.Fields", "shop", "dataclass", (Field("fields", INT),)),
        ClassDecl(
            "shop.Row2",
            "shop",
            "dataclass",
            (Field("items", INT), Field("row2", INT, init=False), Field("at", INT, kw_only=True)),
        ),
        ClassDecl(
            "shop.Both",
            "shop",
            "dataclass",
            (
                Field("items", list_of(cls("Items"))),
                Field("fields", Type("vartuple", args=(cls("Fields"),))),
                Field("rows", list_of(cls("Row2"))),
                Field("ones", list_of(tuple_of(STR))),
                Field("key", dict_of(INT, list_of(STR))),
            ),
        ),
    ]
)
USER, NAME = Type("newtype", "shop.User", (INT,)), Type("newtype", "shop.Name", (STR,))
ONLY = Type("enum", "shop.Only")
NARROWED = CodecModule(  # types of which mypy thinks that a test leaves nothing, or too little
    [
        ClassDecl("shop.User", "shop", "newtype", target=INT),
        ClassDecl("shop.Name", "shop", "newtype", target=STR),
        ClassDecl("shop.Only", "shop", "enum", members=("ONE",)),
        ClassDecl("shop.Flags", "shop", "dataclass", (Field("on", BOOL), Field("off", BOOL))),
    ],
    {
        "by_user": dict_of(USER, INT),
        "users": dict_of(INT, USER),
        "names": dict_of(STR, optional(NAME)),
        "answers": list_of(optional(BOOL)),
        "switches": list_of(tuple_of(BOOL, BOOL)),
        "flags": list_of(cls("Flags")),
        "user": union(USER, list_of(INT), NAME, NONE),
        "user_or_all": union(USER, literal(True)),
        "only": union(dict_of(INT, STR), ONLY, NONE),
        "numbers": union(scalar("decimal.Decimal"), BOOL, literal(1, 2)),
    },
)


@functools.cache
def random_modules() -> list[CodecModule]:
    """The same few dozen programs every time."""
    found: list[CodecModule] = []

    @settings(
        max_examples=60,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(programs())
    def collect(program: tuple[Classes, Type]) -> None:
        classes, t = program
        found.append(CodecModule(classes.values(), {"x": t}))

    collect()
    return found


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("typed")
    for number, module in enumerate([MODULE, SHADOWS, NARROWED, *random_modules()]):
        (folder / f"shop{number}.py").write_text(module.text + COMMENT)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [*command, f"--cache-dir={folder}/cache", "."],
        cwd=folder,
        env={"MYPYPATH": str(ROOT / "runtime_stub")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_mypy_strict_accepts_it(checked: str) -> None:
    assert checked == ""


@pytest.mark.parametrize("module", [MODULE, SHADOWS], ids=["kinds", "shadows"])
def test_it_imports_what_it_uses_and_formats(module: CodecModule) -> None:
    black.format_str(module.text, mode=black.Mode())
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F", "-"],
        input=module.text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_helper_is_used() -> None:
    for module in [MODULE, SHADOWS, *random_modules()]:
        for helper in re.findall(r"def (_\w+)", module.text):
            assert len(re.findall(rf"\b{helper}\b", module.text)) > 1, f"{helper} in {module.text}"


def test_field_names_shadow_nothing() -> None:
    row = SHADOWS.Row("a", 0, 1, 2, 3, None, date(2024, 1, 1), 4, ("x",), None)
    full = SHADOWS.Row("a", 0, 1, 2, 3, "i", date(2024, 1, 1), 4, ("x",), row)
    decode = SHADOWS.decode_row
    assert decode(round_trip(SHADOWS.encode_row(full))) == full


def test_rows_shadow_nothing() -> None:
    items = SHADOWS.Items(*range(8), None)
    row = SHADOWS.Row2(1, at=2)
    row.row2 = 3
    fields = (SHADOWS.Fields(1), SHADOWS.Fields(2))
    both = SHADOWS.Both([items] * 3, fields, [row] * 2, [("a",), ("b",)], {1: ["a"]})
    assert SHADOWS.decode_both(round_trip(SHADOWS.encode_both(both))) == both


def test_what_mypy_narrows_is_decoded_as_it_was() -> None:
    values = {
        "by_user": {7: 1},
        "users": {1: 7},
        "names": {"a": "b", "c": None},
        "answers": [True, None],
        "switches": [(True, False)],
        "flags": [NARROWED.Flags(True, False)],
        "user": "x",
        "only": NARROWED.Only.ONE,
        "numbers": True,
    }
    for name, value in [*values.items(), ("user", 7), ("numbers", 2), ("only", None)]:
        assert NARROWED.travel(name, value) == value
