"""How long builds take: cold, warm and with nothing to do; and a check beside what plain mypy takes.

    python bench/build.py [--modules 50] [--lines 10000] [--json]

Runs alone, on the largest example and on a synthetic project. Every figure is the processor time of a fresh process
(nothing here waits, so on an idle machine that is what the clock shows), the best of three for the short ones.
"mypy" is `mypy --strict` over sources and generated modules, with an empty cache. Needs an installed Motet, as in the
environment of `make venv`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[1]

PARTIES = '''
"""Who takes part."""

from __future__ import annotations

from motet import Process


class Buyer(Process):
    def __init__(self) -> None:
        self.budget = 1000
        self.kept: list[str] = []


class Seller(Process):
    def __init__(self) -> None:
        self.stock = {"TAPL": 80}


class Bank(Process):
    def __init__(self) -> None:
        self.balance = 5000
'''

PROTOCOL = '''
"""Orders of kind {n}."""

from __future__ import annotations

from dataclasses import dataclass

import helpers.helper_{n} as helper
from motet import At, choreography
from parties import Bank, Buyer, Seller


@dataclass(frozen=True)
class Order{n}:
    title: str
    amount: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Offer{n}:
    order: Order{n}
    cents: int
'''

CHOREOGRAPHY = '''

@choreography
async def trade_{n}_{k}(
    buyer: Buyer, seller: Seller, bank: Bank, order: At[Order{n}, Buyer]
) -> At[str | None, Buyer]:
    """One order: an offer, a decision, a payment."""
    wanted = await buyer.send(order, to=seller)
    with seller:
        # the seller alone knows how prices are made
        base = seller.stock.get(wanted.title, 7)
        cents = helper.price_0(base, wanted.amount)
        offer = Offer{n}(wanted, cents)
    offered = await seller.send(offer, to=buyer)
    accept = offered.cents <= buyer.budget and offered.order.amount > 0
    if await buyer.share(accept, to=(seller, bank)):
        paid = await buyer.send(offered.cents, to=bank)
        with bank:
            bank.balance += paid
            receipt = f"paid {{paid}}"
        proof = await bank.send(receipt, to=seller)
        with seller:
            message = f"{{wanted.title}}: {{proof}}"
        return await seller.send(message, to=buyer)
    return None
'''

HELPER = '''

def price_{k}(base: int, amount: int) -> int:
    """A price."""
    total = 0
    for step in range(amount):
        if step % 2:
            total += base
        else:
            total += base + step
    if total > 10_000:
        total -= total // 10
    return total
'''


def write_project(root: Path, modules: int, lines: int) -> int:
    """A project of about so many modules and lines; how many lines it has."""
    pairs = (modules - 2) // 2
    share = lines // modules
    files = {
        "parties.py": PARTIES,
        "helpers/__init__.py": '"""Plain code."""\n',
        "pyproject.toml": "[tool.motet]\n",
    }
    for n in range(pairs):
        text = dedent(PROTOCOL).format(n=n)
        for k in range(max(1, (share - 25) // 29)):
            text += CHOREOGRAPHY.format(n=n, k=k)
        files[f"protocol_{n}.py"] = text
        text = f'"""Helper {n}."""\n'
        for k in range(max(1, share // 14)):
            text += HELPER.format(k=k)
        files[f"helpers/helper_{n}.py"] = text
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text.lstrip("\n"))
    return sum(text.count("\n") for path, text in files.items() if path.endswith(".py"))


def measure(root: Path) -> dict[str, float]:
    """Seconds of each way to build and check the project in `root`."""
    cache, output = root / ".motet_cache", root / "generated"
    shutil.rmtree(cache, ignore_errors=True)
    shutil.rmtree(output, ignore_errors=True)
    figures = {"cold build": _motet("build", root)}
    figures["check after it"] = _motet("check", root)
    (cache / "build.json").unlink()
    figures["warm build"] = min(_fresh(cache, root) for _ in range(3))
    figures["nothing to do"] = min(_motet("build", root) for _ in range(3))
    figures["python alone"] = min(_timed([sys.executable, "-c", "pass"], root) for _ in range(3))
    _touch(root)
    figures["build after one edit"] = _motet("build", root)
    figures["check after it "] = _motet("check", root)
    figures["mypy"] = _mypy(root)
    figures["cold build and check, of mypy"] = (
        figures["cold build"] + figures["check after it"]
    ) / figures["mypy"]
    return figures


def _fresh(cache: Path, root: Path) -> float:
    (cache / "build.json").unlink(missing_ok=True)
    return _motet("build", root)


def _touch(root: Path) -> None:
    sources = [
        path
        for path in root.rglob("*.py")
        if "generated" not in path.parts and ".motet_cache" not in path.parts
    ]
    path = max(sources, key=lambda path: path.stat().st_size)
    path.write_text(path.read_text() + "\n\nLAST = 1\n")


def _motet(verb: str, root: Path) -> float:
    return _timed([sys.executable, "-m", "motetc", verb, str(root)], root)


def _mypy(root: Path) -> float:
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}", "."]
        return _timed(command, root)


def _timed(command: list[str], folder: Path, **variables: str) -> float:
    begin = _children()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout[:2000]}{done.stderr[:2000]}")
    return _children() - begin


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _clock() -> float:
    """Processor time of this process and of those that it has waited for."""
    return time.process_time() + _children()


def stages(root: Path) -> dict[str, float]:
    """Where a cold build's time goes, in this process."""
    begin = _clock()
    import motetc.backend.format as formatting
    import motetc.pipeline as pipeline
    from motetc.build import compile_built
    from motetc.config import load_config

    spent = {"imports": _clock() - begin, "mypy": 0.0, "black": 0.0}
    shutil.rmtree(root / ".motet_cache", ignore_errors=True)
    _watch(pipeline, "ask", spent, "mypy")
    _watch(formatting, "format_modules", spent, "black")
    begin = _clock()
    compile_built(load_config(root))
    spent["the rest"] = _clock() - begin - spent["mypy"] - spent["black"]
    return spent


def _watch(module: object, name: str, spent: dict[str, float], key: str) -> None:
    original = getattr(module, name)

    def watched(*arguments: object, **options: object) -> object:
        begin = _clock()
        try:
            return original(*arguments, **options)
        finally:
            spent[key] += _clock() - begin

    setattr(module, name, watched)


def largest_example() -> Path:
    """The example with the most source."""
    return max((ROOT / "examples").glob("*/pyproject.toml"), key=_size).parent


def _size(settings: Path) -> int:
    sources = [path for path in settings.parent.rglob("*.py") if "generated" not in path.parts]
    return sum(path.stat().st_size for path in sources)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--modules", type=int, default=50)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        synthetic, example = Path(folder) / "synthetic", Path(folder) / "example"
        count = write_project(synthetic, options.modules, options.lines)
        source = largest_example()
        shutil.copytree(
            source, example, ignore=shutil.ignore_patterns("generated", ".motet_cache", "test_*")
        )
        report[f"example {source.name}"] = measure(example)
        report[f"synthetic, {count} lines"] = measure(synthetic)
        report["where a cold build of it spends its time"] = stages(synthetic)
    if options.json:
        print(json.dumps(report, indent=1))
        return
    for name, figures in report.items():
        print(name)
        for what, seconds in figures.items():
            print(f"  {what:32} {seconds:7.2f}")


if __name__ == "__main__":
    main()
