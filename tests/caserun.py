"""Runs a built program in this process, under the deterministic scheduler: no sockets, no subprocess, no waiting."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from motet.hosting.elements import element_of
from motet.hosting.manifests import Manifest
from motet.hosting.tracebacks import source_line
from motet.hosting.typed_arguments import read_arguments
from motet.locations import Cluster
from motet.schedule import Outcome, Part, PerLocation, PerMember, simulate
from motet.values_told import result_form
from motetc.build import Built
from motetc.files import write_atomically
from motetc.run.request import Request, make_request

_WINDOWS: Final = (None, 1, 2)


def window_in(order: int) -> int | None:
    """How many messages of a channel may be on their way in one order: with few, senders wait for slow receivers."""
    return _WINDOWS[order % len(_WINDOWS)]


@dataclass(frozen=True)
class Answer:
    """What came of a run: the object that `motet run --json` prints, or what it says of a failure."""

    summary: dict[str, Any]
    failure: str | None = None


def run_in_memory(built: Built, arguments: Sequence[str], seed: int = 0) -> Answer:
    """Run the program; `arguments` are those of `motet run`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("choreography")
    parser.add_argument("--arg", action="append", default=[])
    parser.add_argument("--size", action="append", default=[])
    options = parser.parse_args(arguments)
    manifest = json.loads(built.manifest)
    key = options.choreography
    request = make_request(key, manifest["choreographies"][key], options.arg, options.size)
    write_out(built)
    with importable(built), contextlib.redirect_stdout(io.StringIO()):
        return _answer(
            *_simulate(built, request, seed), request, Manifest(built.config.output, manifest)
        )


def write_out(built: Built) -> None:
    """The generated tree, where the program's imports look for it."""
    for path, text in built.texts.items():
        write_atomically(built.config.output / path, text)


@contextlib.contextmanager
def importable(built: Built) -> Iterator[None]:
    """The program's modules can be imported, and are forgotten afterwards."""
    modules, path = set(sys.modules), list(sys.path)
    roots = [str(built.config.output.parent), *map(str, built.config.sources)]
    sys.path[:0] = roots
    importlib.invalidate_caches()
    gc.freeze()  # what was there before is not looked through at the end
    dont_write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = dont_write
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if _is_below(sys.modules[name], roots):
                del sys.modules[name]
        with warnings.catch_warnings():  # a program may leave its files for its end to close
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        gc.unfreeze()


def _is_below(module: ModuleType, roots: Sequence[str]) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
    return any(str(place).startswith(root) for place in places if place for root in roots)


def _simulate(built: Built, request: Request, seed: int) -> tuple[Outcome, dict[str, Part]]:
    parts: dict[str, Part] = {}
    arguments: dict[str, PerLocation] = {}
    for played in request.locations:
        module = importlib.import_module(f"{built.config.output.name}.{played.folder}.__main__")
        entry = module.ENTRIES[request.choreography]
        parts[played.location] = Part(getattr(module, played.location), entry)
        for name, argument in request.arguments.items():
            if played.location in argument.needed_at:
                values = [_read(entry.function, name, text) for text in argument.texts]
                given = arguments.setdefault(name, PerLocation())
                given[played.location] = PerMember(values) if argument.own else values[0]
    sizes = {item.role: item.size for item in request.locations if item.size is not None}
    return simulate(parts, sizes, arguments, seed), parts


def _read(function: Any, name: str, text: str) -> object:
    return read_arguments(function, {name: json.loads(text)})[name]


def _answer(
    outcome: Outcome, parts: Mapping[str, Part], request: Request, manifest: Manifest
) -> Answer:
    summary = {
        "results": {
            name: _form(parts[name], outcome.results[name])
            for name in request.results
            if name in outcome.results
        },
        "messages": {f"{a}->{b}": n for (a, b), n in sorted(outcome.messages.items()) if n},
    }
    return Answer(summary, _failure(outcome, manifest))


def _form(part: Part, result: Any) -> object:
    """The JSON form of a location's result; of a cluster, that of each member."""
    if issubclass(part.location, Cluster):
        return [result_form(part.entry.function, own) for own in result]
    return result_form(part.entry.function, result)


def _failure(outcome: Outcome, manifest: Manifest) -> str | None:
    parts = [_told(str(node), error, manifest) for node, error in outcome.errors.items()]
    if not parts:
        parts = [f"stuck: {line}" for line in outcome.deadlock] + [
            f"left behind: {x}" for x in outcome.leftover
        ]
    return "\n".join(parts) or None


def _told(node: str, error: BaseException, manifest: Manifest) -> str:
    where = source_line(error, manifest)
    element = element_of(error, manifest)
    at = f" (in a loop, at {element})" if element else ""
    return f"{node} failed{f' at {where}' if where else ''}: {type(error).__name__}: {error}{at}"
