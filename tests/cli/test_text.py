"""The wording and the layout of a finding, as a person reads it."""

from __future__ import annotations

from textwrap import dedent

from motetc.diagnostics.model import Diagnostic, Related, Span
from motetc.diagnostics.text import text

SHOP = dedent(
    """\
    async def buy(buyer, seller):
        price = await seller.send(1, to=buyer)
        if price <= buyer.budget:
            return await seller.send(2, to=buyer)
    """
).split("\n")


def rendered(diagnostic: Diagnostic, files: dict[str, list[str]] | None = None) -> str:
    read = {"shop.py": SHOP} if files is None else files
    return text(diagnostic, lambda path: read.get(path, []), lambda part, role: part)


def test_both_sides_of_a_disagreement_are_underlined():
    found = Diagnostic(
        "unknown-choice",
        "`seller` acts here without knowing the condition",
        Span("shop.py", 4, 16, 4, 46),
        (Related(Span("shop.py", 3, 8, 3, 29), "known at `buyer` only"),),
        "write `if await buyer.share(price <= buyer.budget, to=seller):`",
    )
    assert rendered(found) == dedent(
        """\
        error[unknown-choice]: `seller` acts here without knowing the condition
         --> shop.py:4:16
          |
        3 |     if price <= buyer.budget:
          |        --------------------- known at `buyer` only
        4 |         return await seller.send(2, to=buyer)
          |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write `if await buyer.share(price <= buyer.budget, to=seller):`"""
    )


def test_lines_in_between_are_left_out_and_other_files_follow():
    found = Diagnostic(
        "role-aliasing",
        "one location, two roles",
        Span("shop.py", 4, 9, 4, 15),
        (
            Related(Span("shop.py", 1, 15, 1, 20), "first"),
            Related(Span("lib/pay.py", 120, 5, 120, 8), "the callee"),
        ),
    )
    files = {"shop.py": SHOP, "lib/pay.py": [""] * 119 + ["def pay(): ..."]}
    assert rendered(found, files) == dedent(
        """\
        error[role-aliasing]: one location, two roles
           --> shop.py:4:9
            |
          1 | async def buy(buyer, seller):
            |               ----- first
        ...
          4 |         return await seller.send(2, to=buyer)
            |         ^^^^^^
           ::: lib/pay.py:120:5
            |
        120 | def pay(): ...
            |     --- the callee"""
    )


def test_wide_characters_combining_marks_and_tabs_keep_the_underline_in_place():
    line = "\tname = '値段e\N{COMBINING ACUTE ACCENT}' + price"
    found = Diagnostic("misc", "m", Span("a.py", 1, line.index("price") + 1, 1, len(line) + 1))
    underline = rendered(found, {"a.py": [line]}).split("\n")[-1]
    assert underline == "  | \t" + " " * len("name = 'xxxxe' + ") + "^^^^^"


def test_a_span_over_several_lines_is_underlined_to_the_end_of_its_first():
    found = Diagnostic("misc", "m", Span("shop.py", 3, 5, 4, 10))
    assert rendered(found).endswith("3 |     if price <= buyer.budget:\n  |     " + "^" * 25)


def test_a_file_that_cannot_be_read_leaves_the_place():
    found = Diagnostic("misc", "m", Span("gone.py", 3, 5, 3, 6), help="first\nsecond")
    assert rendered(found) == "error[misc]: m\n --> gone.py:3:5\n  = help: first\n          second"


def test_a_position_past_the_end_of_a_line_still_shows_one_mark():
    found = Diagnostic("syntax-error", "m", Span("shop.py", 1, 90, 1, 91))
    assert rendered(found).endswith(f"  | {' ' * len(SHOP[0])}^")
