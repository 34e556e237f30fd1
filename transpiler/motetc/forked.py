"""A function at work in a copy of this process, where there is a second processor and the system can make a copy.

The copy knows all that this process knew, and what it finds comes back pickled. Whoever asks for that must be able to
do without: nothing is promised but that an answer, if there is one, is the function's.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Forked(Generic[T]):
    """One call under way, or none at all."""

    def __init__(self, function: Callable[[], T] | None) -> None:
        self._pid = 0
        if function is None or not can_fork():
            return
        self._pipe, theirs = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            _run(function, theirs)
        os.close(theirs)

    def result(self) -> T | None:
        """What the function returned; None if there is no copy, or something went wrong in it."""
        if not self._pid:
            return None
        with open(self._pipe, "rb") as pipe:
            found = pipe.read()
        return pickle.loads(found) if self._ended() == 0 else None

    def is_under_way(self) -> bool:
        """Whether `result` would have to wait."""
        return bool(self._pid) and not select.select([self._pipe], [], [], 0)[0]

    def stop(self) -> None:
        """Nobody asks any more."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.close(self._pipe)
            self._ended()

    def _ended(self) -> int:
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return status


def can_fork() -> bool:
    """A copy of a process has but one of its threads, and helps only where it has a processor to itself."""
    return (
        hasattr(os, "sched_getaffinity")
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


def _run(function: Callable[[], object], pipe: int) -> NoReturn:
    """Nothing of the other process may happen twice: no flush, no handler, no traceback."""
    code = 1
    gc.disable()  # it writes to every object that there is, and each page that is written to is copied
    with suppress(BaseException), open(pipe, "wb") as file:
        found = pickle.dumps(function(), pickle.HIGHEST_PROTOCOL)
        file.write(found)
        code = 0
    os._exit(code)
