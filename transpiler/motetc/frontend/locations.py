"""Finds location classes, location type variables and `@pure` functions, and which modules must be mirrored."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related
from motetc.frontend.annotations import unquote
from motetc.frontend.outline import packages
from motetc.frontend.program import CLUSTER, PROCESS, LocationClass, Program, dotted_name
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import bounded_variables, children, methods_of, parameters

_REGISTER = frozenset({"motet.register_codec", "motet.codec.register_codec"})
_OWN_CODEC = frozenset({"__motet_encode__", "__motet_decode__"})
RESERVED_FOLDERS = frozenset({"wire", "manifest"})


def find_locations(program: Program, findings: Findings) -> None:
    """Fill `program.locations`, `variables` and `pure`; refuse folders that clash."""
    pending = [
        (module, statement.node)
        for module in program.modules.values()
        for statement in module.statements
        if isinstance(statement.node, cst.ClassDef)
    ]
    found = {PROCESS: False, CLUSTER: True}
    changed = True
    while changed:
        changed = False
        for module, node in pending:
            full = f"{module.name}.{node.name.value}"
            kind = next((found[b] for b in _bases(program, module, node) if b in found), None)
            if full not in found and kind is not None:
                found[full] = kind
                program.locations[full] = LocationClass(
                    full, module.name, node, kind, folder_of(node.name.value)
                )
                changed = True
    _find_variables(program, found)
    _find_pure(program)
    _find_codecs(program)
    _refuse_clashes(program, findings)
    for location in program.locations.values():
        _refuse_arguments(program, location, findings)
        if location.cluster:
            _refuse_identity(program, location, findings)


def folder_of(class_name: str) -> str:
    """`TxnCoordinator` lives in `txn_coordinator`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name)
    return spaced.lower()


def _bases(program: Program, module: SourceModule, node: cst.ClassDef) -> list[str]:
    return [full for arg in node.bases if (full := program.resolve(module, arg.value))]


def _find_variables(program: Program, found: dict[str, bool]) -> None:
    for module in program.modules.values():
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.SimpleStatementLine):
                for small in node.body:
                    _add_variable(program, module, small, found)
            elif isinstance(node, cst.FunctionDef):
                for _, bound in bounded_variables(node):
                    _add_bound(program, module, bound)


def _add_variable(
    program: Program, module: SourceModule, small: cst.BaseSmallStatement, found: dict[str, bool]
) -> None:
    if not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Call):
        return
    if program.resolve(module, small.value.func) not in (
        "typing.TypeVar",
        "typing_extensions.TypeVar",
    ):
        return
    for arg in small.value.args:
        if arg.keyword is not None and arg.keyword.value == "bound":
            bound = program.resolve(module, unquote(arg.value))
            if bound in found and isinstance(small.targets[0].target, cst.Name):
                program.variables[f"{module.name}.{small.targets[0].target.value}"] = found[bound]
                _add_bound(program, module, arg.value)


def _add_bound(program: Program, module: SourceModule, written: cst.BaseExpression) -> None:
    """A location class that bounds a type variable is there for whoever plays the role."""
    bound = program.resolve(module, unquote(written))
    if bound is not None and bound in program.locations:
        own = program.bounding.setdefault(module.name, set())
        own |= {bound, *program.ancestors(bound)}


def _find_pure(program: Program) -> None:
    """Marked functions and classes, and marked methods, also by the names of the classes that inherit them."""
    classes: dict[str, tuple[SourceModule, cst.ClassDef]] = {}
    for module in program.modules.values():
        for statement in module.statements:
            node = statement.node
            if not isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                continue
            if _marked_pure(program, module, node):
                program.pure.add(f"{module.name}.{node.name.value}")
            if isinstance(node, cst.ClassDef):
                classes[f"{module.name}.{node.name.value}"] = module, node
    for full in classes:
        marked = _marks(program, classes, full, frozenset())
        program.pure |= {f"{full}.{name}" for name, pure in marked.items() if pure}


def _marks(
    program: Program,
    classes: Mapping[str, tuple[SourceModule, cst.ClassDef]],
    full: str,
    below: frozenset[str],
) -> dict[str, bool]:
    """The methods of a class, inherited ones too, and whether they are marked."""
    if full not in classes or full in below:
        return {}
    module, node = classes[full]
    found: dict[str, bool] = {}
    for arg in reversed(node.bases):
        written = arg.value.value if isinstance(arg.value, cst.Subscript) else arg.value
        base = program.resolve(module, written) or ""
        found |= _marks(program, classes, base, below | {full})
    return found | {n.name.value: _marked_pure(program, module, n) for n in methods_of(node)}


def _marked_pure(
    program: Program, module: SourceModule, node: cst.FunctionDef | cst.ClassDef
) -> bool:
    return any(program.resolve(module, d.decorator) == "motet.pure" for d in node.decorators)


def _find_codecs(program: Program) -> None:
    """Classes given to `register_codec` at the top level of a module, and those that bring a codec as methods."""
    for module in program.modules.values():
        found = set(_registered(program, module))
        if found:
            program.registering[module.name] = found


def _registered(program: Program, module: SourceModule) -> Iterator[str]:
    for statement in module.statements:
        node = statement.node
        if (
            isinstance(node, cst.ClassDef)
            and {n.name.value for n in methods_of(node)} >= _OWN_CODEC
        ):
            yield f"{module.name}.{node.name.value}"
        if registers_codec(program, module, statement.node):
            call = statement.node.body[0].value  # type: ignore[attr-defined]
            full = program.resolve(module, call.args[0].value) if call.args else None
            if full:
                yield program.unaliased(full)


def registers_codec(program: Program, module: SourceModule, node: cst.CSTNode) -> bool:
    """Whether a statement is a call of `motet.register_codec`."""
    if not isinstance(node, cst.SimpleStatementLine) or not isinstance(node.body[0], cst.Expr):
        return False
    call = node.body[0].value
    return isinstance(call, cst.Call) and program.resolve(module, call.func) in _REGISTER


def _refuse_arguments(program: Program, location: LocationClass, findings: Findings) -> None:
    """A location is made where it runs, by nobody who could give it arguments."""
    module = program.modules[location.module]
    body = location.node.body.body if isinstance(location.node.body, cst.IndentedBlock) else ()
    for node in body:
        if isinstance(node, cst.FunctionDef) and node.name.value == "__init__":
            wanted = [
                p
                for p in (*node.params.posonly_params, *node.params.params)[1:]
                if p.default is None
            ]
            wanted += [p for p in node.params.kwonly_params if p.default is None]
            if wanted:
                name, extra = location.node.name.value, wanted[0].name.value
                findings.error(
                    "unsupported-syntax",
                    module.span(wanted[0]),
                    f"`{name}.__init__` takes `{extra}`: a location is made without arguments",
                    f"pass it as a located value, `{extra}: At[…, {name}]`, or give it a default",
                )


def _refuse_identity(program: Program, location: LocationClass, findings: Findings) -> None:
    """A member is told which one it is when it has been made."""
    module, name = program.modules[location.module], location.node.name.value
    for node in methods_of(location.node):
        first = parameters(node.params)[:1]
        if node.name.value != "__init__" or not first:
            continue
        this = first[0].name.value
        for read in _identity_reads(node.body, this):
            code = module.code(read)
            text = f"`{code}` is not known yet in `__init__`: a member is told which one it is when it has been made"
            help = f"read it where it is needed, in another method or a property of `{name}`"
            findings.error("unknown-value", module.span(read), text, help)


def _identity_reads(node: cst.CSTNode, this: str) -> Iterator[cst.CSTNode]:
    """Where code asks `self` who it is; not what it makes to be called later."""
    match node:
        case cst.Attribute(cst.Name(value), cst.Name("me" | "members")) if value == this:
            yield node
        case cst.Call(cst.Name("len"), [cst.Arg(cst.Name(value))]) if value == this:
            yield node
        case cst.FunctionDef() | cst.Lambda():
            pass
        case cst.AssignTarget(cst.Attribute(cst.Name(value))) if value == this:
            pass  # what it assigns to may be taken, which is told elsewhere
        case cst.AnnAssign(cst.Attribute(cst.Name(value)), _, assigned) if value == this:
            if assigned is not None:
                yield from _identity_reads(assigned, this)
        case _:
            for child in children(node):
                yield from _identity_reads(child, this)


def _refuse_clashes(program: Program, findings: Findings) -> None:
    taken: dict[str, LocationClass] = {}
    for location in sorted(program.locations.values(), key=lambda c: (c.module, c.full_name)):
        module = program.modules[location.module]
        span = module.span(location.node.name)
        name = location.node.name.value
        if keyword.iskeyword(location.folder):
            text = f"location `{name}` would be written to the folder `{location.folder}`, a keyword of Python"
            findings.error(
                "unsupported-syntax", span, text, f"rename the class, for example `{name}Node`"
            )
        elif location.folder in RESERVED_FOLDERS:
            findings.error(
                "unsupported-syntax",
                span,
                f"location `{name}` would be written to the folder `{location.folder}`, which holds the wire modules",
                f"rename the class, for example `{name}Node`",
            )
        elif location.folder in taken:
            other = taken[location.folder]
            where = program.modules[other.module].span(other.node.name)
            findings.error(
                "unsupported-syntax",
                span,
                f"locations `{other.full_name}` and `{location.full_name}` would both be written "
                f"to `{location.folder}`",
                f"rename one of the two classes `{name}`",
                (Related(where, f"`{other.full_name}` has the folder `{location.folder}`"),),
            )
        else:
            taken[location.folder] = location


def find_mirrored(program: Program) -> None:
    """Modules with locations or choreographies, and those that import from such a module: one module per location.

    A helper that imports a payload class from a located module has to be mirrored too: otherwise it would hold a
    second class of the same name. So has one in a package that is: to import it would load what others need. (Not
    if it has to stay where it is, by `__file__` or a star.)
    """
    located = {c.module for c in program.locations.values()}
    for module in program.modules.values():
        if any(_is_choreography(program, module, s.node) for s in module.statements):
            located.add(module.name)
    mirrored = set(located)
    changed = True
    while changed:
        changed = False
        for module in program.modules.values():
            loaded = {*program.imported_modules(module)}
            if not module.stars and "__file__" not in module.text:
                loaded |= {*packages(module.name)}
            if module.name not in mirrored and mirrored & loaded:
                mirrored.add(module.name)
                changed = True
    program.mirrored = mirrored


def _is_choreography(program: Program, module: SourceModule, node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.FunctionDef)
        and choreography_decorator(program, module, node) is not None
    )


def choreography_decorator(
    program: Program, module: SourceModule, node: cst.FunctionDef
) -> cst.Decorator | None:
    """The `@choreography` above a function, if there is one."""
    for decorator in node.decorators:
        target = decorator.decorator
        named = target.func if isinstance(target, cst.Call) else target
        if dotted_name(named) and program.resolve(module, named) == "motet.choreography":
            return decorator
    return None
