"""Which choreography a person means."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.config import ConfigError, closest


def choose(asked: str, keys: Iterable[str]) -> str:
    """The key `asked` names: in full, or by its last part when that is unique."""
    known = sorted(keys)
    if asked in known:
        return asked
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
