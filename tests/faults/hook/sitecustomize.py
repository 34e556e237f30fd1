"""Kills the process that it is loaded into at one operation: MOTET_FAULT is `package:member:operation`, counted from 1.

Python imports this module before anything else when its folder is on the path; a test puts it there. Sends, receives
and gathers count alike, in the order in which a location does them; the kill comes instead of the operation.
MOTET_FAULT_COUNT names a folder to which every location writes how many operations it did.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_OPERATIONS = (("Outbox", "send"), ("Inbox", "recv"), ("Gather", "gather"))
_count = 0


def _me() -> str:
    """`generated.agency:1`, by the command line."""
    arguments = sys.orig_argv
    package = next((a for a in arguments if a.startswith("generated.")), "")
    member = arguments[arguments.index("--member") + 1] if "--member" in arguments else ""
    return f"{package}:{member}"


def _wrap(operation: Callable[..., Any], fatal: int) -> Callable[..., Any]:
    async def counted(self: object, *arguments: object) -> object:
        global _count
        _count += 1
        if _count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return await operation(self, *arguments)

    return counted


def _install() -> None:
    me = _me()
    if me == ":":
        return
    place, _, number = os.environ.get("MOTET_FAULT", "").rpartition(":")
    from motet import wire

    for name, method in _OPERATIONS:
        box = getattr(wire, name)
        setattr(box, method, _wrap(getattr(box, method), int(number) if place == me else 0))
    if folder := os.environ.get("MOTET_FAULT_COUNT"):
        atexit.register(lambda: Path(folder, me).write_text(str(_count), "utf-8"))


if "MOTET_FAULT" in os.environ or "MOTET_FAULT_COUNT" in os.environ:
    _install()
