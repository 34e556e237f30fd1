"""Names that a project cannot have for its top-level modules and its output: Python would import another thing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from motetc.config import Config, ConfigError
from motetc.frontend.discover import Found

RUNTIME: Final = frozenset({"motet", "msgpack"})
# Nothing that generated modules stand on imports these.
_HARMLESS: Final = frozenset({"antigravity", "idlelib", "test", "this", "turtle", "turtledemo"})
LIBRARY: Final = frozenset(sys.stdlib_module_names) - _HARMLESS


def check_names(config: Config, found: Iterable[Found]) -> None:
    """Raise `ConfigError` for the first name that would hide another module, or be hidden by it."""
    files = list(found)
    _check_output(config, {f.module.partition(".")[0]: f for f in files})
    seen: dict[str, Found] = {}
    for file in files:
        top = file.module.partition(".")[0]
        if top in RUNTIME or top in LIBRARY:
            where = "what generated modules run on" if top in RUNTIME else "the standard library"
            raise ConfigError(
                f"{file.relative}: the module `{top}` would hide `{top}` of {where}; rename it"
            )
        twin = seen.setdefault(file.module, file)
        if twin is not file:
            raise ConfigError(
                f"{file.relative} and {twin.relative} are both the module `{file.module}`; "
                "rename or exclude one"
            )


def _check_output(config: Config, tops: dict[str, Found]) -> None:
    name = config.output.name
    if name in RUNTIME or name in LIBRARY:
        raise ConfigError(
            f"{config.root / 'pyproject.toml'}: `output` would hide the package `{name}`; choose another name"
        )
    if name in tops:
        raise ConfigError(
            f"{config.root / 'pyproject.toml'}: `output` and {tops[name].relative} are both the package `{name}`; "
            "choose another name for one"
        )
