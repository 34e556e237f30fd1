"""Where a node's own log goes; the program's logging is the program's."""

from __future__ import annotations

import logging


def log_to_stderr(level: str) -> None:
    """Write what Motet has to say from this level on, such as `warning`, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("motet: %(message)s"))
    log = logging.getLogger("motet")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(level.upper())
