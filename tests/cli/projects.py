"""Small projects on disk, the command, and a stand-in compilation whose outcome a test decides."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import dedent

from motetc.backend.output import OutputModule, StatementOrigin
from motetc.cli import run
from motetc.compilation import Compilation
from motetc.ir.summary import ChannelSummary, ChoreographySummary, NameSummary, RoleSummary

BUYER = RoleSummary("buyer", "Buyer", "buyer", cluster=False)
SELLER = RoleSummary("seller", "Seller", "seller", cluster=False)
BUY = ChoreographySummary(
    key="shop:buy",
    path="shop.py",
    line=3,
    roles=(BUYER, SELLER),
    arguments=(("title", ("Buyer",)),),
    results=("Buyer",),
    channels=(
        ChannelSummary("wanted", "buyer", "seller", "str", "send", 4, 1),
        ChannelSummary("ship", "seller", "buyer", "date", "send", 5, None, "once if affordable"),
    ),
    names=(NameSummary("wanted", 4, ("seller",)),),
    calls=(),
    nondeterminism=((7, "whichever comes first"),),
)


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text), "utf-8")
    return root


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def motet(*arguments: str | Path, cwd: Path = Path()) -> Done:
    """The command, in a folder. It runs in this process, which has loaded mypy long since."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        code = run([*map(str, arguments)])
    return Done(code, out.getvalue(), err.getvalue())


def compilation(
    modules: Mapping[str, str], origins: Mapping[str, Sequence[int | StatementOrigin | None]] = {}
) -> Compilation:
    """As if the compiler had made these modules of shop.py; `origins` are source lines per statement."""
    made = tuple(
        OutputModule(path, dedent(text), partial(tuple, [*map(_origin, origins.get(path, []))]))
        for path, text in modules.items()
    )
    return Compilation(made, (), (BUY,), ("shop.py",))


def _origin(line: int | StatementOrigin | None) -> StatementOrigin | None:
    return StatementOrigin("shop.py", line, line, "copied") if isinstance(line, int) else line
