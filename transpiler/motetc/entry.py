"""Where the `motet` command begins: what takes longest is begun first."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command and exit with its code."""
    starter = None
    if sys.argv[1:2] == ["run"]:  # what starts nodes gets ready while the command itself is imported
        from motetc.run.starting import begun

        starter = begun()
    from motetc import cli

    cli.main(starter=starter)
