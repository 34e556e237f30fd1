"""What mypy says of an operator of a live collection that promises too little, in the words of the language.

The compiler checks what it sees; this is for what only types say: the parameters of pipelines and of functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from motetc.frontend.oracle_operators import receiver_of, split


class Told(NamedTuple):
    """A code, a message, and the edit that mends the program."""

    code: str
    message: str
    help: str


_SELF: Final = re.compile(
    r'Invalid self argument "((?:Keyed)?(?:Stream|Singleton)\[.*|Optional\[.*)" to attribute function "(\w+)" '
    r'with type "(.*)"'
)


def in_our_words(message: str) -> Told | None:
    """The same as `message`, if it is about a guarantee that an operator needs, or where a slice is."""
    if (read := _READ.fullmatch(message)) is not None:
        return _elsewhere(read[2], read[4]) if read[1] == read[3] else None
    if (given := _TWO.fullmatch(message)) is not None:
        return _apart(given[1], given[3], given[5]) if given[2] == given[4] else None
    if (open_ := _NO_REASON.fullmatch(message)) is not None:
        text = f"`{open_[1]}` depends on timing, and does not say why that is harmless"
        return Told(
            "missing-nondet",
            text,
            f'give the reason: `{open_[1]}(…, why=nondet("why any outcome will do"))`',
        )
    if (way := _WAY.fullmatch(message)) is not None:
        return _way(way[1], way[2])
    found = _SELF.fullmatch(message)
    if found is None:
        return None
    have, operator, function = found.groups()
    if operator.startswith("threshold_"):
        return _told("Monotonic", operator, have)
    promised, needed = _arguments(have), _arguments(receiver_of(function))
    for guarantee, lacks in _LACKS.items():
        if guarantee in needed and not promised.isdisjoint(lacks):
            return _told(guarantee, operator, have)
    outside = "_Place" in needed or "_Single" in needed
    if outside and any(argument.startswith("Atomic[") for argument in promised):
        return _told("Atomic", operator, have)
    return None


def _elsewhere(read: str, wanted: str) -> Told | None:
    """A slice that reads what is at another location."""
    there, here = (_location(split(text)) for text in (read, wanted))
    if there == here:
        return None
    text = f"this slice is at `{here}`, and what it reads is at `{there}`"
    return Told("no-common-place", text, "send it there first; or have the slice where that is")


def _apart(operator: str, given: str, wanted: str) -> Told | None:
    """Two collections at different locations that an operator takes together."""
    there, here = (_location(split(text)) for text in (given, wanted))
    if there == here:
        return None
    text = f"`{operator}` takes two collections at one location: these are at `{here}` and at `{there}`"
    return Told("no-common-place", text, "send one of them first")


def _way(operator: str, to: str) -> Told:
    """An operator that goes to a process, and is given a cluster, or the other way round."""
    if operator == "send":
        text = f"`send` goes to a process, and `{to}` is a cluster"
        return Told("unsupported-syntax", text, "write `.broadcast(to=…)`, or `.demux(to=…)`")
    return Told(
        "unsupported-syntax",
        f"`{operator}` goes to a cluster, and `{to}` is a process",
        "write `.send(to=…)`",
    )


def _location(arguments: Sequence[str]) -> str:
    """The class of the location among the arguments of a collection's type: that before its guarantees."""
    before = [x for x in arguments if x not in _GUARANTEES]
    return before[-1].removeprefix("Atomic[").removesuffix("]") if before else ""


def _told(guarantee: str, operator: str, have: str) -> Told:
    code, why, help = _WORDS[guarantee]
    operator = "async for" if operator == "__aiter__" else operator
    return Told(code, f"`{operator}` {why}: this is a `{have}`", help)


_READ: Final = re.compile(
    r'Argument 1 to "(?:batch|snapshot|atomic)" of "Slice" has incompatible type "(\w+)\[(.*)\]"; '
    r'expected "(\w+)\[(.*)\]"'
)
_KINDS: Final = "((?:Keyed)?(?:Stream|Singleton)|Optional)"
_TWO: Final = re.compile(
    rf'Argument 1 to "(\w+)" of "(?:{_KINDS[1:-1]})" has incompatible type "{_KINDS}\[(.*)\]"; '
    rf'expected "{_KINDS}\[(.*)\]"'
)
_NO_REASON: Final = re.compile(
    rf'Missing positional argument "why" in call to "(\w+)" of "(?:{_KINDS[1:-1]}|Process|Cluster|Slice)"'
)
_WAY: Final = re.compile(
    r'Value of type variable "\w+" of "(send|broadcast|demux|round_robin)" of "\w+" cannot be "(\w+)"'
)
_GUARANTEES: Final = frozenset(
    {
        "Ordered",
        "NoOrder",
        "ExactlyOnce",
        "AtLeastOnce",
        "Sampled",
        "Bounded",
        "Unbounded",
        "BoundedValue",
    }
    | {"Monotonic", "MonotonicKeys", "MonotonicValue"}
)
_LACKS: Final = {
    "Bounded": {"Unbounded", "Monotonic", "MonotonicKeys", "MonotonicValue", "BoundedValue"},
    "Ordered": {"NoOrder"},
    "ExactlyOnce": {"AtLeastOnce", "Sampled"},
}
_WORDS: Final = {
    "Bounded": (
        "never-ends",
        "waits for the end, and the type does not say that there is one",
        "say `Bounded` (the last type argument) where its type is written, of a parameter or a variable, or leave that "
        "of a variable out; or end it: `.take(n)`",
    ),
    "Ordered": (
        "order-needed",
        "depends on order, and the type promises none",
        'declare a parameter as `Ordered`; or accept any order: `.assume_ordering(nondet("…"))`',
    ),
    "ExactlyOnce": (
        "order-needed",
        "depends on delivery, and by its type elements may come more than once, or not all",
        "declare a parameter as `ExactlyOnce`; or drop the repeats: `.unique()`; or accept them: "
        '`.assume_retries(nondet("…"))`',
    ),
    "Monotonic": (
        "missing-proof",
        "needs a value that never falls, or one that is final",
        'say why it never falls: `monotone=proof("…")` of a fold, `order_preserving=proof("…")` of a map',
    ),
    "Atomic": (
        "atomic-section",
        "leads out of an atomic section",
        "end the section first: `.end_atomic()`",
    ),
}


def _arguments(text: str) -> set[str]:
    return set(split(text.partition("[")[2].removesuffix("]")))
