"""From a project directory to its generated modules: compile, format, check our own work, write what changed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from motetc import __version__
from motetc.again import find_parts, kept_choreographies, kept_files, remember, texts_of
from motetc.backend.manifest import BuiltFile, listed_files, render_manifest
from motetc.backend.recorded import NAME, read_manifest
from motetc.backend.write import Changes, apply, compare
from motetc.compilation import Compilation
from motetc.config import Config
from motetc.diagnostics.internal import SelfCheckError
from motetc.files import read_text, sha256, write_atomically
from motetc.frontend.ahead import Kept
from motetc.outside import is_outside_kept
from motetc.state import State, prepare_cache

Compile = Callable[[Config], Compilation]


@dataclass(frozen=True)
class Built:
    """One finished build, held in memory; nothing is written until `write`."""

    config: Config
    compilation: Compilation
    files: tuple[BuiltFile, ...]

    @cached_property
    def manifest(self) -> str:
        """The text of the manifest."""
        known = kept_choreographies(self.config, self.compilation)
        return render_manifest(self.files, self.compilation.choreographies, __version__, known)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Path below the output folder -> text."""
        return {file.path: file.text for file in self.files}

    @cached_property
    def ours(self) -> dict[str, set[str]]:
        """Path -> digests of what builds wrote: the last one, and those that were ended while they did."""
        ours = {path: set(digests) for path, digests in State(self.config).claims.items()}
        for path, digest in listed_files(read_manifest(self.config.output)).items():
            ours.setdefault(path, set()).add(digest)
        return ours

    @cached_property
    def changes(self) -> Changes:
        """What writing would do, and to which files a person has put their hand."""
        return compare(self.config.output, self.texts, self.ours)

    @property
    def manifest_drifted(self) -> bool:
        """True when the manifest on disk describes another build; a newer compiler alone is no drift."""
        return _without_version(self.manifest) != _without_version(
            read_text(self.config.output / NAME) or ""
        )


def compile_built(
    config: Config,
    compile_: Compile | None = None,
    kept: Kept | None = None,
    state: State | None = None,
) -> Built:
    """Compile and format the whole project; on findings of severity error, `files` is empty.

    With the `state` that the last build left, only what has changed since is compiled, where that gives the same.
    """
    with _no_collection():
        compilation = (
            compile_(config) if compile_ else compile_project(config, kept=kept, state=state)
        )
        return Built(config, compilation, format_modules(config, compilation))


def compile_project(
    config: Config,
    *,
    dump: Sequence[str] = (),
    kept: Kept | None = None,
    state: State | None = None,
) -> Compilation:
    """Compile a project; mypy begins while what else is needed is imported and the sources are parsed.

    In `kept` is then who answered; without it, nobody is asked more.
    """
    if kept is None:
        with Kept() as own:
            return compile_project(config, dump=dump, kept=own, state=state)
    with _no_collection():
        sources = kept.sources(config)
        from motetc.pipeline import compile_part, compile_sources

        parts = find_parts(state, sources) if state is not None else ()
        tried = (compile_part(config, sources, kept, part) for part in parts)
        made = next(filter(None, tried), None) or compile_sources(config, sources, kept, dump)
        return replace(made, texts=texts_of(sources)) if made.links is not None else made


@contextmanager
def _no_collection() -> Iterator[None]:
    """A compilation makes objects by the million and hardly a cycle of them: looking for some takes a tenth of it."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what is there counts as old, and is not looked through at once
        gc.unfreeze()
        gc.enable()


def format_modules(config: Config, compilation: Compilation) -> tuple[BuiltFile, ...]:
    """Every module in black's style, with its statements aligned to their sources."""
    if not compilation.modules and compilation.again is None:
        return ()
    from motetc.backend.finish import finish

    made = finish(compilation.modules, prepare_cache(config) / "black", compilation.again is None)
    files = (*made, *kept_files(config, compilation))
    return tuple(sorted(files, key=lambda file: file.path))


def write(built: Built, state: State) -> None:
    """Bring the output folder up to date and remember that it is."""
    _check_repeatable(built, state)
    for file in built.files:
        file.look_over()
    if changes := built.changes.write:
        state.claim({path: sha256(built.texts[path].encode()) for path in changes})
    apply(built.changes)
    if built.manifest_drifted:
        write_atomically(built.config.output / NAME, built.manifest)
    state.settle()
    if built.compilation.diagnostics:
        state.forget()  # warnings are to be shown each time
    else:
        state.save(built.config.output, built.texts, built.compilation.outside)
        remember(state, built.compilation)


def _check_repeatable(built: Built, state: State) -> None:
    """A second build of the same inputs gives the same bytes: the last one's digests say what it gave."""
    saved: Mapping[str, Any] = state.load()
    if saved.get("inputs") != state.inputs or not is_outside_kept(saved):
        return
    now = {path: sha256(text.encode()) for path, text in built.texts.items()}
    differing = sorted(path for path in now if saved["made"].get(path) != now[path])
    if differing:
        state.forget()
        raise SelfCheckError(f"two builds of the same sources differ in {', '.join(differing)}")


def _without_version(manifest: str) -> str:
    return "\n".join(line for line in manifest.splitlines() if not line.startswith('  "motet": '))
