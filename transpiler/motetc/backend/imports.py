"""The import block of one generated module: only what is used, sorted, no two names for one thing."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(slots=True)
class Imports:
    """Collects imports. `taken` holds the names that the module uses for something else."""

    taken: set[str] = field(default_factory=set)
    modules: dict[str, tuple[str, bool]] = field(
        default_factory=dict
    )  # local name -> (module, only for types)
    members: dict[str, tuple[str, str, bool]] = field(
        default_factory=dict
    )  # local name -> (module, member, types)
    reexported: set[str] = field(default_factory=set)
    same: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # what the source itself imports under a name
    own: frozenset[str] = frozenset()  # top-level packages of the project, which come last
    late: set[str] = field(default_factory=set)  # local names that are imported at the end
    comments: Mapping[str, str] = field(
        default_factory=dict
    )  # by module, what the source says behind its import

    said: dict[str, str] = field(default_factory=dict)  # the same of what is loaded for its effect
    guarding: str = ""  # the condition below which is what only checkers import

    def member(self, module: str, member: str, wanted: str = "", types: bool = False) -> str:
        """Import `member` of `module`; gives the local name, `wanted` or the member's own unless that is taken."""
        for local, (m, n, only) in self.members.items():
            if (m, n) == (module, member) and wanted in ("", local):
                self.members[local] = (m, n, only and types)
                return local
        local = self._free(wanted or member, module)
        self.members[local] = (module, member, types)
        return local

    def module(self, module: str, wanted: str = "", types: bool = False) -> str:
        """Import a module, under `wanted` or its own dotted name."""
        local = wanted or module
        known = self.modules.get(local)
        self.modules[local] = (module, types and (known is None or known[1]))
        return local

    def _free(self, name: str, module: str) -> str:
        if self.same.get(name) == (module, name) and name not in self.members:
            return name
        if name not in self.taken and name not in self.members and name not in self.modules:
            return name
        prefix = module.rpartition(".")[2]
        candidate, number = f"{prefix}_{name}", 2
        while candidate in self.taken or candidate in self.members or candidate in self.modules:
            candidate, number = f"{prefix}_{name}_{number}", number + 1
        return candidate

    def render(self) -> list[str]:
        """The block's lines: future, standard library, others, the project's own below."""
        lines = ["from __future__ import annotations", ""]
        for group in self._groups(types=False):
            lines += [*group, ""]
        guarded = [line for group in self._groups(types=True) for line in group]
        if guarded:
            lines += [f"if {self.guarding}:", *(f"    {line}" for line in guarded), ""]
        return lines

    def render_late(self) -> list[str]:
        """What has to wait until this module has all that others want of it; none is the rule."""
        lines = [line for group in self._groups(types=False, late=True) for line in group]
        reason = "# Down here, because what is imported imports this module, too."
        return [reason, *lines, ""] if lines else []

    def guard(self, names: Set[str]) -> None:
        """Import what has these names for type checkers alone."""
        for local in names & self.members.keys():
            self.members[local] = (*self.members[local][:2], True)
        for local, (module, _) in self.modules.items():
            if local.partition(".")[0] in names:
                self.modules[local] = (module, True)

    def loaded(self) -> set[str]:
        """The modules of which members are imported, not only for types."""
        return {path for path, _, types in self.members.values() if not types}

    def finish(self) -> None:
        """Once all is collected: what guards need, and no module for its effect that is loaded for what is in it."""
        for path in self.said.keys() & self.loaded():
            self.modules.pop(path, None)
        if any(t for *_, t in self.members.values()) or any(t for _, t in self.modules.values()):
            self.guarding = self._guarding()

    def _guarding(self) -> str:
        """What checkers take for true: they go by the name, which the module may have for something else."""
        if self._free("TYPE_CHECKING", "typing") == "TYPE_CHECKING":
            return self.member("typing", "TYPE_CHECKING", "TYPE_CHECKING")
        return f"{self.module('typing', self._free('typing', 'typing'))}.TYPE_CHECKING"

    def _groups(self, types: bool, late: bool = False) -> list[list[str]]:
        groups: dict[int, list[tuple[int, str, str]]] = {}
        for local, (module, only) in self.modules.items():
            if only == types and (local in self.late) == late:
                text = f"import {module}" if local == module else f"import {module} as {local}"
                text += self._comment(module)
                groups.setdefault(self._rank(module), []).append((0, module, text))
        for module, names in self._by_module(types, late).items():
            text = f"from {module} import {', '.join(names)}{self._comment(module)}"
            groups.setdefault(self._rank(module), []).append((1, module, text))
        return [[text for _, _, text in sorted(groups[rank])] for rank in sorted(groups)]

    def _comment(self, module: str) -> str:
        comment = self.comments.get(module) or self.said.get(module)
        return f"  {comment}" if comment else ""

    def _by_module(self, types: bool, late: bool) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for local, (module, member, only) in sorted(self.members.items(), key=_order):
            if only == types and (local in self.late) == late:
                same = local == member and local not in self.reexported
                found.setdefault(module, []).append(member if same else f"{member} as {local}")
        return found

    def _rank(self, module: str) -> int:
        head = module.partition(".")[0]
        return 2 if head in self.own else 0 if head in sys.stdlib_module_names else 1


def _order(item: tuple[str, tuple[str, str, bool]]) -> tuple[int, str, str]:
    """As isort: constants, classes, functions."""
    local, (_, member, _) = item
    kind = 0 if member.isupper() and len(member) > 1 else 1 if member[:1].isupper() else 2
    return kind, member, local
