"""Writes the reference pages that are made from the code: `python tests/update_docs.py`. A test holds them to it,
and `--check` does without writing."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import operator_table
from motetc.cli import command
from motetc.diagnostics.codes import CODES, PRELUDE

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def codes_page() -> str:
    parts = [
        "# Code words",
        "Every finding of Motet's own carries one of these words; findings with other words are mypy's, of the source",
        "or of a generated module. `motet explain WORD` prints the same in a terminal, and of mypy's where to read on.",
        "",
        "The examples stand below these imports and locations:",
        "",
        f"```python\n{PRELUDE}```",
    ]
    for entry in CODES.values():
        parts += [
            "",
            f"## {entry.word}",
            "",
            f"*{entry.summary[0].upper()}{entry.summary[1:]}.* {entry.why}",
        ]
        for title, code in (("Refused", entry.rejected), ("Accepted", entry.accepted)):
            if code:
                parts += ["", f"{title}:", "", f"```python\n{code}\n```"]
        parts += ["", f"To mend it: {entry.fix}."]
    return "\n".join(parts) + "\n"


def command_page() -> str:
    parts = [
        "# The command",
        "",
        "Exit codes, the same for every verb: 0 clean, 1 findings or drift (or a run that failed), 2 wrong usage,",
        "wrong settings or an error of Motet's own, 130 after Ctrl-C. Results go to standard output, progress and",
        "summaries to standard error. Characters that the encoding of standard output does not have are written as",
        "JSON escapes them. How values are written in JSON, for `--arg` and in results, is told under",
        "[values at the start](language-locations.md#values-at-the-start).",
    ]
    context = click.Context(
        command, info_name="motet", terminal_width=100, **command.context_settings
    )
    for name in command.list_commands(context):
        verb = command.get_command(context, name)
        assert verb is not None
        inner = click.Context(verb, info_name=name, parent=context, terminal_width=100)
        parts += ["", f"## motet {name}", "", f"```text\n{verb.get_help(inner)}\n```"]
    return "\n".join(parts) + "\n"


PAGES = {"codes.md": codes_page, "command.md": command_page, "operators.md": operator_table.page}


def stale() -> list[str]:
    """The pages that differ from what the code says."""
    return [n for n, page in PAGES.items() if (REFERENCE / n).read_text("utf-8") != page()]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(f"run `python tests/update_docs.py`: {', '.join(stale())}" if stale() else 0)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), "utf-8")
