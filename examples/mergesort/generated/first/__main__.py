"""Run one `First`: python -m generated.first --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.first.sorting import First, sort_three
from generated.wire.sorting import SortThreeAtFirst

ENTRIES = {
    "sorting:sort_three": Entry(
        sort_three,
        SortThreeAtFirst,
        plays="first",
        roles={
            "first": Role("First"),
            "second": Role("Second"),
            "third": Role("Third"),
        },
    ),
}

if __name__ == "__main__":
    main(First, ENTRIES)
