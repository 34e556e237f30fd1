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
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, Generic, NoReturn, TypeVar

T = TypeVar("T")


class Forked(Generic[T]):
    """One call under way, or none at all.

    With `then` the copy stays when it has answered, and calls that with what it is told; it ends after the answer to
    this, when it is stopped, or when this process ends.
    """

    def __init__(
        self, function: Callable[[], T] | None, then: Callable[[Any], object] | None = None
    ) -> None:
        self._pid, self._stays = 0, False
        if function is None or not can_fork():
            return
        answers, theirs = os.pipe()
        their_end, said = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(said)
            _run(function, then, their_end, theirs)
        os.close(theirs)
        os.close(their_end)
        self._answers, self._said = os.fdopen(answers, "rb"), os.fdopen(said, "wb")
        self._stays = then is not None

    def result(self) -> T | None:
        """What the function returned; None if there is no copy, or something went wrong in it."""
        found: T | None = self._received()
        if not self._stays:
            self._end()
        return found

    def tell(self, said: object) -> None:
        """Give the copy something for `then`, once, after its result was taken."""
        if self._pid:
            with suppress(OSError), self._said:
                pickle.dump(said, self._said, pickle.HIGHEST_PROTOCOL)

    def answer(self) -> Any:
        """What `then` returned; None as for a result."""
        found = self._received()
        self._end()
        return found

    def is_there(self) -> bool:
        """Whether there is a copy, at work or waiting."""
        return bool(self._pid)

    def is_under_way(self) -> bool:
        """Whether `result` would have to wait."""
        return bool(self._pid) and not select.select([self._answers], [], [], 0)[0]

    def stop(self) -> None:
        """Nobody asks any more."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._end()

    def _received(self) -> Any:
        if not self._pid:
            return None
        try:
            return pickle.load(self._answers)
        except (EOFError, pickle.UnpicklingError):
            self._stays = False
            return None

    def _end(self) -> None:
        if self._pid:
            self._answers.close()
            with suppress(OSError):
                self._said.close()
            os.waitpid(self._pid, 0)
            self._pid = 0


def can_fork() -> bool:
    """A copy of a process has but one of its threads, and helps only where it has a processor to itself."""
    return (
        hasattr(os, "sched_getaffinity")
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


def second_half(sizes: Mapping[str, int], less: float = 0.0) -> set[str]:
    """The names whose sizes come to about half of all, and no more than those of the others; the half is smaller by
    what is `less` of all, where whoever gets it has that much to do besides.
    """
    second: set[str] = set()
    done = [0.0, less * sum(sizes.values())]
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        least = int(done[1] < done[0])
        done[least] += sizes[name]
        if least:
            second.add(name)
    return second


def _run(
    function: Callable[[], object], then: Callable[[Any], object] | None, said: int, answers: int
) -> NoReturn:
    """Nothing of the other process may happen twice: no flush, no handler, no traceback."""
    code = 1
    gc.disable()  # it writes to every object that there is, and each page that is written to is copied
    with suppress(BaseException), open(answers, "wb") as pipe:
        _answer(pipe, function())
        if then is not None:
            with open(said, "rb") as told:
                _answer(pipe, then(pickle.load(told)))
        code = 0
    os._exit(code)


def _answer(pipe: IO[bytes], found: object) -> None:
    pipe.write(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))  # whole, or nothing of it
    pipe.flush()
