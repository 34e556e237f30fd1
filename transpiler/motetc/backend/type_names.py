"""By what text a generated module names a class, a function or a constant, importing it where it has to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from motetc.backend.closure import ModulePlan
from motetc.backend.plan import WIRE, Plan
from motetc.frontend.annotations import located_alias
from motetc.ir.roles import Role


@dataclass(slots=True)
class TypeNames:
    """Names of types in every generated module. `wire`: what is defined in wire modules."""

    plan: Plan
    wire: dict[str, set[str]]
    named: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def namer(
        self, module: ModulePlan, used: set[str] | frozenset[str] = frozenset()
    ) -> Callable[[str], str]:
        def name(full: str) -> str:
            return self._named(module, full, used)

        return name

    def _named(self, module: ModulePlan, full: str, used: set[str] | frozenset[str]) -> str:
        """The text by which `module` names a class, function or constant, imported if it has to be."""
        key = module.folder, module.source.name, full
        if used:
            return self._name(module, full, used)
        if key not in self.named:
            self.named[key] = self._name(module, full, used)
        return self.named[key]

    def _name(self, module: ModulePlan, full: str, used: set[str] | frozenset[str]) -> str:
        if full.startswith("alias:"):
            return self._wire_alias(module, full.removeprefix("alias:"))
        if full.startswith("wire:"):
            path, _, member = full.removeprefix("wire:").rpartition(".")
            if module.folder == WIRE and module.source.name == path:
                return member
            where = module.path_of(WIRE, path)
            if self.plan.among(module.source.name, path):
                package, _, last = where.rpartition(".")
                return f"{module.imports.member(package, last, f'{last}_wire')}.{member}"
            return module.imports.member(where, member)
        decl = self.plan.decl(full)
        home = decl.module if decl is not None else ""
        owner_name = home if home and full.startswith(home + ".") else full.rpartition(".")[0]
        qualified = full[len(owner_name) + 1 :]
        known = self._known(module, full, qualified, used)
        if known:
            return known
        head, _, tail = qualified.partition(".")
        local = self._import_class(module, owner_name, head, used)
        return f"{local}.{tail}" if tail else local

    def _known(
        self, module: ModulePlan, full: str, qualified: str, used: set[str] | frozenset[str]
    ) -> str:
        """The source's own way to say it."""
        source, program = module.source, self.plan.program
        head = qualified.partition(".")[0]
        if source.name not in program.mirrored:
            return ""
        if full == f"{source.name}.{qualified}" and head in source.definitions and head not in used:
            module.need(head, at_run_time=False)
            return qualified
        found = {
            local: (program.canonical(imported.full_name), imported.member)
            for local, imported in source.imports.items()
            if local not in used
        }
        for local, (target, _) in found.items():
            if target == full:
                module.need(local, at_run_time=False)
                return local
        owner, _, name = full.rpartition(".")
        for local, (target, member) in found.items():
            if target == owner and not member and target not in program.modules:
                module.need(local)
                return f"{local}.{name}"
        return ""

    def _import_class(
        self, module: ModulePlan, owner: str, head: str, used: set[str] | frozenset[str]
    ) -> str:
        program = self.plan.program
        if owner in program.mirrored:
            location = program.locations.get(f"{owner}.{head}")
            folder = (
                WIRE
                if head in self.wire.get(owner, ())
                else location.folder
                if location
                else module.folder
            )
            module.require(folder, owner, head)
            types = folder not in (WIRE, module.folder)
            if folder == module.folder and owner == module.source.name:
                return head
            return self._member(module, module.path_of(folder, owner), head, used, types)
        return self._member(module, owner, head, used, False)

    def _member(
        self, module: ModulePlan, path: str, name: str, used: set[str] | frozenset[str], types: bool
    ) -> str:
        wanted = f"{path.rpartition('.')[2]}_{name}" if name in used else ""
        return module.imports.member(path, name, wanted, types)

    def alias(self, module: ModulePlan, full: str, used: frozenset[str]) -> str:
        """What `module` calls an alias from the top level of a module of the program; nothing for any other.

        Those of other modules are imported for type checkers alone: a receiver need not load what its sender uses.
        """
        program = self.plan.program
        owner, name = program.split(full)
        if owner is None or "." in name or name not in owner.names:
            return ""
        if located_alias(program, owner, name) is not None:  # it names a location, too
            return ""
        if owner.name == module.source.name:
            return self._named(module, full, used)
        path = owner.name
        if owner.name in program.mirrored:
            folder = WIRE if name in self.wire.get(owner.name, ()) else module.folder
            module.require(folder, owner.name, name)
            path = module.path_of(folder, owner.name)
        imported = module.source.imports.items()
        local = next((n for n, i in imported if program.canonical(i.full_name) == full), "")
        if not local or local in used:
            return self._member(module, path, name, used, True)
        module.done.add(
            local
        )  # so that it is imported as a whole only if something runs that reads it
        module.import_as(path, name, local, types=True)
        return local

    def load(self, module: ModulePlan, names: Iterable[str]) -> None:
        """Import the aliases of a signature, by which arguments are read, where it runs, too."""
        members = module.imports.members
        for name in self.loaded(module, names):
            path, member, _ = members[name]
            members[name] = (path, member, False)

    def loaded(self, module: ModulePlan, names: Iterable[str]) -> list[str]:
        """Those of the names that are imported for type checkers alone, and may be of aliases."""
        members, program = module.imports.members, self.plan.program
        imported = {n: module.source.imports[n] for n in names if n in module.source.imports}
        return [
            name
            for name, found in imported.items()
            if name in members
            and members[name][2]
            and program.canonical(found.full_name) not in program.locations
        ]

    def _wire_alias(self, module: ModulePlan, full: str) -> str:
        """What a wire module calls an alias: one that is in a wire module, too, or in one that stays in place."""
        owner, name = self.plan.program.split(full)
        if owner is None or owner.name in self.plan.program.mirrored - {*self.wire}:
            return ""
        stays = owner.name not in self.plan.program.mirrored
        return (
            self.alias(module, full, frozenset()) if stays or name in self.wire[owner.name] else ""
        )

    def location(
        self, module: ModulePlan, role: Role, used: set[str] | frozenset[str] = frozenset()
    ) -> str:
        if role.variable:
            if not role.inline:
                module.need(role.location)
            return role.location
        return self._named(module, role.location, used)
