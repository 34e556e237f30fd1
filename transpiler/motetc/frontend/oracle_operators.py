"""What to do about an operator of live collections that mypy refuses, for its arguments or for what it is called on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_WANTED: Final = {
    "Ordered": "give it an order: `.sort()`, if it ends; or accept any: "
    '`.assume_ordering(nondet("…"))`',
    "ExactlyOnce": 'drop the repeats: `.unique()`; or accept them: `.assume_retries(nondet("…"))`',
    "Bounded": "end it: `.take(n)`",
}
_FOLDS: Final = ("fold", "scan", "generator", "fold_early_stop")
_STEPS: Final = {
    "fold": "value, element)` and gives the next value",
    "fold_early_stop": "value, element)` and gives `(value, done)`: whether the key has had enough",
    "generator": "state, element)` and gives `(state, Yield(x) | Return(x) | Break() | Continue())`",
    "reduce": "value, element)` and gives the next value",
    "scan": "state, element)` and gives `(state, result)`, or `None` to end the stream",
}
_PROVABLE: Final = ("fold", "reduce", "reduce_watermark", "transform", "for_each", "dest_sink")
_PROVED: Final = (
    'elements without an order need `commutative=proof("…")`, those that may repeat '
    '`idempotent=proof("…")`'
)


def overloaded(name: str, of: str, given: str, stepping: bool) -> str:
    """What to say instead of every variant of an operator."""
    if given == "None":
        return _called(name)
    if name in _FOLDS and given.startswith(("list[", "dict[", "set[")):
        return "a first value that can change is made by a callable: `list[int]`, `lambda: {0: 1}`"
    if name in _FOLDS and given.startswith("Callable[[Any, Any]"):
        return f"the first value comes first: `.{name}(first, f)`"
    if stepping and name in _STEPS:
        return f"{_stepped(name)}{f'; {_PROVED}' if name in _PROVABLE else ''}"
    if name in _PROVABLE:
        return f"without a proof it depends on order and on repeats: {_PROVED}"
    return f"its operators are told in the documentation of {of}, each with what it needs"


def _called(name: str) -> str:
    return f"`{name}` takes the function itself, not called: `.{name}(f)`, and not `.{name}(f(…))`"


def _stepped(name: str) -> str:
    return f"the function of `{name}` is called as `f({_STEPS[name]}"


def argument(name: str, of: str, given: str, expected: str) -> str:
    """What the function should be like that an operator is given."""
    wanted = callable_of(expected)
    if wanted is None:
        return ""
    if given == "None":
        return _called(name)
    params, result = wanted
    takes = " and ".join(f"`{param}`" for param in params)
    wants = f"`{name}` wants a function that takes {takes} and gives `{result}`"
    if result == "bool" and len(params) == 1:
        return f"{wants}: `lambda x: bool(…)`"
    has = callable_of(given)
    if has is not None and len(has[0]) != len(params):
        count = "one argument" if len(params) == 1 else f"{len(params)} arguments"
        if len(params) == 1 and params[0].startswith("tuple["):
            return f"`{name}` calls its function with one argument, the tuple: `lambda pair: … pair[0] … pair[1] …`"
        if (
            of.startswith("Keyed")
            and len(has[0]) == 2
            and name in ("map", "filter", "filter_map", "inspect")
        ):
            return f"`{name}` gives its function the value alone; the key, too: `.{name}_with_key(lambda key, x: …)`"
        names = ", ".join("xyz"[: len(params)])
        return f"`{name}` calls its function with {count}: `lambda {names}: …`"
    if (
        name in _STEPS
        and params[0] == "tuple[()]"
        and has is not None
        and has[0][0].startswith("tuple[")
    ):
        return f"`()` is a tuple that stays empty: give the type, which is called for the first value, `{has[0][0]}`"
    if name in _STEPS:
        return _stepped(name)
    if "Reversible[" in result:
        other = name.replace("_ordered", "_unordered")
        return f"what it gives must have an order, as a list has: `sorted(…)`; or use `{other}`"
    return wants


def promised_to(name: str, of: str, has: Sequence[str], needs: Sequence[str], own: bool) -> str:
    """What a collection lacks that is given to a pipeline, one's `own`, or to an operator."""
    place = 2 if of.startswith("Keyed") else 1
    for index, (mine, wanted) in enumerate(zip(has, needs, strict=False)):
        if mine == wanted:
            continue
        if index == place:
            return f"it is at `{mine}`, and `{name}` wants it at `{wanted}`: send it there first"
        if wanted in _WANTED:
            return _WANTED[wanted] + (f"; or let `{name}` take `{mine}`" if own else "")
        if index == place - 1 and wanted != "Never":
            return f"its elements are `{mine}`, and `{name}` takes `{wanted}`: `.map(lambda x: …)`"
    return ""


def given_back(has: Sequence[str], promised: Sequence[str]) -> str:
    """What a collection lacks that a pipeline gives."""
    for mine, wanted in zip(has, promised, strict=False):
        if mine != wanted and wanted in _WANTED:
            return f"{_WANTED[wanted]}; or promise `{mine}` in its type, or ask a parameter for `{wanted}`"
    return ""


def on_elements(name: str, of: str, given: str, function: str) -> str:
    """What differs where an operator is for streams of other elements."""
    wanted = receiver_of(function)
    if not wanted:
        return ""
    if "At[_Place" in wanted and "Atomic[" in given:
        return f"end the section first: `.end_atomic().{name}(…)`"
    index = 1 if of.startswith("Keyed") else 0
    has, needs = split(given), split(wanted.partition("[")[2].removesuffix("]"))
    if len(needs) <= index or needs[index] in ("object", "Any", "T", "U", "V"):
        return ""
    for mine, need in zip(has, needs, strict=False):
        if need in _WANTED and mine != need:
            return _WANTED[need]
    made = "(…, x)" if needs[index].startswith("tuple[") else "…"
    return (
        f"`{name}` needs elements `{needs[index]}`, and these are `{has[index]}`: "
        f"`.map(lambda x: {made}).{name}(…)`"
    )


def receiver_of(function: str) -> str:
    """The type of what a method is called on; "" if it is not told."""
    if function.startswith("def "):
        return split(function.partition("(self: ")[2] + ")")[0]
    found = callable_of(function)
    return found[0][0] if found is not None and found[0] else ""


def callable_of(text: str) -> tuple[Sequence[str], str] | None:
    """The parameters and the result of a function's type."""
    if not text.startswith("Callable[[") or not text.endswith("]"):
        return None
    parts = split(text.removeprefix("Callable[").removesuffix("]"))
    if len(parts) != 2:
        return None
    return split(parts[0][1:-1]), parts[1]


def split(text: str) -> list[str]:
    """What stands between the commas that are in no bracket."""
    found, depth = [""], 0
    for char in text:
        depth += (char in "[(") - (char in "])")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return [part.strip() for part in found if part.strip()]
