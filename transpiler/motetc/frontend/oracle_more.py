"""More modules for a mypy that is still in memory: what it has read and checked it need not read again.

mypy's own daemon goes on from a finished build in this way: the graph is loaded on, and what is new in it is checked.
These are inner parts of mypy, so they are used of the versions that they were tried with, and whoever asks must be able
to do with a run of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from mypy import build
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource, BuildSourceSet
from mypy.version import __version__

from motetc.frontend.oracle_request import Request
from motetc.frontend.oracle_run import Checked, primed, quiet, room, source_of

_TRIED: Final = ("2.4",)


def check_more(checked: Checked, request: Request, fresh: frozenset[str]) -> list[str] | None:
    """mypy's messages about the files of `request`, as `run_mypy` has them; None if that cannot be said here."""
    result = checked.result
    if result is None or __version__.rpartition(".")[0] not in _TRIED:
        return None
    known = len(checked.messages)
    try:
        with quiet(io.StringIO()), room():
            found = _Loaded(result).check(request, fresh)
    except (CompileError, SystemExit, Exception):
        return None
    return checked.messages[known:] if found else None


class _Loaded:
    """A finished build, to be gone on with once."""

    def __init__(self, result: build.BuildResult) -> None:
        self.manager, self.graph = result.manager, result.graph
        self.before = frozenset(result.graph)
        done = self.manager.done_sccs
        self.done = {m for m in self.before if self.manager.scc_by_mod_id[m].id in done}

    def check(self, request: Request, fresh: frozenset[str]) -> bool:
        """Whether every file of the request was checked, or had been with nothing changed since."""
        new = [source_of(file, file.module in fresh) for file in request.files]
        if any(source.module in self.before for source in new):
            return False
        self._admit(request, new)
        added: list[build.State] = []
        build.load_graph(new, self.manager, self.graph, added)
        names = {state.id for state in added}
        if self._changes_what_was(names) or not names.issuperset(s.module for s in new):
            return False
        for state in added:
            self.manager.import_map[state.id] = state.dependencies_set
        for component in self._components():
            if component.mod_ids <= names:
                self._check(component)
        self.manager.commit()
        return True

    def _admit(self, request: Request, new: Iterable[BuildSource]) -> None:
        """mypy finds the new files where the request says, and reads them as the request asks."""
        manager = self.manager
        for module in sorted(request.fast):
            known = manager.options.per_module_options.get(module, {})
            manager.options.per_module_options[module] = {**known, "native_parser": True}
        manager.options.build_per_module_cache()
        given, own = primed(request.files), manager.fscache
        own.read_cache.update(given.read_cache)
        own.hash_cache.update(given.hash_cache)
        own.stat_or_none_cache.update(given.stat_or_none_cache)
        old = (BuildSource(path, name) for name, path in manager.source_set.source_modules.items())
        manager.source_set = BuildSourceSet([*old, *new])
        manager.find_module_cache.source_set = manager.source_set
        manager.find_module_cache.clear()

    def _changes_what_was(self, names: set[str]) -> bool:
        """Whether a module that was there imports one that was not."""
        return any(not names.isdisjoint(self.graph[name].dependencies) for name in self.before)

    def _components(self) -> list[build.SCC]:
        """The graph's components in order, each numbered anew; what has been looked at is known as such."""
        components, manager = build.sorted_components(self.graph), self.manager
        manager.scc_by_id = {component.id: component for component in components}
        manager.top_order = [component.id for component in components]
        manager.scc_by_mod_id = {
            m: component for component in components for m in component.mod_ids
        }
        manager.done_sccs = {c.id for c in components if c.mod_ids <= self.done}
        return components

    def _check(self, component: build.SCC) -> None:
        stale, _ = build.find_stale_sccs([component], self.graph, self.manager)
        for found in stale:
            for name in found.mod_ids:
                self.graph[name].mark_as_rechecked()
            build.process_stale_scc(self.graph, found, self.manager)
