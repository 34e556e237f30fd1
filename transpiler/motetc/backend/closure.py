"""Which definitions of the sources each generated module holds, and what it imports from where.

A definition goes to the wire module if a payload type or the bound of a role's type variable is made of it, else into
the module of every location that uses it. Everything else of the source stays away: a location's module imports nothing
that only another location needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.backend.guarded import (
    binds,
    for_types_alone,
    is_for_types,
    is_guarded_try,
    looked_up_by,
    without_imports,
)
from motetc.backend.imports import Imports
from motetc.backend.inner_imports import InnerImports, Moved
from motetc.backend.plan import WIRE, Plan, net_variables
from motetc.backend.reads import read_at_once, read_by_parameters, reads_of
from motetc.frontend.locations import registers_codec
from motetc.frontend.oracle_unions import sayings
from motetc.frontend.outline import shadowed
from motetc.frontend.program import LocationClass
from motetc.frontend.source import Definition, SourceModule
from motetc.frontend.tree import Node, children
from motetc.ir.types import Type

Require = Callable[[str, str, str], None]
Needs = tuple[Imports, set[int], set[str], set[str], set[str], set[str]]


@dataclass(slots=True)
class ModulePlan:
    """One generated module: `folder` is a location's or the wire's. `included` holds indices of source statements."""

    plan: Plan
    folder: str
    source: SourceModule
    wire: dict[str, set[str]]
    require: Require
    imports: Imports = field(init=False)
    included: set[int] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    exported: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)  # foreign locations named by code that runs
    looked_up: set[str] = field(default_factory=set)  # names that code reads when it runs

    def __post_init__(self) -> None:
        if self.source.name not in self.plan.program.mirrored:
            self.imports = Imports(own=self.plan.own)
            return
        taken = set(self.source.definitions)
        if self.folder == WIRE:
            taken |= self.plan.net_names(self.source.name)
        for compiled in self.plan.compiled.values():
            if compiled.choreography.module == self.source.name and self.folder != WIRE:
                taken |= compiled.choreography.locals
        same = {n: (i.module, i.member) for n, i in self.source.imports.items()}
        comments = self.source.remarks
        self.imports = Imports(taken, same=same, own=self.plan.own, comments=comments)

    def needs(self) -> Needs:
        """What was found out so far, for a copy of this plan in another process."""
        return self.imports, self.included, self.done, self.exported, self.objects, self.looked_up

    def adopt(self, needs: Needs) -> None:
        """Go on from what a copy of this plan found out."""
        self.imports, self.included, self.done, self.exported, self.objects, self.looked_up = needs

    def path_of(self, folder: str, module: str) -> str:
        """A generated module's dotted name."""
        return f"{self.plan.package}.{folder}.{module}"

    def import_lines(self) -> list[str]:
        """The import block, once all needs are known, and what stands in at run time for locations elsewhere."""
        if self.folder != WIRE:
            self.imports.guard(for_types_alone(self.source, self.done - self.looked_up))
        self.imports.finish()
        self._find_late()
        members = self.imports.members
        names = sorted(n for n in self.objects if n in members and members[n][2])
        lines = self.imports.render()
        return [*lines[:-1], "else:", *(f"    {n} = object" for n in names), ""] if names else lines

    def _find_late(self) -> None:
        """Of modules that import this one, only what is used while this one is loaded comes before its own code."""
        cycle = self.plan.cycles.get(self.source.name)
        if cycle is None:
            return
        paths = {self.path_of(self.folder, name) for name in cycle}
        codes = (self.source.statements[i].code for i in self.included)
        at_once = frozenset().union(*map(read_at_once, codes))
        members, modules = self.imports.members.items(), self.imports.modules.items()
        found = {local: (m, f"{m}.{n}") for local, (m, n, types) in members if not types}
        found |= {local: (module, "") for local, (module, types) in modules if not types}
        late = {local for local, named in found.items() if not paths.isdisjoint(named)}
        self.imports.late = late - at_once

    def need(self, name: str, at_run_time: bool = True) -> None:
        """Make a top-level name of the source available here. Builtins and unknown names need nothing."""
        if name in self.done and not at_run_time:
            return
        definition = self.source.definitions.get(name)
        if definition is None:
            return
        self.done.add(name)
        if name in self.source.imports and not is_guarded_try(definition.node):
            self._need_import(name, at_run_time)
        elif self.folder != WIRE and name in self.wire.get(self.source.name, ()):
            types = is_for_types(definition.node)
            self.import_as(self.path_of(WIRE, self.source.name), name, name, types)
            self.require(WIRE, self.source.name, name)
        else:
            self._need_definition(name, at_run_time)

    def redirected(
        self, node: Node, code: str, moved: Moved, within: cst.CSTNode | None = None
    ) -> Node:
        """Code of the source with its inner imports as they are to be here."""
        if "import" not in code:
            return node
        inner = InnerImports(self.plan, self.folder, self.source, self.wire, self.require)
        return inner.redirected(node, moved, within)

    def statement(self, index: int) -> cst.BaseStatement:
        """A top-level statement as it is copied here."""
        definition = self.source.statements[index]
        node, code = definition.node, definition.code
        if isinstance(node, cst.SimpleStatementLine) and "import" in code:
            node = without_imports(self.source, node)
            if node is not definition.node:
                self.source.moved(node, definition.node)
        whole = self.source.tree if binds(self.source, definition) else None
        return self.redirected(node, code, self.source.moved, whole)

    def text(self, index: int) -> str:
        """The same as text, with the lines before it."""
        node = self.statement(index)
        if node is self.source.statements[index].node:
            return self.source.statement(index)
        return self.source.tree.code_for_node(node)

    def need_all(self, node: cst.CSTNode, code: str) -> None:
        """Make available what a piece of code reads, given as syntax and as text."""
        reads = reads_of(code)
        for name in sorted(reads.all):
            self.need(name, at_run_time=name in reads.running)
        if any(f"{name}." in code for name in self.source.imports):
            self._need_attributes(node)
            for text in reads.quoted:
                self._need_attributes(cst.parse_expression(text.strip()), at_run_time=False)

    def _need_definition(self, name: str, at_run_time: bool) -> None:
        full = f"{self.source.name}.{name}"
        location = self.plan.program.locations.get(full)
        if location is not None and not self._holds(location):
            self._foreign(location, name, at_run_time)
            return
        if full in self.plan.compiled:
            return
        for index, statement in enumerate(self.source.statements):
            if name in statement.names:
                self.include(index, statement)

    def _holds(self, location: LocationClass) -> bool:
        """Whether the class belongs to this folder: its own location, a base class of it, or one that all share."""
        if location.folder == self.folder:
            return True
        if location.node.name.value in self.wire.get(location.module, ()):
            return True
        mine = next(
            (c for c in self.plan.program.locations.values() if c.folder == self.folder), None
        )
        return mine is not None and location.full_name in self.plan.program.ancestors(
            mine.full_name
        )

    def _foreign(self, location: LocationClass, name: str, at_run_time: bool) -> None:
        """Another location's class is a phantom here: it is imported for type checkers alone."""
        self.require(location.folder, location.module, location.node.name.value)
        member = location.node.name.value
        self.import_as(self.path_of(location.folder, location.module), member, name, types=True)
        if at_run_time:
            self.objects.add(name)

    def include(self, index: int, statement: Definition) -> None:
        """Copy a top-level statement, and what it reads."""
        if index in self.included:
            return
        self.included.add(index)
        self.done.update(binds(self.source, statement))
        names = (f"{self.source.name}.{name}" for name in statement.names)
        located = any(name in self.plan.program.locations for name in names)
        self.looked_up |= looked_up_by(statement, located)
        self.need_all(statement.node, statement.code)
        self.statement(index)

    def import_as(self, module: str, member: str, local: str, types: bool = False) -> None:
        """Import a member under the name that the source has for it; `types`: for type checkers alone."""
        known = self.imports.members.get(local)
        only = types and (known is None or known[2])
        self.imports.members[local] = (module, member, only)

    def _need_import(self, name: str, at_run_time: bool) -> None:
        program = self.plan.program
        imported = self.source.imports[name]
        full = program.canonical(imported.full_name)
        owner, rest = program.split(full)
        if owner is not None and owner.name in program.mirrored:
            if rest:
                self._need_member(name, owner, rest, at_run_time)
            return
        if imported.member:
            self.import_as(imported.module, imported.member, name)
        elif name == imported.module.partition(".")[0] == imported.module:
            self._need_plain_import(name)
        else:
            self.imports.module(imported.module, name)

    def _need_plain_import(self, name: str) -> None:
        """`import a.b` binds `a`: keep every dotted import of the source that starts with it."""
        dotted = [m for m in self.source.dotted_imports() if m.partition(".")[0] == name]
        for module in dotted or [name]:
            if module not in self.plan.program.mirrored:  # those are imported where they are used
                self.imports.module(module, module)

    def _need_member(self, name: str, owner: SourceModule, rest: str, at_run_time: bool) -> None:
        member = rest.partition(".")[0]
        target = f"{owner.name}.{member}"
        location = self.plan.program.locations.get(target)
        if location is not None and not self._holds(location):
            self._foreign(location, name, at_run_time)
        elif target in self.plan.compiled:
            return
        elif member in self.wire.get(owner.name, ()):
            self.import_as(self.path_of(WIRE, owner.name), member, name)
            self.require(WIRE, owner.name, member)
        else:
            self.import_as(self.path_of(self.folder, owner.name), member, name)
            self.require(self.folder, owner.name, member)

    def _need_attributes(self, node: cst.CSTNode, at_run_time: bool = True) -> None:
        """`models.Quote` through a mirrored module that was imported as a whole."""
        if isinstance(node, cst.Attribute):
            self._need_attribute(node, at_run_time)
        for child in children(node):
            self._need_attributes(child, at_run_time and not isinstance(child, cst.Annotation))

    def _need_attribute(self, node: cst.Attribute, at_run_time: bool) -> None:
        program = self.plan.program
        head = node.value
        while isinstance(head, cst.Attribute):
            head = head.value
        if not isinstance(head, cst.Name) or head.value not in self.source.imports:
            return
        self._need_reexport(head.value, node)
        full = program.resolve(self.source, node)
        owner, rest = program.split(full or "")
        base = program.resolve(self.source, node.value)
        if (
            owner is None
            or owner.name not in program.mirrored
            or "." in rest
            or not rest
            or base != owner.name
        ):
            return
        if f"{owner.name}.{rest}" in self.plan.compiled:
            return
        self._whole_module(head.value, node.value, owner.name)
        self.require(self.folder, owner.name, f"{rest}!" if at_run_time else f"{rest}?!")

    def _need_reexport(self, local: str, node: cst.Attribute) -> None:
        """`pkg.Quote`, where the package only passes the name on; `pkg.mod.x` of a module that stays in place."""
        program = self.plan.program
        base = program.modules.get(program.resolve(self.source, node.value) or "")
        if base is None:
            return
        full = f"{base.name}.{node.attr.value}"
        passed_on = full not in program.modules or shadowed(program.modules, full) is not None
        if full in program.mirrored and not passed_on:
            return
        if base.name not in program.mirrored:
            imported = self.source.imports[local]
            if not imported.member and imported.module == local:
                self._need_plain_import(local)
        elif node.attr.value in base.imports and passed_on:
            self._whole_module(local, node.value, base.name)
            self.require(self.folder, base.name, f"{node.attr.value}!")

    def whole(self, module: str, used: frozenset[str]) -> str:
        """The name of another module of this folder, which is the source's own name for it, if that is not in use."""
        package, _, last = self.path_of(self.folder, module).rpartition(".")
        imports, canonical = self.source.imports.items(), self.plan.program.canonical
        local = next((n for n, i in imports if canonical(i.full_name) == module), "")
        if not local or local in used:
            return self.imports.member(package, last)
        self.imports.members[local] = (package, last, False)
        return local

    def _whole_module(self, local: str, expr: cst.BaseExpression, module: str) -> None:
        """This folder's module of the name, which passes on what it has from others."""
        path = self.path_of(self.folder, module)
        package, _, last = path.rpartition(".")
        if isinstance(expr, cst.Name):
            self.imports.members[local] = (package, last, False)
        else:  # `import pkg.mod`, used as `pkg.mod.X`
            self.imports.module(path)
            self.imports.members[local] = (f"{self.plan.package}.{self.folder}", local, False)


Wanted = tuple[str, str, str]  # by a module: a name of a module


def find_wire(
    plan: Plan, wanted_too: Iterable[Wanted] = ()
) -> tuple[dict[str, set[str]], set[Wanted]]:
    """For each mirrored module, the names whose definitions move to its wire module: payload types and their needs.

    And who wants which of them.
    """
    wire: dict[str, set[str]] = {}
    pending = [*_at_first(plan), *wanted_too]
    seen: set[Wanted] = set()
    while pending:
        wanted = pending.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        _, module_name, name = wanted
        names = wire.setdefault(module_name, set())
        if name in names:
            continue
        module = plan.program.modules[module_name]
        definition = module.definitions.get(name)
        if definition is None or name in module.imports:
            if name in module.imports:
                full = plan.program.canonical(module.imports[name].full_name)
                pending += ((module_name, *found) for found in _definition_of(plan, full))
            continue
        full = f"{module_name}.{name}"
        own = full in plan.program.locations and full not in plan.program.bounds
        if own or full in plan.compiled:
            continue
        for statement in (definition, *plan.acting.changing(module).get(name, ())):
            names.update(statement.names)
            pending += [(module_name, module_name, n) for n in reads_of(statement.code).all]
    return wire, seen


def _at_first(plan: Plan) -> Iterator[Wanted]:
    """What travels, what bounds the type variables of nets, and what has a codec of the user's."""
    for compiled in plan.compiled.values():
        home = compiled.choreography.module
        types = dict.fromkeys(compiled.facts.travelling())
        fulls = [full for type_ in types for full in plan.codecs.needed(type_)]
        fulls += [name for type_ in types for name in _newtypes(type_)]
        fulls += _aliases(plan, compiled.facts.travelling())
        module = plan.program.modules[home]
        declared = compiled.choreography.node.type_parameters
        names = frozenset(net_variables(compiled))
        if declared is not None:
            names = read_by_parameters(module.code(declared))
        for name in sorted(names):
            fulls.append(plan.program.resolve_name(module, name) or "")
        yield from ((home, *found) for full in fulls for found in _definition_of(plan, full))
    for home, registered in plan.program.registering.items():
        for full in registered:
            yield from ((home, *found) for found in _definition_of(plan, full))
    if plan.program.registering:
        yield from _codec_functions(plan)


def _codec_functions(plan: Plan) -> Iterator[Wanted]:
    """What the `register_codec` statements of mirrored modules mention."""
    for module_name in plan.program.mirrored & plan.program.modules.keys():
        module = plan.program.modules[module_name]
        for statement in module.statements:
            if registers_codec(plan.program, module, statement.node):
                yield from ((module_name, module_name, n) for n in reads_of(statement.code).all)


def _newtypes(type_: Type) -> Iterator[str]:
    if type_.kind == "newtype":
        yield type_.name
    for arg in type_.args:
        yield from _newtypes(arg)


def _aliases(plan: Plan, types: Iterable[Type]) -> Iterator[str]:
    """The aliases by which types are said, but for those that name a location when they are made."""
    said = dict.fromkeys(s.name for type_ in types for s in sayings(type_) if s is not None)
    yield from (full for full in said if full and not _names_location(plan, full, set()))


def _names_location(plan: Plan, full: str, seen: set[str]) -> bool:
    """Whether a definition reads a location, itself or by way of others, when it is made."""
    program = plan.program
    if full in program.locations and full not in program.bounds:
        return True
    found = _definition_of(plan, full) if full not in seen else []
    seen.add(full)
    for module_name, name in found:
        module = program.modules[module_name]
        definition = module.definitions.get(name)
        if definition is not None and name not in module.imports:
            reads = reads_of(definition.code).running
            names = (program.resolve_name(module, n) for n in sorted(reads))
            return any(_names_location(plan, n, seen) for n in names if n)
    return False


def _definition_of(plan: Plan, full: str) -> list[tuple[str, str]]:
    owner, rest = plan.program.split(full)
    if owner is None or owner.name not in plan.program.mirrored or not rest:
        return []
    return [(owner.name, rest.partition(".")[0])]
