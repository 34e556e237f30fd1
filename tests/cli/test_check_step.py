"""The third layer: what mypy says of generated modules, at the source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from cli.projects import compilation
from motetc.backend.output import Origin, StatementOrigin
from motetc.build import Built, compile_built, write
from motetc.check.layers import check_generated, generated_by
from motetc.check.remap import line_before
from motetc.config import load_config
from motetc.diagnostics.model import Diagnostic, Span
from motetc.state import State

SOURCE = """\
class Box: ...


def buy(title: str) -> None:
    count = len(title)
    print(count)
"""
MODULES = {
    "__init__.py": "",
    "seller/__init__.py": "",
    "seller/shop.py": """\
def buy(title: str) -> None:
    count: int = len(title)
    print(count)
""",
    "buyer/__init__.py": "",
    "buyer/shop.py": """\
def buy(title: str) -> None:
    count: int = len(title)
    print(count)
""",
}
ORIGINS: dict[str, list[int | None]] = {"seller/shop.py": [4, 5, 6], "buyer/shop.py": [4, 5, 6]}


@pytest.fixture
def root(tmp_path: Path, shared_cache: Path) -> Path:
    (tmp_path / "shop.py").write_text(SOURCE)
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    return tmp_path


def built(root: Path, changed: Mapping[str, str] = {}) -> Built:
    return compile_built(load_config(root), lambda _: compilation({**MODULES, **changed}, ORIGINS))


def check(root: Path, changed: Mapping[str, str] = {}) -> list[Diagnostic]:
    return check_generated(generated_by(built(root, changed)))


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Build, then put a hand on one generated file."""
    project = built(root)
    write(project, State(project.config))
    file = project.config.output / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_sound_modules_have_no_findings(root: Path):
    assert check(root) == []


def test_one_cause_in_two_locations_is_one_finding_at_the_source(root: Path):
    wrong = {
        path: MODULES[path].replace("len(title)", "title")
        for path in ("seller/shop.py", "buyer/shop.py")
    }
    (found,) = check(root, wrong)
    assert (found.code, found.span.path, found.span.line) == ("assignment", "shop.py", 5)
    assert [Path(item.span.path).relative_to(root).as_posix() for item in found.related] == [
        "generated/buyer/shop.py",
        "generated/seller/shop.py",
    ]


def test_the_underline_is_what_mypy_underlines_when_the_source_has_it(root: Path):
    wrong = {"seller/shop.py": MODULES["seller/shop.py"].replace("print(count)", "print(count.x)")}
    (found,) = check(root, wrong)
    assert found.code == "attr-defined"
    assert found.span == Span("shop.py", 6, 5, 6, 17)


def test_generated_modules_are_held_to_strict_whatever_the_project_asks(root: Path):
    (found,) = check(
        root, {"seller/shop.py": "def buy(title):\n    count = len(title)\n    print(count)\n"}
    )
    assert (found.code, found.span.line) == ("no-untyped-def", 4)


@pytest.mark.parametrize(("origin", "codes"), [("copied", []), ("send", ["unreachable"])])
def test_unreachable_code_is_a_finding_if_it_is_ours(root: Path, origin: Origin, codes: list[str]):
    text = "def buy(title: str) -> None:\n    return None\n    print(title)\n"
    lines = {**ORIGINS, "seller/shop.py": [4, 5, StatementOrigin("shop.py", 6, 6, origin)]}
    made = compilation({**MODULES, "seller/shop.py": text}, lines)
    found = check_generated(generated_by(compile_built(load_config(root), lambda _: made)))
    assert [finding.code for finding in found] == codes


def test_a_file_edited_by_hand_is_checked_as_it_is(root: Path):
    edit(root, "seller/shop.py", "len(title)", "title")
    (found,) = check(root)
    assert (found.code, found.span.line) == ("assignment", 5)


def test_lines_added_by_hand_do_not_shift_the_findings_below(root: Path):
    edit(
        root,
        "seller/shop.py",
        "    count: int = len(title)\n",
        "    # new\n    # lines\n    count: int = title\n",
    )
    (found,) = check(root)
    assert (found.code, found.span.line) == ("assignment", 5)


def test_a_syntax_error_made_by_hand_is_found(root: Path):
    edit(root, "seller/shop.py", "len(title)", "len(title")
    assert [(found.code, found.span.line) for found in check(root)] == [("syntax-error", 5)]


def test_findings_in_glue_stay_in_the_generated_module(root: Path):
    (found,) = check(root, {"wire/shop.py": "LIMIT: int = 'one'\n"})
    assert found.span == Span(str(root / "generated/wire/shop.py"), 1, 14, 1, 19)


@pytest.mark.parametrize(
    ("edited", "line", "before"),
    [
        ("a\nb\nc", 2, 2),
        ("x\na\nb\nc", 3, 2),
        ("a\nB\nc", 2, 2),
        ("a\nc", 2, 3),
        ("a\nb\nc\nd", 4, 3),
    ],
)
def test_lines_of_an_edited_file_find_the_built_one(edited: str, line: int, before: int):
    assert line_before("a\nb\nc", edited, line) == before
