"""Which choreography a person means."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.config import Config, ConfigError, closest
from motetc.frontend.outline import split
from motetc.frontend.sources import read_sources


def choose(asked: str, keys: Iterable[str], config: Config) -> str:
    """The key `asked` names: in full, by a module that imports it, or by its last part when that is unique."""
    known = sorted(keys)
    if asked in known:
        return asked
    if ":" in asked and (defined := _defined(asked, config)) in known:
        return defined
    short = [key for key in known if key.rpartition(":")[2] == asked]
    if len(short) == 1:
        return short[0]
    if len(short) > 1:
        raise ConfigError(f"`{asked}` could be {' or '.join(short)}")
    if not known:
        raise ConfigError(f"no choreography `{asked}`: the project has none")
    raise ConfigError(
        f"no choreography `{asked}`{closest(asked, known)} (the project has {', '.join(known)})"
    )


def _defined(asked: str, config: Config) -> str:
    """`shop:buy` as `shop.buying:buy`, if that is what `shop` imports."""
    modules = read_sources(config).modules
    name, seen = asked, set[str]()
    while name not in seen:
        seen.add(name)
        module, _, member = name.partition(":")
        imported = modules[module].imports.get(member) if module in modules else None
        owner, rest = split(modules, imported.full_name) if imported is not None else (None, "")
        if owner is not None and rest:
            name = f"{owner.name}:{rest}"
    return name
