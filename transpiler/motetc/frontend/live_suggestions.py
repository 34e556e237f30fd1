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

_ALREADY: dict[Shape, tuple[str, ...]] = {
    "keyed_stream": ("into_keyed", "into_keyed_stream"),
    "optional": ("into_optional",),
    "singleton": ("into_singleton",),
    "stream": ("into_stream",),
}  # what would make of a collection what it is

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
    if name in _ALREADY.get(of, ()):
        return f"it is one already: leave `.{name}()` out"
    names = list(operators_of(of))
    longer = [f"`{x}`" for x in names if x.startswith(f"{name}_")]
    if longer:
        return f"did you mean {' or '.join(longer)}?"
    if told := elsewhere(name, of):
        over_all = of == "keyed_stream" and ("stream", name) in OPERATORS
        return (
            f"{told}, which is for each key; over all of them, `.values().{name}(…)`"
            if over_all
            else told
        )
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


# How one comes from a collection to another, which an operator is to be given.
_MADE: dict[tuple[Shape, Shape], str] = {
    ("stream", "keyed_stream"): "give its elements keys: `.map(lambda x: (…, x)).into_keyed()`",
    ("stream", "singleton"): "make one value of it: `.count()`, `.fold(…)`, `.collect_list()`",
    ("stream", "keyed_singleton"): "give its elements keys, and make one value of each key's: "
    "`.map(lambda x: (…, x)).into_keyed().first()`",
    ("stream", "optional"): "take one of them: `.first()`, `.last()`, `.max()`",
    ("keyed_stream", "stream"): "take its elements out of their keys: `.values()` or `.entries()`",
    ("keyed_stream", "singleton"): "make one value of it: `.values().count()`",
    (
        "keyed_stream",
        "keyed_singleton",
    ): "make one value of each key's: `.first()`, `.fold(…)`, `.value_counts()`",
    ("keyed_stream", "optional"): "take one of them: `.values().max()`",
    ("singleton", "stream"): "make it a stream: `.into_stream()`",
    ("singleton", "optional"): "say when it is there: `.filter(lambda x: …)`",
    ("optional", "stream"): "make it a stream: `.into_stream()`",
    (
        "optional",
        "singleton",
    ): "say what is there if it is not: `.unwrap_or(location.singleton(…))`",
    ("keyed_singleton", "stream"): "make it a stream: `.keys()`, `.values()` or `.entries()`",
    ("keyed_singleton", "keyed_stream"): "make it a stream: `.into_keyed_stream()`",
    ("keyed_singleton", "singleton"): "make one value of it: `.into_singleton()`, `.key_count()`",
    ("keyed_singleton", "optional"): "take one of them: `.get(…)`, `.get_max_key()`",
}


def made_of(of: Shape, wanted: Shape) -> str:
    """How to make of a collection the one that is wanted."""
    return _NONE.get(of) or _MADE.get((of, wanted)) or f"give it {called(wanted)}"
