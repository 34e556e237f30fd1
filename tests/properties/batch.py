"""Compiles many generated programs as one project, runs each under many delivery orders, compares with the oracle."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import motet
from caserun import importable, window_in, write_out
from motet.schedule import Outcome, Part, simulate
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config
from properties.direct import Direct, Result
from properties.programs import Generated
from properties.world import CLUSTER, world_source

Expected = Result | str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One program that did not do what it should."""

    module: str
    what: str


def expected(program: Generated) -> Result:
    """What the program comes to, by direct evaluation."""
    return Direct(_world(), [program.source], {CLUSTER: program.size}).run(
        "main", program.arguments
    )


@cache
def _world() -> dict[str, Any]:
    """The names of the module that all programs import, and of `motet`."""
    module = ModuleType("world_of_the_oracle")
    sys.modules[module.__name__] = module  # where dataclasses look for their annotations
    exec(compile(world_source(), "world.py", "exec", dont_inherit=True), module.__dict__)
    return {**vars(motet), **vars(module)}


def compile_batch(root: Path, programs: Sequence[Generated]) -> Built:
    """One project of modules `p0`, `p1`, …"""
    (root / "pyproject.toml").write_text("[tool.motet]\n", "utf-8")
    (root / "world.py").write_text(world_source(), "utf-8")
    for number, program in enumerate(programs):
        (root / f"p{number}.py").write_text(program.source, "utf-8")
    return compile_built(load_config(root))


def troubles(
    root: Path, programs: Sequence[Generated], seeds: Sequence[int], check: bool = True
) -> Iterator[Trouble]:
    """Everything that is wrong with a batch."""
    built = compile_batch(root, programs)
    found = [*built.compilation.diagnostics]
    if built.files and check:
        found += check_generated(generated_by(built))
    for item in found:
        yield Trouble(
            Path(item.span.path).stem,
            f"{item.span.path}:{item.span.line}: {item.code}: {item.message}",
        )
    if not built.files:
        return
    write_out(built)
    with importable(built):
        for number, program in enumerate(programs):
            module = f"p{number}"
            for text in _differences(module, program, seeds):
                yield Trouble(module, text)


def _differences(module: str, program: Generated, seeds: Sequence[int]) -> Iterator[str]:
    wanted = expected(program)
    run = _runner(module, program)
    for seed in seeds:
        outcome = run(seed)
        text = _compare(wanted, outcome)
        if text:
            yield f"seed {seed}: {text}"
            return


def _runner(module: str, program: Generated) -> Callable[[int], Outcome]:
    parts = {}
    for role in program.roles:
        main = importlib.import_module(f"generated.{role.kind.lower()}.__main__")
        entry = main.ENTRIES.get(f"{module}:main")
        if entry is not None:
            parts[role.kind] = Part(getattr(main, role.kind), entry)
    sizes = {role.name: program.size for role in program.roles if role.cluster}
    return lambda seed: simulate(parts, sizes, program.arguments, seed, window=window_in(seed))


def _compare(wanted: Result, outcome: Outcome) -> str:
    if outcome.errors:
        node, error = next(iter(outcome.errors.items()))
        return f"{node} failed: {type(error).__name__}: {error}"
    if outcome.deadlock or outcome.leftover:
        return f"stuck {[*outcome.deadlock]}, left {[*map(str, outcome.leftover)]}"
    if repr(sorted(outcome.results.items())) != repr(sorted(wanted.results.items())):
        return f"results {outcome.results}, not {wanted.results}"
    messages = {pair: count for pair, count in outcome.messages.items() if count}
    if messages != wanted.messages:
        return f"messages {messages}, not {wanted.messages}"
    return ""
