"""Run one `Third`: python -m generated.third --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.third.sorting import Third, sort_three
from generated.wire.sorting import SortThreeAtThird

ENTRIES = {
    "sorting:sort_three": Entry(
        sort_three,
        SortThreeAtThird,
        plays="third",
        roles={
            "first": Role("First"),
            "second": Role("Second"),
            "third": Role("Third"),
        },
    ),
}

if __name__ == "__main__":
    main(Third, ENTRIES)
