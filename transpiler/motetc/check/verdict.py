"""That a check found nothing, kept as long as nothing changes. A check with nothing to do imports little more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from motetc.backend.recorded import NAME
from motetc.config import Config
from motetc.files import digest_of, read_object, sha256, write_atomically
from motetc.outside import Outside, is_outside_kept
from motetc.state import State, prepare_cache


def verdict_key(state: State, known: Mapping[str, str] = {}) -> str:
    """A digest of all that a check looks at: what a build reads, and what is in the output folder.

    Of the paths in `known` the text that is given counts, and not what is on disk.
    """
    output = state.config.output
    found = {path.relative_to(output).as_posix(): path for path in output.rglob("*.py")}
    paths = sorted({*found, *known, NAME})
    digests = (
        sha256(known[path].encode()) if path in known else digest_of(output / path)
        for path in paths
    )
    rows = [f"{path} {digest}" for path, digest in zip(paths, digests, strict=True)]
    return sha256("\n".join([state.inputs, *rows]).encode())


def was_clean(config: Config, key: str) -> bool:
    """Whether the last check without findings was of just this."""
    record = read_object(_file(config))
    return record.get("clean") == key and is_outside_kept(record)


def remember_clean(config: Config, key: str, outside: Outside) -> None:
    """A check of this, which read what is `outside`, found nothing."""
    prepare_cache(config)
    write_atomically(_file(config), json.dumps({"clean": key, "outside": outside}))


def _file(config: Config) -> Path:
    return config.cache / "check.json"
