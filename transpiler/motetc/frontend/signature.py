"""A choreography's signature: its locations, its located parameters and what it returns where."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.annotations import (
    annotation_name,
    inner_place,
    inner_type,
    live_within,
    tuple_items,
    unquote,
)
from motetc.frontend.located import read_located, refuse_place
from motetc.frontend.meant import meant_located
from motetc.frontend.outline import API
from motetc.frontend.program import CLUSTER, PROCESS, Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import bounded_variables, parameters
from motetc.frontend.unplaced import Unplaced, first_of
from motetc.ir.place import Place
from motetc.ir.roles import Parameter, Result, Role


class Signature:
    """Reads one signature; each part is asked for by itself, and `settle` last."""

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
            refuse_place(name, span, roles, self.findings, instead)
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
        parts = tuple_items(annotation)
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
        found = live_within(self.program, self.module, unquote(annotation))
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


def _inline_variables(
    program: Program, module: SourceModule, node: cst.FunctionDef
) -> Iterator[tuple[str, bool]]:
    """`async def sort[A: Process](…)`: PEP 695 variables, by the full name that `resolve` would give them."""
    for name, written in bounded_variables(node):
        bound = program.resolve(module, unquote(written))
        own = program.locations.get(bound or "")
        if own is not None or bound in (PROCESS, CLUSTER):
            yield f"builtins.{name}", own.cluster if own is not None else bound == CLUSTER
