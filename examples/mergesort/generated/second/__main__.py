"""Run one `Second`: python -m generated.second --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.second.sorting import Second, sort_three
from generated.wire.sorting import SortThreeAtSecond

ENTRIES = {
    "sorting:sort_three": Entry(
        sort_three,
        SortThreeAtSecond,
        plays="second",
        roles={
            "first": Role("First"),
            "second": Role("Second"),
            "third": Role("Third"),
        },
    ),
}

if __name__ == "__main__":
    main(Second, ENTRIES)
