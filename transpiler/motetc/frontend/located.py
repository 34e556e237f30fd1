"""Reading `At[T, L]` and `Each[T, W]`: which locations of a choreography know the value."""

from __future__ import annotations

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.frontend.annotations import located_alias, located_items, union_parts, unquote
from motetc.frontend.meant import meant_located
from motetc.frontend.naming import snake
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for
from motetc.ir.place import ONE, OWN, SAME, Place
from motetc.ir.roles import Role


def read_located(
    program: Program,
    module: SourceModule,
    annotation: cst.BaseExpression,
    roles: tuple[Role, ...],
    findings: Findings,
    lost: dict[str, tuple[Span, str]] | None = None,
) -> tuple[Place, cst.BaseExpression] | None:
    """Read `At[T, L]`, `At[T, A | B]`, `Each[T, W]`; a location that plays no role goes to `lost` or is refused."""
    shown = unquote(annotation)
    if isinstance(shown, cst.Name):
        shown = located_alias(program, module, shown.value) or shown
    items = located_items(program, module, shown)
    if not isinstance(shown, cst.Subscript) or not items:
        return None
    form = program.resolve(module, shown.value)
    modes: dict[str, str] = {}
    for part in union_parts(unquote(items[1])):
        role = _played(program, module, part, roles)
        if role is None:
            name, span = code_for(part), module.span(annotation)
            instead = _instead(program, module, annotation, roles, name)
            if lost is not None:
                lost.setdefault(name, (span, instead))
            else:
                refuse_place(name, span, roles, findings, instead)
            continue
        if form == "motet.Each" and not role.cluster:
            text = f"`Each` is for clusters, and `{role.class_name}` is a Process"
            findings.error(
                "missing-place", module.span(annotation), text, f"write `At[…, {role.class_name}]`"
            )
        modes[role.name] = (OWN if form == "motet.Each" else SAME) if role.cluster else ONE
    return Place(modes), unquote(items[0])


def _played(
    program: Program, module: SourceModule, part: cst.BaseExpression, roles: tuple[Role, ...]
) -> Role | None:
    """The role of a location that is named by its class, or by a type variable."""
    full = program.resolve(module, part) or ""
    own = any(r.inline and full == f"builtins.{r.location}" for r in roles)
    variable = own or full in program.variables
    wanted = full
    if variable:
        wanted = part.value if isinstance(part, cst.Name) else full.rpartition(".")[2]
    return next((r for r in roles if r.location == wanted and r.variable == variable), None)


def _instead(
    program: Program,
    module: SourceModule,
    annotation: cst.BaseExpression,
    roles: tuple[Role, ...],
    name: str,
) -> str:
    """What an annotation was meant to be in which a name is of no role; "" where nothing says that."""
    homes = (r.location.rpartition(".")[0] for r in roles if r.class_name == name)
    home = next((h for h in homes if h in module.imports), "")
    if home:
        return module.code(annotation).replace(name, f"{home}.{name}")
    return meant_located(program, module, annotation, roles)


def refuse_place(
    name: str, span: Span, roles: tuple[Role, ...], findings: Findings, instead: str
) -> None:
    """A value is said to be at what is no location here. `instead`: what was meant."""
    text = f"`{name}` is the place of a value, but no location of this choreography"
    help = f"write `{instead}`" if instead else f"add it as a parameter, `{snake(name)}: {name}`"
    if roles and not instead:
        help += f", or name one of {', '.join(dict.fromkeys(r.class_name for r in roles))}"
    findings.error("missing-place", span, text, help)
