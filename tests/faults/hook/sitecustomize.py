"""Kills the process that it is loaded into at one operation: MOTET_FAULT is `package:member:operation`, counted from 1.

Python imports this module before anything else when its folder is on the path; a test puts it there. Sends, receives
and gathers count alike, in the order in which a location does them; the kill comes instead of the operation.
MOTET_FAULT_COUNT names a folder to which every location writes how many operations it did. Nodes that are forked find
it in place; which of them they are, they ask when it matters.
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


def _wrap(operation: Callable[..., Any]) -> Callable[..., Any]:
    async def counted(self: object, *arguments: object) -> object:
        global _count
        _count += 1
        if os.environ.get("MOTET_FAULT") == f"{_me()}:{_count}":
            os.kill(os.getpid(), signal.SIGKILL)
        return await operation(self, *arguments)

    return counted


def _install() -> None:
    if _me() == ":" and "motet.hosting.starter" not in sys.orig_argv:
        return
    from motet import wire

    for name, method in _OPERATIONS:
        box = getattr(wire, name)
        setattr(box, method, _wrap(getattr(box, method)))
    if folder := os.environ.get("MOTET_FAULT_COUNT"):
        atexit.register(lambda: Path(folder, _me()).write_text(str(_count), "utf-8"))


if "MOTET_FAULT" in os.environ or "MOTET_FAULT_COUNT" in os.environ:
    _install()
