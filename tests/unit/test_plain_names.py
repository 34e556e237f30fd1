"""The names of plain code are those that `symtable` says; of code with scopes in it there is no answer."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from motetc.frontend.code_names import names_of_code
from motetc.frontend.plain_names import plain_names
from motetc.frontend.scope import code_of

ROOT = Path(__file__).parents[2]
SOURCES = [
    Path(__file__),
    *sorted((ROOT / "examples").glob("*/*.py")),
    *sorted((ROOT / "transpiler" / "motetc" / "passes").glob("*.py"))[::3],
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_plain_code_has_the_names_that_symtable_says(path: Path) -> None:
    reader = _Compared()
    cst.parse_module(path.read_text()).visit(reader)
    assert reader.differing == []
    assert reader.plain > reader.others


@pytest.mark.parametrize("character", ["\u2028", "\x1c", "\x0c", "\x85"])
def test_a_string_may_hold_what_ends_lines_elsewhere(character: str) -> None:
    names = names_of_code(f'text = "a{character}b"\nlength = len(text)\n')
    assert names.reads >= {"len", "text"}
    assert names.binds == {"text", "length"}


class _Compared(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.plain = self.others = 0
        self.differing: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.BaseExpression, cst.BaseSmallStatement, cst.SimpleStatementLine)):
            found = plain_names(node)
            self.plain += found is not None
            self.others += found is None
            if found is not None and not isinstance(node, cst.StarredElement):
                code = code_of(node)
                names = names_of_code(code)
                if (names.reads, names.binds) != found:
                    self.differing.append(code)
        return True


@pytest.mark.parametrize(
    ("code", "reads", "binds"),
    [
        ("await net.price.send(seller.price(wanted, by=k))", "k net seller wanted", ""),
        ("a[i], (b, *c), d.e = x if None else f'{y:{z}}'", "a d i x y z", "b c"),
        ("return {**a, 'b': c, 1: (d, *e)}[f:g]", "a c d e f g", ""),
        ("x = -y < z == True", "y z", "x"),
    ],
)
def test_plain_code(code: str, reads: str, binds: str) -> None:
    line = cst.parse_statement(code)
    assert plain_names(line) == (frozenset(reads.split()), frozenset(binds.split()))


@pytest.mark.parametrize(
    "code",
    [
        "x = lambda a: a",
        "[a for a in b]",
        "f(a := b)",
        "x += 1",
        "x: int = y",
        "a; b",
        "del x",
        "super().f()",
        "__x",
        "x = yield y",
        "return",
        "import a",
    ],
)
def test_what_is_not_plain(code: str) -> None:
    assert plain_names(cst.parse_statement(code)) is None
