"""Errors of the codecs, and the slow path that words them.

A generated codec tests all plain fields of a value in one condition. When the condition fails it
asks `misfit` or `mistyped` which field it was: only then is time spent on the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

from motet.errors import text_of

INTEGERS: Final = (int, bool)
NUMBERS: Final = (float, int, bool)
KINDS: Final[dict[object, tuple[type, ...]]] = {int: INTEGERS, float: NUMBERS}
"""The classes that stand for a scalar, where there are several: to type checkers a bool is an int."""

SCALARS = (int, float, str, bytes)
STEPS_SHOWN = 12
REPR_SHOWN = 60


class CodecError(ValueError):
    """A value does not fit the type that its channel declares; `path` leads to the misfit."""

    def __init__(self, reason: str, *steps: str) -> None:
        super().__init__(reason, *steps)
        self.reason = reason
        self.steps = list(steps)

    @property
    def path(self) -> str:
        """From the payload inwards: `lines[3].cents`; empty if it is the payload itself."""
        return _joined(self.steps)

    def __str__(self) -> str:
        steps = self.steps
        if len(steps) > STEPS_SHOWN:
            steps = [*steps[: STEPS_SHOWN // 2], "…", *steps[-STEPS_SHOWN // 2 :]]
        return f"{_joined(steps)}: {self.reason}" if steps else self.reason

    def add(self, step: str) -> None:
        """Note that all this happened inside `step` (a field, or `[index]`) of something."""
        self.steps.insert(0, step)


ErrorT = TypeVar("ErrorT", bound=CodecError)


class DecodeError(CodecError):
    """What was received is not what the channel carries."""


class EncodeError(CodecError):
    """The value to be sent is not of the type that was declared for it, or cannot travel."""


class TooDeep(EncodeError, DecodeError):
    """A value is nested deeper than Python or MessagePack can follow, or contains itself."""

    def __init__(self, *steps: str) -> None:
        super().__init__("nested too deeply, or it contains itself", *steps)


def _joined(steps: list[str]) -> str:
    return "".join(f".{s}" if i and not s.startswith("[") else s for i, s in enumerate(steps))


def outside(error: ErrorT, at: str) -> ErrorT:
    """The error, which all happened inside `at`, if that is anything."""
    if at:
        error.add(at)
    return error


def wrong_data(expected: str, data: object) -> DecodeError:
    """The error for received data that should have been `expected`."""
    return DecodeError(f"expected {expected}, got {describe(data)}")


def wrong_value(expected: str, value: object) -> EncodeError:
    """The error for a value to be sent that should have been `expected`."""
    return EncodeError(f"expected {expected}, got {describe(value)}{_plainly(expected, value)}")


def _plainly(expected: str, value: object) -> str:
    """How an instance of a subclass of a scalar (a bool is an int) becomes the scalar itself."""
    known = any(cls.__name__ == expected for cls in type(value).__mro__ if cls in SCALARS)
    return f": make it one with `{expected}(…)`" if known else ""


def misfit(data: object, expected: type, /, *items: object, **fields: object) -> DecodeError:
    """Say what is wrong with the wire form of a tuple or a class, given the types of what is in it.

    `object` stands for a part that has a decoder of its own.
    """
    if type(data) is not list:
        return wrong_data(expected.__name__, data)
    parts = _parts(items, fields)
    if len(data) != len(parts):
        what = f"the {len(parts)} parts of a {expected.__name__}"
        return DecodeError(f"expected {what}, got {len(data)}")
    for (step, tp), item in zip(parts.items(), data, strict=True):
        if not fits(tp, item):
            wanted, wrong, where = _found(tp, item, step)
            return outside(wrong_data(wanted, wrong), where)
    return DecodeError(f"not a {expected.__name__}")


def mistyped(value: object, expected: type, /, *items: object, **fields: object) -> EncodeError:
    """Say what is wrong with a tuple or an instance that is to be sent; `fields` are those to look at."""
    if type(value) is not expected:
        if isinstance(value, expected):
            return _derived(value, expected)
        return wrong_value(expected.__name__, value)
    if isinstance(value, tuple) and items and len(value) != len(items):
        return EncodeError(f"expected a tuple of {len(items)}, got one of {len(value)}")
    for step, tp in _parts(items, fields).items():
        item = getattr(value, step) if step in fields else value[int(step[1:-1])]  # type: ignore[index]
        if not fits(tp, item):
            wanted, wrong, where = _found(tp, item, step)
            return outside(wrong_value(wanted, wrong), where)
    return EncodeError(f"not a {expected.__name__}")


def _derived(value: object, expected: type) -> EncodeError:
    name, own = expected.__name__, type(value).__name__
    advice = f"say `{name} | {own}` where either may be sent"
    return EncodeError(f"expected {name}, got its subclass {own}: {advice}")


def refused(expected: type, error: Exception) -> CodecError:
    """The error for fields of the right types that the class itself does not take."""
    if isinstance(error, CodecError):
        return error
    return DecodeError(f"{expected.__name__} refuses it: {type(error).__name__}: {text_of(error)}")


def _parts(items: tuple[object, ...], fields: dict[str, object]) -> dict[str, object]:
    return {f"[{i}]": tp for i, tp in enumerate(items)} | fields


def _found(tp: object, item: object, step: str) -> tuple[str, object, str]:
    """What was expected where an item does not fit, what is there, and the step to it: it may be inside."""
    inside = _inside(tp, item)
    if inside is not None:
        kind, items = inside
        wrong = [(key, value) for key, value in items.items() if not fits(kind, value)]
        if wrong:
            key, value = wrong[0]
            return spell(kind), value, f"{step}[{shown(key)}]"
    return spell(tp), item, step


def _inside(tp: object, item: object) -> tuple[object, dict[Any, object]] | None:
    """What a list or a dict with str keys holds, and what its type says of that; None if it is none."""
    if get_origin(tp) is list and type(item) is list:
        return get_args(tp)[0], dict(enumerate(item))
    if get_origin(tp) is dict and type(item) is dict and all(type(key) is str for key in item):
        return get_args(tp)[1], item
    return None


def fits(tp: object, item: object) -> bool:
    """Whether an item is exactly of a plain type: a scalar class, None, a Literal, a union, a list, a dict."""
    if tp is object:
        return True
    if tp in KINDS:
        return type(item) in KINDS[tp]
    if get_origin(tp) in (list, dict):
        inside = _inside(tp, item)
        return inside is not None and all(fits(inside[0], value) for value in inside[1].values())
    if get_origin(tp) in (Union, UnionType):
        return any(fits(arg, item) for arg in get_args(tp))
    if get_origin(tp) is Literal:
        return any(item == arg and type(item) is type(arg) for arg in get_args(tp))
    return type(item) is (NoneType if tp is None else tp)


def spell(tp: object) -> str:
    """A plain type, for people."""
    if tp in (None, NoneType):
        return "None"
    if get_origin(tp) in (Union, UnionType):
        return either(spell(arg) for arg in get_args(tp))
    if get_origin(tp) is Literal:
        return either(repr(arg) for arg in get_args(tp))
    if get_origin(tp) in (list, dict):
        return "list" if get_origin(tp) is list else "dict with str keys"
    return tp.__name__ if isinstance(tp, type) else repr(tp)


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def describe(value: object) -> str:
    """What was there instead: a scalar's type and text, anything else's type."""
    if value is None or type(value) is bool:
        return repr(value)
    name = type(value).__name__
    if type(value) in (int, float, str, bytes):
        return f"{name} {shown(value)}"
    return name


def shown(value: object) -> str:
    """A short `repr`."""
    try:
        text = repr(value)
    except ValueError:  # an int of more digits than Python cares to write
        return "…"
    return text if len(text) <= REPR_SHOWN else f"{text[:REPR_SHOWN]}…"
