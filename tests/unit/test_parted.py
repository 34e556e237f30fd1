"""A tuple that has been taken apart above is not taken apart again, where its parts are sure to be there still."""

from __future__ import annotations

from motetc.passes.fuse.code import Code


def code(*lines: tuple[int, str]) -> Code:
    made = Code()
    for depth, text in lines:
        made.depth = depth
        made.line(text)
    return made


def test_in_the_same_block_and_below_it() -> None:
    made = code(
        (1, "for item in batch:"), (2, "key, value = item"), (2, "if key:"), (3, "seen.add(key)")
    )
    made.depth = 2
    assert made.parted("item", 2) == ("key", "value")
    made.depth = 3
    assert made.parted("item", 2) == ("key", "value")


def test_not_behind_the_block() -> None:
    made = code((1, "for item in batch:"), (2, "if more:"), (3, "key, value = item"))
    made.depth = 2
    assert made.parted("item", 2) == ()
    made.line("else:")
    made.depth = 3
    assert made.parted("item", 2) == ()


def test_not_where_a_name_means_something_else_by_now() -> None:
    for text in ("key = 1", "for key in found:", "item = other", "key, other = pair", "value += 1"):
        made = code((1, "key, value = item"), (1, text))
        assert made.parted("item", 2) == ()
    assert code((1, "key, value = item"), (1, "found[key] = 1")).parted("item", 2) == (
        "key",
        "value",
    )


def test_not_what_has_to_be_computed_again() -> None:
    assert code((1, "key, value = f(x)")).parted("f(x)", 2) == ()
    assert code((1, "key, value = item")).parted("item", 3) == ()
