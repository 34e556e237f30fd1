"""A choreography's signature: its locations, its located parameters and what it returns where."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.locations import annotation_name, choreography_decorator, unquote
from motetc.frontend.meant import meant_located
from motetc.frontend.naming import snake
from motetc.frontend.outline import API
from motetc.frontend.program import CLUSTER, PROCESS, Program, dotted_name
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import bounded_variables, children, code_for, parameters
from motetc.frontend.unplaced import (
    Unplaced,
    first_of,
    inner_place,
    inner_type,
    located_alias,
    located_items,
)
from motetc.ir.nodes import Choreography, Parameter, Result, Role
from motetc.ir.place import ONE, OWN, SAME, Place


def find_choreographies(program: Program, findings: Findings) -> None:
    """Fill `program.choreographies` with signatures; bodies come later."""
    told: set[str] = set()
    for module in program.modules.values():
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.FunctionDef) and choreography_decorator(program, module, node):
                _add(program, module, node, findings, told)
            _refuse_nested(program, module, node, findings)


def _add(
    program: Program,
    module: SourceModule,
    node: cst.FunctionDef,
    findings: Findings,
    told: set[str],
) -> None:
    span = module.span(node.name)
    own = choreography_decorator(program, module, node)
    if (
        node.asynchronous is None
        and own is not None
        and _refuse_plain(program, module, node, own, findings)
    ):
        key = f"{module.name}.{node.name.value}"
        program.choreographies[key] = Choreography(
            key, module.name, node, (), (), (), span, understood=False
        )
        return
    others = [d for d in node.decorators if d is not own]
    if others:
        code = module.code(others[0].decorator)
        text = f"choreography `{node.name.value}` is decorated with `{code}`, too, which would run at no location"
        help = "keep `@choreography` alone, and decorate a local function"
        findings.error("unsupported-syntax", module.span(others[0].decorator), text, help)
    reader = _Signature(program, module, node, findings)
    count = len(findings)
    roles = reader.roles()
    located, results = reader.parameters(roles), reader.results(roles)
    reader.settle(roles, told)
    choreography = Choreography(
        f"{module.name}.{node.name.value}",
        module.name,
        node,
        roles,
        located,
        results,
        span,
        reasons=frozenset(reader.reasons()),
        results_known=len(findings) == count and reader.understood,
        understood=reader.understood and node.asynchronous is not None,
    )
    program.choreographies[choreography.key] = choreography


def _refuse_plain(
    program: Program,
    module: SourceModule,
    node: cst.FunctionDef,
    own: cst.Decorator,
    findings: Findings,
) -> bool:
    """A choreography that is no `async def`; whether it takes or gives live collections, and is meant as a pipeline."""
    name = node.name.value
    text = f"choreography `{name}` is not `async def`"
    help = f"write `async def {name}(…)`"
    annotations = [p.annotation for p in parameters(node.params)] + [node.returns]
    declares = any(
        a is not None and _live(program, module, unquote(a.annotation)) is not None
        for a in annotations
    )
    if declares:
        text = f"`{name}` takes or gives live collections in a plain `def`: it is a pipeline, and no choreography"
        help = f"write `@{module.code(own.decorator).replace('choreography', 'pipeline')}` above it"
    findings.error("unsupported-syntax", module.span(node.name), text, help)
    return declares


def _refuse_nested(
    program: Program,
    module: SourceModule,
    node: cst.CSTNode,
    findings: Findings,
    of: cst.ClassDef | None = None,
) -> None:
    if isinstance(node, (cst.ClassDef, cst.FunctionDef)):
        of = node if isinstance(node, cst.ClassDef) else None
    for child in children(node):
        if isinstance(child, (cst.BaseExpression, cst.BaseSmallStatement)):
            continue
        if (
            isinstance(child, cst.FunctionDef)
            and choreography_decorator(program, module, child) is not None
        ):
            text = f"choreography `{child.name.value}` is nested in another definition"
            help = "move it to the top level of the module"
            if of is not None:
                text = f"choreography `{child.name.value}` is a method of `{of.name.value}`"
                own = child.params.params[:1]
                itself = own[0].name.value if own and own[0].annotation is None else ""
                help += f", without `{itself}`" if itself else ""
                program.nested.add(f"{module.name}.{of.name.value}.{child.name.value}")
            findings.error("unsupported-syntax", module.span(child.name), text, help)
        _refuse_nested(program, module, child, findings, of)


class _Signature:
    def __init__(
        self, program: Program, module: SourceModule, node: cst.FunctionDef, findings: Findings
    ) -> None:
        self.program = program
        self.module = module
        self.node = node
        self.findings = findings
        self.own_variables = dict(_inline_variables(program, module, node))
        self.unplaced: list[cst.Param] = []
        # places that are no role's: where they are first named, and what was meant there
        self.lost: dict[str, tuple[Span, str]] = {}
        self.starred = False
        self.live = False  # whether a live collection is taken
        self.understood = True

    def roles(self) -> tuple[Role, ...]:
        """The parameters that are locations."""
        found: list[Role] = []
        for param in self._params():
            role = self._role(param)
            if role is None:
                continue
            twice = next((r for r in found if r.location == role.location), None)
            if twice is not None and role.span is not None and twice.span is not None:
                self.findings.error(
                    "role-aliasing",
                    role.span,
                    f"`{twice.name}` and `{role.name}` are both `{role.class_name}`: one class is one location",
                    f"give `{role.name}` a type variable of its own"
                    if role.variable
                    else f"give `{role.name}` a class of its own, or make it a Cluster of which both are members",
                    (Related(twice.span, f"`{twice.name}: {twice.class_name}`"),),
                )
            if param.default is not None:
                text = f"`{role.name}` is a location, and has a default: who plays it, each caller says"
                help = f"write `{role.name}: {role.class_name}`"
                self.findings.error("unsupported-syntax", self.module.span(param), text, help)
            found.append(role)
        return tuple(found)

    def parameters(self, roles: tuple[Role, ...]) -> tuple[Parameter, ...]:
        """The parameters that are located values."""
        found = []
        for param in self._params():
            if any(r.name == param.name.value for r in roles) or self._is_reason(param):
                continue
            name, span = param.name.value, self.module.span(param)
            if param.annotation is None:
                self.unplaced.append(param)
                continue
            count = len(self.findings)
            self._refuse_live(param.annotation.annotation, f"parameter `{name}`")
            located = self.located(param.annotation.annotation, roles)
            if len(self.findings) > count:  # refused: whoever reads it is not to blame
                continue
            if located is None:
                self.unplaced.append(param)
                continue
            place, inner = located
            found.append(Parameter(name, place, inner, param, span))
        return tuple(found)

    def settle(self, roles: tuple[Role, ...], told: set[str]) -> None:
        """Report the parameters without a place, and the places of nobody if it is none of these that should have them.

        `told`: classes with a finding already.
        """
        meant = False
        for param in self.unplaced:
            found = Unplaced(self.program, self.module, self.node, param, roles)
            location = found.is_location(self.lost)
            meant = meant or location
            if location and found.cause in told:
                continue
            told |= {found.cause} if location else set()
            code = "missing-place" if param.annotation is not None else "missing-type"
            code = "unsupported-syntax" if found.choreography else code
            related = found.related() if location else ()
            self.findings.error(
                code,
                self.module.span(param),
                found.text(),
                found.help(location, self.lost),
                related,
            )
        for name, (span, instead) in self.lost.items() if not (meant or self.starred) else ():
            _refuse_place(name, span, roles, self.findings, instead)
        if not (roles or self.lost) and all(map(self._is_reason, parameters(self.node.params))):
            text = f"choreography `{self.node.name.value}` has no location"
            help = "add a parameter for each location, such as `buyer: Buyer`"
            self.findings.error("missing-place", self.module.span(self.node.name), text, help)
        self.understood = bool(roles) and not (meant or self.starred or self.lost or self.live)

    def reasons(self) -> Iterator[str]:
        """The parameters that carry a reason for non-determinism."""
        meant = (f"{API}.Nondet", f"{API}.nondet")  # the one for the other has its finding
        named = ((p, annotation_name(self.program, self.module, p)) for p in self._params())
        return (p.name.value for p, name in named if name in meant)

    def _is_reason(self, param: cst.Param) -> bool:
        return annotation_name(self.program, self.module, param) == "motet.Nondet"

    def results(self, roles: tuple[Role, ...]) -> tuple[Result, ...]:
        """What the return annotation says; empty for None."""
        if self.node.returns is None:
            text = f"choreography `{self.node.name.value}` has no return annotation"
            help = "write `-> None`, or `-> At[T, Location]`"
            self.findings.error("missing-type", self.module.span(self.node.name), text, help)
            return ()
        annotation = unquote(self.node.returns.annotation)
        if isinstance(annotation, cst.Name) and annotation.value == "None":
            return ()
        count = len(self.findings)
        self._refuse_live(annotation, "the result")
        if len(self.findings) > count:
            return ()
        parts = _tuple_items(annotation)
        found = (
            [self.located(p, roles) for p in parts] if parts else [self.located(annotation, roles)]
        )
        if any(f is None for f in found):
            first = next(p for p, f in zip(parts or [annotation], found, strict=True) if f is None)
            lost = first if any(f is not None for f in found) else annotation
            place = inner_place(self.program, self.module, lost) or first_of(roles)
            placed = meant_located(self.program, self.module, lost, roles) or (
                f"At[{inner_type(self.program, self.module, lost)}, {place}]"
            )
            self.findings.error(
                "missing-place",
                self.module.span(lost, self.node.returns.annotation),
                f"the result `{self.module.code(lost)}` has no place",
                f"say who gets it: `{placed if lost is first and parts else f'-> {placed}'}`",
            )
            return ()
        return tuple(Result(*f) for f in found if f is not None)

    def located(
        self, annotation: cst.BaseExpression, roles: tuple[Role, ...]
    ) -> tuple[Place, cst.BaseExpression] | None:
        """The place and inner type of `At[T, L]` or `Each[T, W]`; None for anything else."""
        return read_located(self.program, self.module, annotation, roles, self.findings, self.lost)

    def _role(self, param: cst.Param) -> Role | None:
        full = annotation_name(self.program, self.module, param)
        if full is None:
            return None
        span = self.module.span(param)
        if full in self.own_variables:
            cluster = self.own_variables[full]
            return Role(param.name.value, full.rpartition(".")[2], cluster, True, span, inline=True)
        if full in self.program.variables:
            name = self._variable_name(param, full, span)
            return Role(param.name.value, name, self.program.variables[full], True, span)
        if full in self.program.locations:
            return Role(param.name.value, full, self.program.locations[full].cluster, False, span)
        return None

    def _variable_name(self, param: cst.Param, full: str, span: Span) -> str:
        """What a type variable is called here, which may be another name than where it is from."""
        annotation = unquote(param.annotation.annotation) if param.annotation is not None else None
        if isinstance(annotation, cst.Name):
            return annotation.value
        home, _, name = full.rpartition(".")
        text = f"`{full}` is a type variable behind the name of its module"
        help = f"write `from {home} import {name}`, and `{param.name.value}: {name}`"
        self.findings.error("unsupported-syntax", span, text, help)
        return name

    def _params(self) -> Iterator[cst.Param]:
        params = self.node.params
        for star, sign in ((params.star_arg, "*"), (params.star_kwarg, "**")):
            if isinstance(star, cst.Param):
                text = f"choreography `{self.node.name.value}` takes `{sign}{star.name.value}`"
                help = "name each location and each located value as a parameter"
                self.findings.error("unsupported-syntax", self.module.span(star), text, help)
                self.starred = True
        yield from parameters(params)

    def _refuse_live(self, annotation: cst.BaseExpression, what: str) -> None:
        """Values go in and out of choreographies: live collections begin and end within one."""
        found = _live(self.program, self.module, unquote(annotation))
        if found is None:
            return
        self.live = True
        shown = self.module.code(found)
        if what == "the result":
            help = "await its value inside, and return that: `return await x.collect()`; "
            help += "or make this a plain `def`, marked `@pipeline`, if it only declares"
        else:
            help = "take what it is made of (`At[list[T], A]`), and begin inside: `a.source(xs)`; "
            help += "or make this a plain `def`, marked `@pipeline`, if it only declares"
        text = f"{what} is a live collection, `{shown}`: it belongs to the choreography that declares it"
        self.findings.error("unsupported-syntax", self.module.span(found), text, help)


_LIVE = frozenset(
    f"motet.{name}" for name in ("Stream", "KeyedStream", "Singleton", "Optional", "KeyedSingleton")
)


def _live(program: Program, module: SourceModule, node: cst.CSTNode) -> cst.BaseExpression | None:
    """The first live collection in an annotation."""
    if isinstance(node, cst.Subscript) and program.resolve(module, node.value) in _LIVE:
        return node
    for child in children(node):
        found = _live(program, module, child)
        if found is not None:
            return found
    return None


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
    own = {f"builtins.{r.location}" for r in roles if r.inline}
    for part in _union_parts(unquote(items[1])):
        full = program.resolve(module, part) or ""
        known = full in own or full in program.variables
        wanted = full
        if known:
            wanted = part.value if isinstance(part, cst.Name) else full.rpartition(".")[2]
        role = next((r for r in roles if r.location == wanted and r.variable == known), None)
        if role is None:
            name, span = code_for(part), module.span(annotation)
            instead = meant_located(program, module, annotation, roles)
            homes = (r.location.rpartition(".")[0] for r in roles if r.class_name == name)
            if home := next((h for h in homes if h in module.imports), ""):
                instead = module.code(annotation).replace(name, f"{home}.{name}")
            if lost is not None:
                lost.setdefault(name, (span, instead))
            else:
                _refuse_place(name, span, roles, findings, instead)
            continue
        if form == "motet.Each" and not role.cluster:
            text = f"`Each` is for clusters, and `{role.class_name}` is a Process"
            findings.error(
                "missing-place", module.span(annotation), text, f"write `At[…, {role.class_name}]`"
            )
        modes[role.name] = (OWN if form == "motet.Each" else SAME) if role.cluster else ONE
    return Place(modes), unquote(items[0])


def _inline_variables(
    program: Program, module: SourceModule, node: cst.FunctionDef
) -> Iterator[tuple[str, bool]]:
    """`async def sort[A: Process](…)`: PEP 695 variables, by the full name that `resolve` would give them."""
    for name, written in bounded_variables(node):
        bound = program.resolve(module, unquote(written))
        own = program.locations.get(bound or "")
        if own is not None or bound in (PROCESS, CLUSTER):
            yield f"builtins.{name}", own.cluster if own is not None else bound == CLUSTER


def _tuple_items(annotation: cst.BaseExpression) -> list[cst.BaseExpression]:
    if not isinstance(annotation, cst.Subscript):
        return []
    if dotted_name(annotation.value) not in ("tuple", "Tuple", "typing.Tuple"):
        return []
    return [e.slice.value for e in annotation.slice if isinstance(e.slice, cst.Index)]


def _union_parts(expr: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(expr, cst.BinaryOperation) and isinstance(expr.operator, cst.BitOr):
        yield from _union_parts(expr.left)
        yield from _union_parts(expr.right)
    else:
        yield expr


def _refuse_place(
    name: str, span: Span, roles: tuple[Role, ...], findings: Findings, instead: str
) -> None:
    text = f"`{name}` is the place of a value, but no location of this choreography"
    help = f"write `{instead}`" if instead else f"add it as a parameter, `{snake(name)}: {name}`"
    if roles and not instead:
        help += f", or name one of {', '.join(dict.fromkeys(r.class_name for r in roles))}"
    findings.error("missing-place", span, text, help)
