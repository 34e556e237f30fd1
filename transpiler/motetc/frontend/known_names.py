"""Names of the standard library that programs use most, and where they are imported from."""

from __future__ import annotations

import sys
from typing import Final

_NAMES: Final = {
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque"),
    "collections.abc": (
        "AsyncIterator",
        "Awaitable",
        "Callable",
        "Iterable",
        "Iterator",
        "Mapping",
        "Sequence",
    ),
    "dataclasses": ("dataclass", "field", "replace"),
    "datetime": ("date", "datetime", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "enum": ("Enum", "IntEnum", "StrEnum", "auto"),
    "fractions": ("Fraction",),
    "functools": ("cache", "lru_cache", "partial", "reduce"),
    "pathlib": ("Path",),
    "typing": (
        "Any",
        "Final",
        "Literal",
        "NamedTuple",
        "NewType",
        "Protocol",
        "TypeAlias",
        "TypeVar",
        "TypedDict",
    ),
    "uuid": ("UUID", "uuid4"),
}
_HOMES: Final = {name: module for module, names in _NAMES.items() for name in names}


def import_of(name: str) -> str:
    """The statement that an undefined name most likely lacks; "" where there is nothing to go by."""
    if name in _HOMES:
        return f"write `from {_HOMES[name]} import {name}` at the top"
    return f"write `import {name}` at the top" if name in sys.stdlib_module_names else ""
