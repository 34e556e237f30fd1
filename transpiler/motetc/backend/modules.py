"""Writes the generated modules: what is included, in the source's order, below an import block of what is used."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.backend.closure import ModulePlan, find_wire
from motetc.backend.imports import Imports
from motetc.backend.nets import NetWriter
from motetc.backend.openings import ports_at, watched_by
from motetc.backend.output import OutputModule, StatementOrigin
from motetc.backend.plan import WIRE, Compiled, Plan
from motetc.backend.reads import reads_of
from motetc.backend.render import Renderer
from motetc.backend.sourcemap import parse, statements
from motetc.frontend.locations import registers_codec
from motetc.frontend.source import Definition
from motetc.frontend.tree import inner_statements
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import Choreography, Comm, Invoke, Role
from motetc.ir.types import Type
from motetc.ir.typetext import render_type
from motetc.ir.walk import operations

_EMPTY = cst.Module([])


@dataclass(slots=True)
class _Function:
    """A projected function, rendered, with the syntax whose positions are known."""

    node: cst.FunctionDef
    code: str
    renderer: Renderer
    index: int


@dataclass(slots=True)
class Backend:
    """Plans and writes all modules of one compilation."""

    plan: Plan
    modules: dict[tuple[str, str], ModulePlan] = field(default_factory=dict)
    functions: dict[tuple[str, str], list[_Function]] = field(default_factory=dict)
    pending: list[tuple[str, str, str]] = field(default_factory=list)
    wire: dict[str, set[str]] = field(default_factory=dict)
    wire_text: dict[str, list[str]] = field(default_factory=dict)
    coded: dict[str, set[str]] = field(default_factory=dict)
    named: dict[tuple[str, str, str], str] = field(default_factory=dict)
    copied: dict[tuple[str, int], tuple[StatementOrigin | None, ...]] = field(default_factory=dict)
    codecs_made: dict[tuple[str, Type], tuple[str, str]] = field(default_factory=dict)

    def run(self) -> tuple[OutputModule, ...]:
        """Every file below the output folder."""
        self.plan.find_plays()
        self.wire = find_wire(self.plan)
        for module, names in self.wire.items():
            for name in sorted(names):
                self.require(WIRE, module, name)
        for folder, key, role in sorted(self.plan.plays):
            self._project(folder, self.plan.compiled[key], role)
        for compiled in self.plan.compiled.values():
            self._nets(compiled)
        for location in self.plan.program.locations.values():
            if location.folder in self.plan.folders():
                self.require(location.folder, location.module, location.node.name.value)
        self._settle()
        self._loose_statements()
        self._settle()
        return tuple(self._emit())

    def require(self, folder: str, module: str, name: str) -> None:
        """A name must be there in a generated module. `name!`: also for users of the module as a whole."""
        self.pending.append((folder, module, name))

    def module(self, folder: str, module: str) -> ModulePlan:
        key = (folder, module)
        if key not in self.modules:
            source = self.plan.program.modules[module]
            self.modules[key] = ModulePlan(self.plan, folder, source, self.wire, self.require)
        return self.modules[key]

    def _settle(self) -> None:
        while self.pending:
            folder, module, name = self.pending.pop()
            target = self.module(folder, module)
            plain = name.removesuffix("!")
            target.need(plain)
            if plain in target.imports.members and (name.endswith("!")):
                target.imports.reexported.add(plain)

    # Projected functions

    def _project(self, folder: str, compiled: Compiled, role_name: str) -> None:
        choreography = compiled.choreography
        role = choreography.role(role_name)
        module = self.module(folder, choreography.module)
        projection = compiled.projections[role_name]
        used = compiled.choreography.locals | {projection.net}

        def callee(uid: int, formal: str | None) -> str:
            return self._callee(module, compiled, uid, role_name, formal, used)

        def annotation(type_: Type) -> str:
            return render_type(type_, self._type_namer(module, used))

        def member_type(cluster: str) -> str:
            name = self._type_namer(module, used)
            return f"{name('motet.MemberId')}[{self._location(module, choreography.role(cluster), used)}]"

        renderer = Renderer(
            module.source,
            compiled.names,
            callee,
            annotation,
            compiled.lines(),
            member_type,
            locals=choreography.locals,
            annotated={p.name for p in choreography.parameters}
            | {r.name for r in choreography.roles},
        )
        node = choreography.node
        footer = node.body.footer if isinstance(node.body, cst.IndentedBlock) else ()
        body = renderer.body(projection.pieces, footer)
        net = self.plan.net_name(choreography, role)
        net_local = module.imports.member(module.path_of(WIRE, choreography.module), net)
        variables = [r.location for r in choreography.roles if r.variable]
        params = f"[{', '.join(variables)}]" if variables else ""
        function = cst.FunctionDef(
            cst.Name(self.plan.function_name(choreography, role)),
            self._parameters(choreography, role, projection.net, f"{net_local}{params}", module),
            body,
            returns=cst.Annotation(self._returns(choreography, role)),
            asynchronous=cst.Asynchronous(),
            leading_lines=list(node.leading_lines)
            + [e for d in node.decorators for e in d.leading_lines]
            + list(node.lines_after_decorators),
        )
        code = _EMPTY.code_for_node(function)
        index = module.source.definitions[choreography.name].index
        self.functions.setdefault((folder, choreography.module), []).append(
            _Function(function, code, renderer, index)
        )
        module.need_all(function, code)
        for name in variables:
            module.need(name)

    def _parameters(
        self, choreography: Choreography, role: Role, net: str, net_type: str, module: ModulePlan
    ) -> cst.Parameters:
        written = next(p for p in _params(choreography.node) if p.name.value == role.name)
        first = cst.Param(cst.Name(role.name), written.annotation)
        second = cst.Param(cst.Name(net), cst.Annotation(cst.parse_expression(net_type)))
        places = {p.name: p for p in choreography.parameters}
        known = [
            p
            for p in _params(choreography.node)
            if p.name.value in places and role.name in places[p.name.value].place
        ]
        keyword = {p.name.value for p in choreography.node.params.kwonly_params}
        made = {
            p.name.value: cst.Param(
                cst.Name(p.name.value),
                cst.Annotation(places[p.name.value].inner),
                default=p.default,
            )
            for p in known
        }
        positional = [m for n, m in made.items() if n not in keyword]
        return cst.Parameters(
            [first, second, *positional], kwonly_params=[m for n, m in made.items() if n in keyword]
        )

    def _returns(self, choreography: Choreography, role: Role) -> cst.BaseExpression:
        mine = [r.inner for r in choreography.results if role.name in r.place]
        if not mine:
            return cst.Name("None")
        if len(mine) == 1:
            return mine[0]
        items = [cst.SubscriptElement(cst.Index(m)) for m in mine]
        return cst.Subscript(cst.Name("tuple"), items)

    def _callee(
        self,
        module: ModulePlan,
        compiled: Compiled,
        uid: int,
        role: str,
        formal: str | None,
        used: frozenset[str],
    ) -> str:
        op = compiled.operation(uid)
        assert isinstance(op, Invoke)
        callee = self.plan.compiled[op.callee].choreography
        formal = formal or op.played(role)[0][0]
        name = self.plan.function_name(callee, callee.role(formal))
        if callee.module == module.source.name:
            return name
        path = module.path_of(module.folder, callee.module)
        taken = name in used or (
            name in module.source.definitions and module.source.imports.get(name) is None
        )
        local = module.imports.members.get(name)
        if not taken and (local is None or local[:2] == (path, name)):
            module.imports.members[name] = (path, name, False)
            return name
        return module.imports.member(
            path, name, f"{callee.module.rpartition('.')[2]}_{name}" if taken else ""
        )

    # Types by name

    def _type_namer(
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
        if full.startswith("wire:"):
            path, _, member = full.removeprefix("wire:").rpartition(".")
            if module.folder == WIRE and module.source.name == path:
                return member
            return module.imports.member(module.path_of(WIRE, path), member)
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
        for local, imported in source.imports.items():
            if local in used:
                continue
            target = program.canonical(imported.full_name)
            if target == full:
                module.need(local, at_run_time=False)
                return local
            if (
                not imported.member
                and full.startswith(target + ".")
                and full.count(".") == target.count(".") + 1
            ) and target not in program.modules:
                module.need(local)
                return f"{local}.{full[len(target) + 1 :]}"
        return ""

    def _import_class(
        self, module: ModulePlan, owner: str, head: str, used: set[str] | frozenset[str]
    ) -> str:
        program = self.plan.program
        if owner in program.mirrored:
            location = program.locations.get(f"{owner}.{head}")
            folder = (
                location.folder
                if location
                else WIRE
                if head in self.wire.get(owner, ())
                else module.folder
            )
            self.require(folder, owner, head)
            types = location is not None and location.folder != module.folder
            if folder == module.folder and owner == module.source.name:
                return head
            return self._member(module, module.path_of(folder, owner), head, used, types)
        return self._member(module, owner, head, used, False)

    def _member(
        self, module: ModulePlan, path: str, name: str, used: set[str] | frozenset[str], types: bool
    ) -> str:
        wanted = f"{path.rpartition('.')[2]}_{name}" if name in used else ""
        return module.imports.member(path, name, wanted, types)

    def _location(
        self, module: ModulePlan, role: Role, used: set[str] | frozenset[str] = frozenset()
    ) -> str:
        if role.variable:
            module.need(role.location)
            return role.location
        return self._named(module, role.location, used)

    # Wire modules

    def _nets(self, compiled: Compiled) -> None:
        choreography = compiled.choreography
        module = self.module(WIRE, choreography.module)
        texts = self.wire_text.setdefault(choreography.module, [])
        name = self._type_namer(module)
        writer = NetWriter(
            self.plan,
            compiled,
            name,
            lambda t: render_type(t, name),
            lambda t, hint: self._codec(module, t, hint),
            lambda role: self._location(module, role),
        )
        classes = list(writer.classes())
        texts += [*writer.constants.values(), *classes]

    def _codec(self, module: ModulePlan, type_: Type, hint: str) -> tuple[str, str]:
        known = self.codecs_made.get((module.source.name, type_))
        if known is not None:
            return known
        for full in self.plan.codecs.needed(type_):
            self._class_codec(full)
        name = self._type_namer(module)
        definitions, encode, decode = self.plan.codecs.structural(type_, hint, name)
        texts = self.wire_text.setdefault(module.source.name, [])
        if definitions and definitions not in texts:
            texts.append(definitions)
        self.codecs_made[(module.source.name, type_)] = (encode, decode)
        return encode, decode

    def _class_codec(self, full: str) -> None:
        decl = self.plan.decl(full)
        if decl is None or full in self.coded.setdefault(decl.module, set()):
            return
        self.coded[decl.module].add(full)
        module = self._wire_module(decl.module)
        text = self.plan.codecs.class_codecs(full, self._type_namer(module))
        if text.strip():
            self.wire_text.setdefault(decl.module, []).append(text)

    def _wire_module(self, name: str) -> ModulePlan:
        """The wire module of any module, one outside the project included."""
        if name in self.plan.program.modules:
            return self.module(WIRE, name)
        key = (WIRE, name)
        if key not in self.modules:
            from motetc.frontend.source import SourceModule, parse

            empty = parse(next(iter(self.plan.program.modules.values())).path, name, name, "")
            assert isinstance(empty, SourceModule)
            self.modules[key] = ModulePlan(self.plan, WIRE, empty, self.wire, self.require)
        return self.modules[key]

    # Statements that bind nothing

    def _loose_statements(self) -> None:
        """A top-level statement for its effect goes to the locations that use what it mentions, else to all."""
        for (folder, _), module in list(self.modules.items()):
            for index, statement in enumerate(module.source.statements):
                if folder == WIRE:
                    if (
                        registers_codec(self.plan.program, module.source, statement.node)
                        and module.included
                    ):
                        module.included.add(index)
                        module.need_all(statement.node, statement.code)
                    continue
                if registers_codec(self.plan.program, module.source, statement.node):
                    continue
                if _is_loose(statement, index) and self._wants(module, statement):
                    module.included.add(index)
                    module.need_all(statement.node, statement.code)

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

    def _emit(self) -> Iterator[OutputModule]:
        packages: set[str] = set()
        for (folder, name), module in sorted(self.modules.items()):
            made = (
                self._wire_output(name, module)
                if folder == WIRE
                else self._location_output(folder, name, module)
            )
            if made is not None:
                yield made
                packages |= _packages(made.path)
        for folder in self.plan.folders():
            entry = self._entry(folder)
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
        if not functions and not module.included and not module.imports.reexported:
            return None
        body: list[tuple[int, _Function | None]] = [(i, None) for i in module.included]
        body += [(function.index, function) for function in functions]
        body.sort(key=lambda item: item[0])
        return self._module_output(self._path(folder, name, module), module, body)

    def _module_output(
        self, path: str, module: ModulePlan, body: Sequence[tuple[int, _Function | None]]
    ) -> OutputModule:
        texts, origins = list(_header_lines(module)), list[StatementOrigin | None]()
        if _has_docstring(module.source.tree):
            texts.append(module.source.statement(0))
            origins += self._copied(module, 0)
        module.imports.finish()
        lines = [*module.imports.render(), *self._phantoms(module)]
        texts.append("\n".join(lines).rstrip("\n") + "\n")
        origins += [None for line in lines if line not in ("", "else:")]
        for index, function in body:
            if function is None:
                texts.append(module.source.statement(index))
                origins += self._copied(module, index)
            else:
                texts.append(function.code)
                origins += _written(function, module)
        return OutputModule(path, "".join(texts), tuple(origins))

    def _copied(self, module: ModulePlan, index: int) -> tuple[StatementOrigin | None, ...]:
        """The origins of a statement of the source and of those in it."""
        key = module.source.name, index
        if key not in self.copied:
            nodes = inner_statements(module.source.statements[index].node)
            self.copied[key] = tuple(_at(module, node) for node in nodes)
        return self.copied[key]

    def _phantoms(self, module: ModulePlan) -> list[str]:
        """A foreign location that running code names (an alias, a cast) is a plain stand-in at run time."""
        names = sorted(
            n
            for n in module.objects
            if n in module.imports.members and module.imports.members[n][2]
        )
        return ["else:", *(f"    {n} = object" for n in names), ""] if names else []

    def _wire_output(self, name: str, module: ModulePlan) -> OutputModule | None:
        texts = self.wire_text.get(name, [])
        if not texts and not module.included:
            return None
        module.imports.finish()
        shown = module.source.relative if name in self.plan.program.modules else name
        lines = [
            f'"""What travels between the locations of {shown}."""',
            "",
            *module.imports.render(),
        ]
        lines += self._phantoms(module)
        definitions = "".join(module.source.statement(i) for i in sorted(module.included))
        text = "\n".join(lines) + "\n" + definitions + "\n\n" + "\n\n".join(texts) + "\n"
        return OutputModule(self._path(WIRE, name, module), text, self._wire_origins(text, name))

    def _wire_origins(self, text: str, name: str) -> tuple[StatementOrigin | None, ...]:
        """Endpoints and channels belong to the line of their operation."""
        found: dict[str, StatementOrigin] = {}
        for compiled in self.plan.compiled.values():
            if compiled.choreography.module == name:
                found.update(_channel_origins(compiled, self.plan))
        for key, origin in list(found.items()):
            found.setdefault(f".{key.rpartition('.')[2]}" if "." in key else key, origin)
        return tuple(_wire_origin(node, found) for node in statements(parse(text, name)))

    def _entry(self, folder: str) -> OutputModule:
        location = next(c for c in self.plan.program.locations.values() if c.folder == folder)
        name = location.node.name.value
        imports = Imports(own=self.plan.own)
        imports.member(f"{self.plan.package}.{folder}.{location.module}", name)
        entries: list[str] = []
        for _, compiled in sorted(self.plan.compiled.items()):
            role = next(
                (r for r in compiled.choreography.roles if r.location == location.full_name), None
            )
            if role is not None and not compiled.choreography.polymorphic:
                entries.append(self._entry_line(imports, compiled, role))
        main = imports.member("motet.node", "main")
        shown = location.node.name.value
        lines = [
            f'"""Run one `{shown}`: python -m {self.plan.package}.{folder} --help."""',
            "",
            *imports.render(),
        ]
        lines += ["ENTRIES = {", *entries, "}", ""]
        if not entries:
            entry = imports.member("motet.node", "Entry")
            lines = [
                f'"""Run one `{shown}`: python -m {self.plan.package}.{folder} --help."""',
                "",
                *imports.render(),
            ]
            lines += [f"ENTRIES: dict[str, {entry}] = {{}}", ""]
        lines += ['if __name__ == "__main__":', f"    {main}({name}, ENTRIES)", ""]
        return OutputModule(f"{folder}/__main__.py", "\n".join(lines))

    def _entry_line(self, imports: Imports, compiled: Compiled, role: Role) -> str:
        choreography = compiled.choreography
        member = imports.member
        entry, made = member("motet.node", "Entry"), member("motet.node", "Role")
        base = f"{self.plan.package}"
        folder = self.plan.program.locations[role.location].folder
        function = member(
            f"{base}.{folder}.{choreography.module}", self.plan.function_name(choreography, role)
        )
        net = member(f"{base}.{WIRE}.{choreography.module}", self.plan.net_name(choreography, role))
        roles = ", ".join(
            f'"{r.name}": {made}("{r.class_name}"{", cluster=True" if r.cluster else ""})'
            for r in choreography.roles
        )
        key = f"{choreography.module}:{choreography.name}"
        known = self.plan.program.choreographies
        given = f'plays="{role.name}", roles={{{roles}}}'
        if watched := watched_by(known, choreography):
            given += f", watched={list(watched)!r}"
        if ports := ports_at(known, choreography, role.name):
            given += f", ports={[p.name for p in ports]!r}"
        return f'    "{key}": {entry}({function}, {net}, {given}),'


def _params(node: cst.FunctionDef) -> list[cst.Param]:
    return [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]


def _is_loose(statement: Definition, index: int) -> bool:
    node = statement.node
    if statement.names or isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return False
    if isinstance(node, cst.If) and "__name__" in cst.Module([]).code_for_node(node.test):
        return False
    return not (isinstance(node, cst.SimpleStatementLine) and _is_string(node))


def _is_string(node: cst.SimpleStatementLine) -> bool:
    small = node.body[0]
    return isinstance(small, cst.Expr) and isinstance(
        small.value, (cst.SimpleString, cst.ConcatenatedString)
    )


def _mentioned(module: ModulePlan, statement: Definition) -> set[str]:
    return {n for n in reads_of(statement.code).all if n in module.source.definitions}


def _has_docstring(tree: cst.Module) -> bool:
    first = tree.body[0] if tree.body else None
    return isinstance(first, cst.SimpleStatementLine) and _is_string(first)


def _header_lines(module: ModulePlan) -> Iterator[str]:
    for line in module.source.tree.header:
        text = cst.Module([]).code_for_node(line)
        if text.strip() and not text.startswith("#!"):
            yield text


def _packages(path: str) -> set[str]:
    parts = path.split("/")[:-1]
    return {"/".join(parts[:i]) for i in range(1, len(parts) + 1)}


def _written(function: _Function, module: ModulePlan) -> Iterator[StatementOrigin | None]:
    """The origins of a projected function and of its statements."""
    for node in inner_statements(function.node):
        noted = function.renderer.origins.get(id(node))
        if noted is not None:
            yield noted[1]
        elif node is function.node:
            yield _at(module, module.source.statements[function.index].node)
        else:
            yield _at(module, node)


def _at(module: ModulePlan, node: cst.CSTNode) -> StatementOrigin | None:
    lines = module.source.positions.lines(node)
    return StatementOrigin(module.source.relative, *lines, "copied") if lines is not None else None


def _channel_origins(compiled: Compiled, plan: Plan) -> dict[str, StatementOrigin]:
    found: dict[str, StatementOrigin] = {}
    choreography = compiled.choreography
    for op in operations(choreography.body):
        if isinstance(op, (Comm, Invoke, Hop, Port)) and op.uid in compiled.names:
            name = compiled.names[op.uid]
            origin = StatementOrigin(op.span.path, op.span.line, op.span.end_line, "glue")
            found.setdefault(f"{choreography.name}_{name}".upper(), origin)
            for role in choreography.roles:
                found.setdefault(f"{plan.net_name(choreography, role)}.{name}", origin)
    for role in choreography.roles:
        span = choreography.span
        net = plan.net_name(choreography, role)
        found[net] = StatementOrigin(span.path, span.line, span.end_line, "glue")
    return found


def _wire_origin(node: ast.stmt, found: dict[str, StatementOrigin]) -> StatementOrigin | None:
    if isinstance(node, ast.AnnAssign):
        target = node.target
        if isinstance(target, ast.Name):
            return found.get(target.id)
        if isinstance(target, ast.Attribute):
            return found.get(f".{target.attr}")
    if isinstance(node, ast.ClassDef):
        return found.get(node.name)
    return None
