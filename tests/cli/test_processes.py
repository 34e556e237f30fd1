"""A build by two processes and one by one alone write the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.projects import write_files
from motetc.backend import finish, shares

PARTIES = """
    from __future__ import annotations

    from motet import Process


    class Buyer(Process):
        def __init__(self) -> None:
            self.budget = 1000


    class Seller(Process):
        def __init__(self) -> None:
            self.stock = {"TAPL": 80}
"""
HEAD = """
from __future__ import annotations

from dataclasses import dataclass

from motet import At, choreography
from parties import Buyer, Seller


@dataclass(frozen=True)
class Order{n}:
    title: str
    amount: int

"""
TRADE = '''
@choreography
async def trade_{n}_{k}(buyer: Buyer, seller: Seller, order: At[Order{n}, Buyer]) -> At[int | None, Buyer]:
    """One order."""
    wanted = await buyer.send(order, to=seller)
    with seller:
        # the seller alone knows how prices are made
        base = seller.stock.get(wanted.title, 7)
        cents = base * wanted.amount
    offered = await seller.send(cents, to=buyer)
    if await buyer.share(offered <= buyer.budget, to=seller):
        with seller:
            seller.stock[wanted.title] = base + 1
        return await seller.send(cents + 1, to=buyer)
    return None

'''
UNTOLD = """
@choreography
async def wrong_{n}(buyer: Buyer, seller: Seller, order: At[Order{n}, Buyer]) -> None:
    if order.amount > 1:
        await seller.send(None, to=buyer)
"""
MISPLACED = """
@choreography
async def wrong_{n}(buyer: Buyer, seller: Seller, order: At[Order{n}, Buyer]) -> None:
    await seller.send(order, to=buyer)
"""
MODULES, TRADES = 4, 40


def _text(n: int) -> str:
    return HEAD.format(n=n) + "".join(TRADE.format(n=n, k=k) for k in range(TRADES))


def _motet(folder: Path, processors: set[int], more: dict[int, str]) -> tuple[int, str]:
    """A build of the project, some modules of which have more at their ends: its code and what it says."""
    files = {f"protocol_{n}.py": _text(n) + more.get(n, "").format(n=n) for n in range(MODULES)}
    write_files(folder, {"parties.py": PARTIES, "pyproject.toml": "[tool.motet]\n", **files})
    done = subprocess.run(
        [sys.executable, "-m", "motetc", "build", str(folder)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
    )
    return done.returncode, done.stdout + done.stderr


def _build(folder: Path, processors: set[int]) -> dict[str, str]:
    code, said = _motet(folder, processors, {})
    assert code == 0, said
    output = folder / "generated"
    found = sorted(p for p in output.rglob("*") if p.is_file())
    return {path.relative_to(output).as_posix(): path.read_text("utf-8") for path in found}


two_processors = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is no second processor",
)


@two_processors
def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    lines = MODULES * sum(line != "" for line in _text(0).splitlines())
    several = os.sched_getaffinity(0)
    alone = _build(tmp_path / "alone", {min(several)})
    assert 2 * lines > shares.WORTH_SHARING
    assert sum(map(len, alone.values())) > finish.WORTH_SHARING
    assert _build(tmp_path / "shared", several) == alone


@two_processors
@pytest.mark.parametrize("wrong", [{0: UNTOLD, 1: MISPLACED, 2: MISPLACED}, {1: UNTOLD}])
def test_two_processes_find_what_one_finds(tmp_path: Path, wrong: dict[int, str]) -> None:
    several = os.sched_getaffinity(0)
    code, said = _motet(tmp_path, {min(several)}, wrong)
    assert code == 1
    assert said.count("error[") == len(wrong)
    assert _motet(tmp_path, several, wrong) == (code, said)
