"""Arguments, read by the types that the projection declares for them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any

from motet.entries import signature_of
from motet.hosting.options import UsageError


class Names(dict[str, Any]):
    """The names of a module, as annotations see them.

    Location classes are imported for type checkers alone; whatever is not there at run time
    becomes a class that stands for it (`MemberId[Worker]` needs no Worker to be read).
    """

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        self[name] = type(name, (), {})
        return self[name]


def read_arguments(
    function: Callable[..., object], given: Mapping[str, object]
) -> dict[str, object]:
    """The values of the given JSON forms; a `UsageError` names the one that does not fit."""
    from motet.values import from_json  # only nodes with arguments pay for it

    values: dict[str, object] = {}
    for name, data in given.items():
        try:
            values[name] = from_json(_declared(function, name), data)
        except UsageError:
            raise
        except Exception as problem:
            raise UsageError(f"--arg {name}: {problem}") from None
    return values


def _declared(function: Callable[..., object], name: str) -> Any:
    annotation = signature_of(function).parameters[name].annotation
    if not isinstance(annotation, str):
        return annotation
    names = Names(getattr(function, "__globals__", {}))
    try:
        from motet.values_hints import postponed, quoted

        names.update(quoted(names))
        return postponed(eval(annotation, {}, names), names)
    except Exception as problem:
        raise UsageError(f"--arg {name}: its type {annotation} is not known ({problem})") from None
