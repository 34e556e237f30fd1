"""What to write instead of an operator that a live collection does not have."""

from __future__ import annotations

import difflib

from motetc.frontend.live_words import elsewhere
from motetc.ir.operators import OPERATORS, Shape, called, operators_of

# How one comes from a collection to another, whose operator was meant.
_WAYS: dict[tuple[Shape, Shape], str] = {
    (
        "keyed_stream",
        "stream",
    ): "take its elements out of their keys first: `.entries().{name}(…)` or `.values().{name}(…)`",
    (
        "stream",
        "keyed_stream",
    ): "give its elements keys first: `.map(lambda x: (…, x)).into_keyed().{name}(…)`",
    ("singleton", "stream"): "make it a stream first: `.into_stream().{name}(…)`",
    ("optional", "stream"): "make it a stream first: `.into_stream().{name}(…)`",
    ("keyed_singleton", "keyed_stream"): "make it a stream first: `.into_keyed_stream().{name}(…)`",
    ("keyed_singleton", "stream"): "make it a stream first: `.entries().{name}(…)`",
}

_IN_ORDER = (
    'take its elements out of their keys first: `.entries_partially_ordered(nondet("…")).{name}(…)`'
)

_NONE: dict[Shape, str] = {
    "feedback": "feed it: `sender.send(stream)`; what was sent comes out of the second part of `location.channel(T)`",
    "port": "what clients ask are its `requests`, and `port.reply(…)` answers them",
}  # of what has no operators


def suggestion(name: str, of: Shape) -> str:
    """The nearest operators, or the way to the collection that has this one."""
    if of in _NONE:
        return _NONE[of]
    names = list(operators_of(of))
    longer = [f"`{x}`" for x in names if x.startswith(f"{name}_")]
    if longer:
        return f"did you mean {' or '.join(longer)}?"
    if told := elsewhere(name, of):
        over_all = of == "keyed_stream" and ("stream", name) in OPERATORS
        return f"{told}, which is for each key; over all of them, `.values().{name}(…)`" if over_all else told
    for (here, other), way in _WAYS.items():
        if here == of and (other, name) in OPERATORS:
            return (_IN_ORDER if _needs_order(of, other, name) else way).format(name=name)
    if near := difflib.get_close_matches(name, names, 1):
        return f"did you mean `{near[0]}`?"
    others = [called(shape) for shape, operator in OPERATORS if operator == name]
    if others:
        return f"it is an operator of {' and '.join(others)}"
    return f"it has {', '.join(names)}"


def _needs_order(of: Shape, other: Shape, name: str) -> bool:
    """Whether what comes out of keys would be refused for want of an order."""
    return of == "keyed_stream" and "ordered" in OPERATORS[(other, name)].needs
