"""Random programs as modules of one project: written, built, held to the strict check, and run."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from caserun import importable, window_in, write_out
from motet.schedule import Part, simulate
from motetc.build import Built, compile_built
from motetc.check.layers import check_generated, generated_by
from motetc.config import load_config
from motetc.diagnostics.model import Diagnostic


class Made(Protocol):
    """A random program."""

    def make(self) -> str:
        """Its text."""
        ...


class Played(Made, Protocol):
    """One whose roles are played by locations called like them."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Who takes part."""
        ...

    def expected(self) -> Mapping[str, object]:
        """What it comes to in one process."""
        ...


P = TypeVar("P", bound=Made)
ORDERS = range(6)


def troubles(
    root: Path, world: str, programs: Mapping[str, P], first: Callable[[str, P], Iterable[str]]
) -> Iterator[str]:
    """Everything that is wrong with some programs, each a module of one project beside `world`; `first`: with a run."""
    texts = {name: program.make() for name, program in programs.items()}
    built, found = build(root, {"world": world, **texts})
    for item in found:
        yield f"{item.span.path}:{item.span.line}: {item.code}: {item.message}"
    if built.files:
        with importable(built):
            for name, program in programs.items():
                yield from (f"{name}, {what}" for what in first(name, program))


def first_difference(
    parts: Mapping[str, Part],
    wanted: Mapping[str, object],
    orders: Iterable[int],
    sizes: Mapping[str, int] | None = None,
) -> Iterator[str]:
    """What is wrong with the first order of delivery in which the locations' results are not those that are wanted."""
    for order in orders:
        outcome = simulate(parts, sizes, seed=order, window=window_in(order))
        if not outcome.ok or dict(outcome.results) != wanted:
            yield f"order {order}: {outcome}, not {wanted}"
            return


def first_trouble(name: str, program: Played) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    parts = parts_of(name, map(str.title, program.roles))
    return first_difference(parts, program.expected(), ORDERS)


def parts_of(name: str, locations: Iterable[str]) -> dict[str, Part]:
    """What the locations run of the `main` of a generated module."""
    parts: dict[str, Part] = {}
    for location in locations:
        module = importlib.import_module(f"generated.{location.lower()}.__main__")
        parts[location] = Part(getattr(module, location), module.ENTRIES[f"{name}:main"])
    return parts


def build(root: Path, modules: Mapping[str, str]) -> tuple[Built, list[Diagnostic]]:
    """The project with its modules generated and written, if they could be; and everything that is found in it."""
    (root / "pyproject.toml").write_text("[tool.motet]\n", "utf-8")
    for name, text in modules.items():
        (root / f"{name}.py").write_text(text, "utf-8")
    built = compile_built(load_config(root))
    found = [*built.compilation.diagnostics]
    if built.files:
        found += check_generated(generated_by(built))
        write_out(built)
    return built, found
