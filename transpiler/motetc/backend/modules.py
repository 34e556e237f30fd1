"""Writes the generated modules: what is included, in the source's order, below an import block of what is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import libcst as cst

from motetc.backend.acting import changes_of, is_loose
from motetc.backend.asked import Coming, Request, asked, declared, entered
from motetc.backend.closure import ModulePlan, Needs, Require, Wanted, find_wire
from motetc.backend.effects import Effects
from motetc.backend.entries import entry_module
from motetc.backend.functions import Function, Functions
from motetc.backend.links import Links, Part, Row
from motetc.backend.origins import copied_origins
from motetc.backend.output import OutputModule, StatementOrigin
from motetc.backend.plan import WIRE, Compiled, Plan, Play
from motetc.backend.reads import reads_of
from motetc.backend.shares import shares
from motetc.backend.type_names import TypeNames
from motetc.backend.wires import Wires
from motetc.forked import Forked
from motetc.frontend.locations import registers_codec
from motetc.frontend.source import Definition, SourceModule, parse
from motetc.frontend.tree import code_for, is_string

_CODING: Final = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-.\w]")
Key = tuple[str, str]  # a folder and a source module
Written = tuple[dict[Key, tuple[list[Function], Needs]], list[Request]]


@dataclass(slots=True)
class Backend:
    """Plans and writes all modules of one compilation."""

    plan: Plan
    part: Part | None = None
    modules: dict[tuple[str, str], ModulePlan] = field(default_factory=dict)
    functions: dict[tuple[str, str], list[Function]] = field(default_factory=dict)
    pending: list[Request] = field(default_factory=list)
    wire: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, set[Row]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # by path
    effects: Effects = field(init=False)
    copied: dict[tuple[str, int], tuple[StatementOrigin | None, ...]] = field(default_factory=dict)

    def run(self) -> tuple[OutputModule, ...]:
        """Every file below the output folder."""
        coming = Coming(self.part)
        self.plan.find_plays(coming.plays)
        self.wire, wanted = find_wire(self.plan, coming.wire)
        if self.part is not None:
            self.wire = _merged(self.part, self.wire)
        self.plan.name_all(self.wire, coming.names, coming.codecs)
        self.pending += coming.requests
        for module, names in self.wire.items():
            self.pending += [(module, WIRE, module, name) for name in sorted(names)]
        type_names = TypeNames(self.plan, self.wire)
        wires = Wires(self.plan, type_names, self._wire_module, again=self.again)
        with self._written_functions(Functions(self.plan, type_names)):
            self._write_nets(wires, coming)
        folders = self.plan.folders() if self.part is None else self.part.before.folders
        for location in self.plan.program.locations.values():
            if location.folder in folders:
                name = f"{location.node.name.value}!"
                self.pending.append((location.module, location.folder, location.module, name))
        self._settle()
        self.effects = Effects(self.plan, self.wire, self.modules, self.module)
        while self._loose_statements() or self._registering() or self.effects.load():
            self._settle()
        made = tuple(self._emit(wires))
        self._note(made, wires, wanted)
        return made

    def _write_nets(self, wires: Wires, coming: Coming) -> None:
        """In the order of the modules, since codecs are written when they are first wanted."""
        compiled: dict[str, list[Compiled]] = {}
        for found in self.plan.compiled.values():
            compiled.setdefault(found.choreography.module, []).append(found)
        for module in self.plan.program.everything:
            for full in coming.codecs_by.get(module, ()):
                wires.class_codec(full)
            for found in compiled.get(module, ()) if self._is_wanted(module) else ():
                wires.add_nets(found)

    def links(self, types: Mapping[str, str], classes: Callable[[str], str]) -> Links:
        """What the modules that were written ask of others, after `run`; and digests of mypy's answers."""
        names: dict[str, dict[str, str]] = {}
        for (module, *what), name in self.plan.names.given.items():
            names.setdefault(str(module), {})[repr(what)] = name
        return Links(
            {by: frozenset(r for r in rows if r[0] != by) for by, rows in self.rows.items()},
            {module: frozenset(found) for module, found in self.wire.items()},
            names,
            self.plan.used,
            frozenset(self.plan.program.mirrored),
            frozenset(self.plan.folders()),
            types,
            {module: classes(module) for module in types if self._is_wanted(module)},
        )

    def _note(self, made: Iterable[OutputModule], wires: Wires, wanted: Iterable[Wanted]) -> None:
        """All that is asked but what was noted before."""
        plan, rows = self.plan, self.rows
        noted = [*declared(plan.program), *asked(plan, wires.wanted, wanted), *entered(plan)]
        noted += [(name, ("", "folder", folder)) for folder, name in self.modules]
        noted += [(self.homes[m.path], ("", "path", m.path)) for m in made if m.path in self.homes]
        for by, row in noted:
            rows.setdefault(by, set()).add(row)

    @property
    def again(self) -> frozenset[str] | None:
        """The source modules for which something is written, if not for all."""
        return self.part.again if self.part is not None else None

    def _is_wanted(self, module: str) -> bool:
        return self.part is None or module in self.part.again

    @contextmanager
    def _written_functions(self, writer: Functions) -> Iterator[None]:
        """In two shares, of which another process writes the second if it can, with time for something else meanwhile:
        the order is the same in any case.
        """
        plan = self.plan
        wanted = (p for p in plan.plays if self._is_wanted(plan.home(p[1])))
        mine, theirs = shares(plan, wanted)
        other = Forked((lambda: self._written(writer, theirs)) if theirs else None)
        self._write(writer, mine)
        yield
        written = other.result()
        if written is None:
            self._write(writer, theirs)
            return
        for (folder, name), (functions, needs) in written[0].items():
            self.functions[folder, name] = functions
            self.module(folder, name).adopt(needs)
        self.pending += written[1]

    def _write(self, writer: Functions, plays: Iterable[Play]) -> None:
        for folder, key, role in plays:
            compiled = self.plan.compiled[key]
            name = compiled.choreography.module
            made = writer.write(self.module(folder, name), compiled, role)
            self.functions.setdefault((folder, name), []).append(made)

    def _written(self, writer: Functions, plays: Sequence[Play]) -> Written:
        """What a copy of this process has to tell of its share."""
        known = len(self.pending)
        self._write(writer, plays)
        found = {key: (made, self.modules[key].needs()) for key, made in self.functions.items()}
        return found, self.pending[known:]

    def _require(self, of: str) -> Require:
        """For a source module: a name must be there in a generated module. `name!`: also for users of the module as a
        whole.
        """

        def require(folder: str, module: str, name: str) -> None:
            self.pending.append((of, folder, module, name))

        return require

    def module(self, folder: str, module: str) -> ModulePlan:
        key = (folder, module)
        if key not in self.modules:
            source = self.plan.program.modules[module]
            self.modules[key] = ModulePlan(
                self.plan, folder, source, self.wire, self._require(module)
            )
        return self.modules[key]

    def _wire_module(self, name: str) -> ModulePlan:
        """The wire module of any module, one outside the project included."""
        if name in self.plan.program.modules:
            return self.module(WIRE, name)
        key = (WIRE, name)
        if key not in self.modules:
            empty = parse(next(iter(self.plan.program.modules.values())).path, name, name, "")
            assert isinstance(empty, SourceModule)
            self.modules[key] = ModulePlan(self.plan, WIRE, empty, self.wire, self._require(name))
        return self.modules[key]

    def _settle(self) -> None:
        while self.pending:
            by, folder, module, name = self.pending.pop()
            self.rows.setdefault(by, set()).add((module, "request", folder, name))
            if not self._is_wanted(module):
                continue
            target = self.module(folder, module)
            plain = name.rstrip("?!")
            target.need(plain, at_run_time="?" not in name)
            if plain in target.imports.members and (name.endswith("!")):
                target.imports.reexported.add(plain)

    # Statements that bind nothing

    def _loose_statements(self) -> bool:
        """A top-level statement for its effect goes to the locations that use what it mentions, else to all; what
        changes something of the wire module goes there. Whether any did.
        """
        found = False
        for (folder, _), module in list(self.modules.items()):
            for index, statement in enumerate(module.source.statements):
                if index not in module.included and self._is_due(folder, module, statement):
                    module.include(index, statement)
                    found = True
        return found

    def _is_due(self, folder: str, module: ModulePlan, statement: Definition) -> bool:
        if not is_loose(statement):
            return False
        if registers_codec(self.plan.program, module.source, statement.node):
            return folder == WIRE and bool(module.included)
        if self._changes_wire(module.source, statement):
            return folder == WIRE
        return folder != WIRE and self._wants(module, statement)

    def _changes_wire(self, source: SourceModule, statement: Definition) -> bool:
        changed = changes_of(self.plan.acting, source, statement)
        return not changed.isdisjoint(self.wire.get(source.name, ()))

    def _registering(self) -> bool:
        """Definitions that register themselves go to the locations that have what they register in; whether any did."""
        found = False
        for (folder, _), module in list(self.modules.items()):
            for index, kept in self._registered(module) if folder != WIRE else ():
                if index not in module.included and kept & self._present(module):
                    module.include(index, module.source.statements[index])
                    found = True
        return found

    def _registered(self, module: ModulePlan) -> Iterator[tuple[int, frozenset[str]]]:
        """The definitions of a module that register themselves, and in what."""
        for index, kept in self.plan.acting.registering(module.source):
            if self._is_ordinary(module.source, module.source.statements[index]):
                yield index, kept

    def _is_ordinary(self, source: SourceModule, statement: Definition) -> bool:
        """Whether it is a definition that goes to any module at all, and not to the wire module."""
        names = set(statement.names)
        mine = {f"{source.name}.{name}" for name in names}
        return bool(names) and not (
            mine & self.plan.program.locations.keys()
            or mine & self.plan.compiled.keys()
            or names & self.wire.get(source.name, set())
            or names & source.imports.keys()
        )

    def _wants(self, module: ModulePlan, statement: Definition) -> bool:
        own = _mentioned(module, statement)
        if not own or own & self._present(module):
            return True
        others = [m for (f, n), m in self.modules.items() if n == module.source.name and f != WIRE]
        return not any(own & self._present(m) for m in others)

    def _present(self, module: ModulePlan) -> set[str]:
        bound = {n for i in module.included for n in module.source.statements[i].names}
        return bound | set(module.imports.members) | set(module.imports.modules)

    # Output

    def _emit(self, wires: Wires) -> Iterator[OutputModule]:
        packages: set[str] = set()
        for (folder, name), module in sorted(self.modules.items()):
            made = (
                wires.output(self._path(WIRE, name, module), name, module)
                if folder == WIRE
                else self._location_output(folder, name, module)
            )
            if made is not None:
                yield made
                self.homes[made.path] = name
                packages |= _packages(made.path)
        if self.part is not None:
            return
        for folder in self.plan.folders():
            entry = entry_module(self.plan, folder)
            yield entry
            packages |= _packages(entry.path)
        existing = {m.path for m in self._init_modules()}
        for package in sorted(packages | {""}):
            path = f"{package}/__init__.py".lstrip("/")
            if path not in existing:
                yield OutputModule(path, "")

    def _init_modules(self) -> Iterator[OutputModule]:
        for (folder, name), module in self.modules.items():
            if module.source.is_package:
                yield OutputModule(f"{folder}/{name.replace('.', '/')}/__init__.py", "")

    def _path(self, folder: str, name: str, module: ModulePlan) -> str:
        tail = name.replace(".", "/") + ("/__init__.py" if module.source.is_package else ".py")
        return f"{folder}/{tail}"

    def _location_output(self, folder: str, name: str, module: ModulePlan) -> OutputModule | None:
        functions = self.functions.get((folder, name), [])
        imported = module.imports.reexported or (folder, name) in self.effects.passing
        if not functions and not module.included and not imported:
            return None
        body: list[tuple[int, Function | None]] = [(i, None) for i in module.included]
        body += [(function.index, function) for function in functions]
        body.sort(key=lambda item: item[0])
        return self._module_output(self._path(folder, name, module), module, body)

    def _module_output(
        self, path: str, module: ModulePlan, body: Sequence[tuple[int, Function | None]]
    ) -> OutputModule:
        texts, origins = list(_header_lines(module)), list[StatementOrigin | None]()
        if _has_docstring(module.source.tree):
            texts.append(module.text(0))
            origins += self._copied(module, 0)
        lines = module.import_lines()
        texts.append("\n".join(lines).rstrip("\n") + "\n")
        below, last = len(texts), 0
        origins += [None for line in lines if line not in ("", "else:")]
        for index, function in body:
            apart = _is_apart(module.source, last, index)
            last = index + 1
            if function is None:
                text = module.text(index)
                texts.append(f"\n{text}" if apart and not text.startswith("\n") else text)
                origins += self._copied(module, index)
            else:
                texts.append(function.code)
                origins += function.origins
        if below < len(texts) and not texts[below].startswith("\n"):
            texts[below] = (
                "\n" + texts[below]
            )  # the statement stood close to another, which is not here
        late = module.imports.render_late()
        texts += [f"\n\n{line}\n" if line.startswith("#") else f"{line}\n" for line in late]
        origins += [None for line in late if line and not line.startswith("#")]
        return OutputModule(path, "".join(texts), partial(tuple, origins))

    def _copied(self, module: ModulePlan, index: int) -> tuple[StatementOrigin | None, ...]:
        """The origins of a statement of the source and of those in it."""
        key = module.source.name, index
        if module.statement(index) is not module.source.statements[index].node:
            return tuple(copied_origins(module, index))
        if key not in self.copied:
            self.copied[key] = tuple(copied_origins(module, index))
        return self.copied[key]


def _mentioned(module: ModulePlan, statement: Definition) -> set[str]:
    own = module.source.definitions.keys() - {*statement.names}
    return {n for n in reads_of(statement.code).all if n in own}


def _has_docstring(tree: cst.Module) -> bool:
    first = tree.body[0] if tree.body else None
    return first is not None and is_string(first)


def _is_apart(source: SourceModule, start: int, stop: int) -> bool:
    """Whether there is a blank line above one of some statements, which are not here."""
    return any(source.statement(index).startswith("\n") for index in range(start, stop))


def _header_lines(module: ModulePlan) -> Iterator[str]:
    """The comments before all else, without what is said to a shell and of the file's encoding.

    Python reads a declaration of that in the first two lines: no other comment that looks like one gets there.
    """
    lines = [code_for(line) for line in module.source.tree.header]
    lines = [line for n, line in enumerate(lines) if n > 1 or not _CODING.match(line)]
    lines = [line for line in lines if line.strip() and not line.startswith("#!")]
    free = next((n for n, line in enumerate(lines[:2]) if _CODING.match(line)), 2)
    yield from (*lines[:free], *["#\n"] * (2 - free), *lines[free:])


def _packages(path: str) -> set[str]:
    parts = path.split("/")[:-1]
    return {"/".join(parts[:i]) for i in range(1, len(parts) + 1)}


def _merged(part: Part, found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What is in wire modules, of the modules that are compiled again and of all others."""
    return {
        **{
            module: set(names)
            for module, names in part.before.wire.items()
            if module not in part.again
        },
        **{module: names for module, names in found.items() if module in part.again},
    }
