"""How long builds take: cold, warm and with nothing to do; and a check beside what plain mypy takes.

    python bench/build.py [--modules 50] [--lines 10000] [--json]

Runs alone, on the largest example and on a synthetic project. Every figure is of a fresh process and those that it
starts, the least of several: processor time and, as much as the machine is idle, what the clock shows. A cold build
and the check after it begin without any cache, and so does `mypy --strict` over sources and generated modules: what the
standard library's stubs cost is in both; they take turns. Needs an installed Motet, as `make venv` makes one; its
modules are compiled first, as pip does it with those of a package that it installs.
"""

from __future__ import annotations

import argparse
import compileall
import gc
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest.mock import patch

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
    """A project of so many modules and at least so many lines, half of them helpers; how many lines it has."""
    pairs = (modules - 2) // 2
    files = {
        "parties.py": PARTIES,
        "helpers/__init__.py": '"""Plain code."""\n',
        "pyproject.toml": "[tool.motet]\n",
    }
    for n in range(pairs):
        files[f"protocol_{n}.py"] = _filled(dedent(PROTOCOL), CHOREOGRAPHY, n, lines / pairs / 2)
        files[f"helpers/helper_{n}.py"] = _filled(
            '"""Helper {n}."""\n', HELPER, n, lines / pairs / 2
        )
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text.lstrip("\n"))
    return sum(
        text.lstrip("\n").count("\n") for path, text in files.items() if path.endswith(".py")
    )


def _filled(head: str, part: str, n: int, lines: float) -> str:
    text, k = head.format(n=n), 0
    while text.count("\n") < lines:
        text, k = text + part.format(n=n, k=k), k + 1
    return text


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time, and by the clock."""

    processor: float
    clock: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.processor + other.processor, self.clock + other.clock)


def measure(root: Path, rounds: int) -> dict[str, Cost]:
    """What each way to build and check the project in `root` costs."""
    cold, after, plain = [], [], []
    for _ in range(rounds):
        shutil.rmtree(root / ".motet_cache", ignore_errors=True)
        shutil.rmtree(root / "generated", ignore_errors=True)
        cold.append(_motet("build", root))
        after.append(_motet("check", root))
        plain.append(_mypy(root))
    figures = {"cold build": _least(cold), "check after it": _least(after)}
    figures["warm build"] = _least([_fresh(root / ".motet_cache", root) for _ in range(rounds)])
    figures["nothing to do"] = _least([_motet("build", root) for _ in range(rounds)])
    figures["python alone"] = _least(
        [_timed([sys.executable, "-c", "pass"], root) for _ in range(rounds)]
    )
    for what, edit in EDITS.items():
        path = _place(root, edit)
        if path is not None:
            costs = [_after(root, path, edit, number) for number in range(rounds)]
            figures[f"build after an edit of {what}"] = _least([build for build, _ in costs])
            figures["check after that"] = _least([check for _, check in costs])
    figures["mypy alone"] = _least(plain)
    whole, alone = figures["cold build"] + figures["check after it"], figures["mypy alone"]
    figures["cold build and check, in times of mypy"] = Cost(
        whole.processor / alone.processor, whole.clock / alone.clock
    )
    return figures


def _least(costs: list[Cost]) -> Cost:
    return Cost(min(c.processor for c in costs), min(c.clock for c in costs))


def _fresh(cache: Path, root: Path) -> Cost:
    (cache / "build.json").unlink(missing_ok=True)
    return _motet("build", root)


def _place(root: Path, edit: tuple[str, str]) -> Path | None:
    """The largest source with a line to edit."""
    sources = [path for path in root.rglob("*.py") if not _OTHERS & {*path.parts}]
    found = [path for path in sources if re.search(edit[0], path.read_text())]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def _after(root: Path, path: Path, edit: tuple[str, str], number: int) -> tuple[Cost, Cost]:
    """A build after an edit, and the check after that: a line more behind the last that looks like that."""
    pattern, line = edit
    text = path.read_text()
    *_, last = re.finditer(pattern, text)
    more = f"\n{last[1]}{line.format(number=number)}"
    path.write_text(text[: last.end()] + more + text[last.end() :])
    return _motet("build", root), _motet("check", root)


_OTHERS = frozenset({"generated", ".motet_cache"})
EDITS = {  # after what line, and which one is added
    "a choreography": (r"(?<=\n)( +)\w+(: [^\n]+)? = await [^\n]+(?=\n)", "# edit {number}"),
    "a location's method": (
        r"(?<=\n)( +)self\.\w+(: [^\n]+)? = [^\n\[({{]+(?=\n)",
        "more = {number}",
    ),
    "what all others see": (
        r"(?<=\n)()from motet import [^\n(]*Process(?=\n)",
        "import sys as sys_{number}",
    ),
}


def _motet(verb: str, root: Path) -> Cost:
    return _timed([sys.executable, "-m", "motetc", verb, str(root)], root)


def _mypy(root: Path) -> Cost:
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}", "."]
        return _timed(command, root)


def _timed(command: list[str], folder: Path) -> Cost:
    begin, start = _children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    clock = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout[:2000]}{done.stderr[:2000]}")
    return Cost(_children() - begin, clock)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _clock() -> float:
    """Processor time of this process and of those that it has waited for."""
    return time.process_time() + _children()


def stages(root: Path) -> dict[str, float]:
    """Where the processor time of a cold build goes, in one process: each function without those named below it."""
    begin = _clock()
    from motetc import analysis, build, forked, pipeline
    from motetc.backend import blacken, finish
    from motetc.backend import format as formatting
    from motetc.check.layers import Generated, checking
    from motetc.config import load_config
    from motetc.frontend import ahead, oracle_collect, oracle_more

    gc.set_threshold(200_000, 30, 30)  # as the command does
    watch = Watch({"imports": _clock() - begin})
    shutil.rmtree(root / ".motet_cache", ignore_errors=True)
    memory = InMemory.over(oracle_collect)
    watch.over(oracle_collect, "run_mypy", "mypy on the sources")
    watch.over(oracle_more, "check_more", "mypy on what was generated")
    watch.over(pipeline, "ask", "reading mypy's answers")
    watch.over(ahead, "read_sources", "parsing")
    watch.over(pipeline, "_read_syntax", "parsing")
    watch.over(pipeline.Lowered, "lower_all", "lowering")
    watch.over(analysis, "find_places", "places")
    watch.over(analysis, "project", "projection")
    watch.over(pipeline.Backend, "run", "writing modules")
    watch.over(formatting, "format_modules", "layout")
    watch.over(blacken, "format_text", "black")
    watch.over(finish, "align", "source maps")
    watch.over(build, "render_manifest", "the manifest")
    watch.over(build, "compile_built", "the rest")
    with patch.object(forked, "can_fork", return_value=False):
        built = build.compile_built(load_config(root))
        assert built.manifest
    with checking(Generated(built.config, built.files, {}), memory) as check:
        assert check.is_clean()
    return watch.spent


@dataclass
class InMemory:
    """Takes the part of the process that has mypy in memory, in this one."""

    runs: list[Any] = field(default_factory=list)
    said: list[str] | None = None

    @classmethod
    def over(cls, oracle: Any) -> Any:
        memory, collect = cls(), oracle.collect

        def collected(*arguments: object) -> object:
            found = collect(*arguments)
            memory.runs.append(found[1])
            return found

        oracle.collect = collected
        return memory

    def tell(self, *asked: Any) -> None:
        from motetc.frontend import oracle_more

        self.said = oracle_more.check_more(self.runs[0], *asked)

    def messages(self) -> list[str] | None:
        return self.said


@dataclass
class Watch:
    """Adds up what calls take, less what watched calls inside them take."""

    spent: dict[str, float]
    inner: list[float] = field(default_factory=list)

    def over(self, owner: object, name: str, key: str) -> None:
        original = getattr(owner, name)

        def watched(*arguments: object, **options: object) -> object:
            begin = _clock()
            self.inner.append(0.0)
            try:
                return original(*arguments, **options)
            finally:
                taken = _clock() - begin
                self.spent[key] = self.spent.get(key, 0.0) + taken - self.inner.pop()
                if self.inner:
                    self.inner[-1] += taken

        setattr(owner, name, watched)


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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for package in ("transpiler/motetc", "runtime_stub/motet"):
        compileall.compile_dir(ROOT / package, quiet=1)
    report: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        synthetic, example = Path(folder) / "synthetic", Path(folder) / "example"
        count = write_project(synthetic, options.modules, options.lines)
        source = largest_example()
        shutil.copytree(
            source, example, ignore=shutil.ignore_patterns("generated", ".motet_cache", "test_*")
        )
        report[f"example {source.name}"] = measure(example, options.rounds)
        report[f"synthetic, {options.modules} modules, {count} lines"] = measure(
            synthetic, options.rounds
        )
        spent = stages(synthetic)
    if options.json:
        rows = {name: {k: asdict(c) for k, c in f.items()} for name, f in report.items()}
        print(json.dumps({**rows, "where it goes": spent}, indent=1))
        return
    for name, figures in report.items():
        print(f"{name:42} processor    clock")
        for what, cost in figures.items():
            print(f"  {what:40} {cost.processor:9.2f}{cost.clock:9.2f}")
    print("where a cold build of the synthetic project spends its processor time")
    for what, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {what:40} {seconds:9.2f}")


if __name__ == "__main__":
    main()
