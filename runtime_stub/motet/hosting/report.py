"""How a node ended: for the person at the terminal, and as JSON for whoever started it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from motet.errors import PeerAborted, PeerLost, sendable, text_of


@contextmanager
def any_digits() -> Iterator[None]:
    """Integers are written in full here: Python's limit is for those that strangers send."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a node failed. `primary`: it failed by itself, not because of a peer.

    `location` is the node that is to blame, `line` the source line if it is known, `time` when it
    happened (seconds since the epoch).
    """

    kind: str
    message: str
    location: str
    line: str | None
    primary: bool
    time: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one node; `result` is in its JSON form."""

    has_result: bool
    result: object
    messages: Mapping[str, int]
    error: Problem | None = None

    def document(self) -> dict[str, object]:
        """As JSON."""
        document: dict[str, object] = {
            "ok": self.error is None,
            "has_result": self.has_result,
            "result": self.result,
            "messages": dict(self.messages),
        }
        if self.error is not None:
            document["error"] = asdict(self.error)
        return document


def write_report(document: object, path: Path) -> bool:
    """Write it so that a reader sees all of it or nothing; if that cannot be, say why, for False.

    A device, such as `/dev/stdout`, or a named pipe is written to, and not replaced, and so is where a link leads.
    """
    with any_digits():
        text = json.dumps(document)
    target = path.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if path.parent == Path("/dev") or (path.exists() and not path.is_file()):
            with path.open("a", encoding="utf-8") as stream:
                stream.write(f"{text}\n")
        else:
            partial.write_text(text, "utf-8")
            partial.replace(target)
    except OSError as problem:
        sys.stderr.write(f"the report {path} cannot be written: {problem.strerror}\n")
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        return False
    return True


def describe(error: BaseException, me: str, line: str | None) -> Problem:
    """The problem that an exception stands for."""
    match error:
        case PeerAborted():
            return Problem("PeerAborted", str(error), error.peer, error.line, primary=False)
        case PeerLost():
            return Problem("PeerLost", str(error), error.peer, line, primary=False)
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return Problem(
        type(error).__name__, f"{text_of(error)}{sendable(notes)}", me, line, primary=True
    )
