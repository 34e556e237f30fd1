"""Where the `motet` command begins, with next to no imports: before `main` runs, Ctrl-C is a traceback of Python's."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command and exit with its code."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # not if it was started so as to survive Ctrl-C
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is nothing to put in order yet
    from motetc import opening

    opening.open_standard_streams()
    opening.keep_quiet()
    opening.repeat_ignored_interrupts()
    starter = opening.early_starter() if sys.argv[1:2] == ["run"] else None
    from motetc import cli

    try:
        signal.signal(signal.SIGINT, handler)
        cli.main(starter=starter)
    except KeyboardInterrupt:  # before the command itself looks out for it, or after that
        sys.exit(130)
