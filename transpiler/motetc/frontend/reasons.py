"""The sentences that `nondet("…")` and `proof("…")` are given, for a person to read."""

from __future__ import annotations

import libcst as cst


def sentence(call: cst.Call) -> str:
    """The literal; "" if it is none, or empty."""
    given = call.args[0].value if len(call.args) == 1 else None
    if not isinstance(given, (cst.SimpleString, cst.ConcatenatedString)):
        return ""
    said = given.evaluated_value
    return said if isinstance(said, str) and said.strip() else ""
