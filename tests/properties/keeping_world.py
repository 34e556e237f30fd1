"""The locations, types and functions that programs of `keeping` import, and what runs them in one process."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

from motet import Failure
from properties.world import CHANGED

TYPES = {
    "int": "int",
    "list": "list[int]",
    "bag": "Bag",
    "table": "dict[str, list[int]]",
    "two": "Two",
    "rows": "list[list[int]]",
    "str": "str",
}
_HEAD = f'''"""Locations with values that are changed, and functions that change what they are given."""
{CHANGED}

@dataclass(frozen=True)
class Two:
    one: list[int]
    other: list[int]


def grown(xs: list[int], n: int) -> list[int]:
    xs.append(n)
    return xs


def joined(xs: list[int], others: list[int]) -> list[int]:
    xs.extend(others[:3])
    return xs


def pushed(xs: list[int], n: int) -> int:
    xs.insert(0, n)
    return len(xs)
'''
_LOCATION = """

class {name}(Process):
    def __init__(self) -> None:
        self.n = {n}
        self.rows = [{n}]
        self.bag = Bag({n}, [{n}, 7])
        self.table: dict[str, list[int]] = {{"a": [5], "b": self.rows}}

    def next(self) -> int:
        self.n = (self.n * 3 + 1) % 50
        return self.n

    def grow(self, n: int) -> list[int]:
        self.rows.append(n)
        return self.rows

    def keep(self, xs: list[int]) -> list[int]:
        self.table["a"] = xs
        return xs

    def swap(self) -> Two:
        self.rows, self.bag.items = self.bag.items, self.rows
        return Two(self.rows, self.bag.items)

    def take(self, xs: list[int]) -> int:
        return xs.pop(2)

    def show(self) -> str:
        self.table["a"].append(9)
        self.bag.items.append(8)
        self.rows.append(7)
        return f"{{self.n}} {{self.rows}} {{self.bag}} {{self.table}}"
"""


def world_source() -> str:
    """The module that all programs import."""
    return _HEAD + "".join(
        _LOCATION.format(name=name, n=n) for n, name in enumerate(("Ann", "Ben", "Cat"))
    )


def copied(value: Any) -> Any:
    """As it arrives: what is in it twice arrives as two."""
    match value:
        case list():
            return [copied(part) for part in value]
        case tuple():
            return tuple(copied(part) for part in value)
        case dict():
            return {copied(key): copied(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(*(copied(getattr(value, part.name)) for part in fields(value)))
    return value


class Process:
    """A location in the one process."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    async def send(self, value: Any, to: Process) -> Any:
        return copied(value)

    async def share(self, value: Any, to: object) -> Any:
        return value

    async def attempt(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except Exception as problem:
            return Failure(type(problem).__name__, str(problem))


async def concurrently(*calls: Awaitable[Any], why: object = None) -> tuple[Any, ...]:
    """One after the other: what they do must not show it."""
    return tuple([await call for call in calls])


def plain(world: str, program: str) -> dict[str, Any]:
    """The names of a program that runs as it stands."""
    module = ModuleType("world_in_one_process")
    sys.modules[module.__name__] = module  # where dataclasses look for their annotations
    ours = {
        "Process": Process,
        "Failure": Failure,
        "concurrently": concurrently,
        "choreography": lambda function: function,
        "pure": lambda function: function,
    }
    module.__dict__.update(ours)
    for text in (world, program):
        lines = text.splitlines(keepends=True)
        kept = "".join(
            "\n" if line.startswith(("from motet", "from world")) else line for line in lines
        )
        exec(compile(kept, "program.py", "exec"), module.__dict__)
        module.__dict__.update(ours)
    return module.__dict__
