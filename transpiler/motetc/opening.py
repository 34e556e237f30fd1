"""What the `motet` command does before it is there: streams that lead somewhere, and a start of what takes longest."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import signal
import sys
import time
import warnings
from _thread import start_new_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motetc.run.starting import Starter


def early_starter() -> Starter | None:
    """What starts nodes gets ready while the command itself is imported."""
    from motetc.run.starting import begun

    with contextlib.suppress(OSError):  # the command tries again, and says what is wrong
        return begun()
    return None


def keep_quiet() -> None:
    """What Python says of a source's text it says when that is run; it would say it for each time that we parse it."""
    warnings.simplefilter("ignore", SyntaxWarning)


def repeat_ignored_interrupts() -> None:
    """Where Python ignores an exception, as in what it does for its own locks, Ctrl-C is to be heard a moment later."""
    ignore = sys.unraisablehook

    def repeat() -> None:
        time.sleep(0.1)  # by then the hook is left, in which it would be ignored again
        os.kill(os.getpid(), signal.SIGINT)

    def hook(ignored: sys.UnraisableHookArgs) -> None:
        if ignored.exc_type is KeyboardInterrupt:
            start_new_thread(repeat, ())
        else:
            ignore(ignored)

    sys.unraisablehook = hook


def open_standard_streams() -> None:
    """Whoever started us may have closed some: then they lead nowhere, and nothing else gets their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(
                os.open(os.devnull, os.O_RDWR), True
            )  # the lowest number that is free
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
    codecs.register_error("motet.escape", _escape)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="motet.escape")


def _escape(problem: UnicodeError) -> tuple[str, int]:
    """What the encoding of the output does not have, as JSON writes it: whoever reads JSON gets it all the same."""
    import json

    assert isinstance(problem, UnicodeEncodeError)
    return json.dumps(problem.object[problem.start : problem.end])[1:-1], problem.end
