"""Projected functions: a role's signature and its body as text, and what they import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.backend.closure import ModulePlan
from motetc.backend.origins import origin_at
from motetc.backend.output import StatementOrigin
from motetc.backend.plan import WIRE, Compiled, Plan, net_variables
from motetc.backend.render import Renderer
from motetc.backend.type_names import TypeNames
from motetc.frontend.comments import footer_of
from motetc.frontend.generics import declared_in_place
from motetc.frontend.tree import code_for, inner_statements, parameters
from motetc.ir.nodes import Choreography, Invoke, Role
from motetc.ir.types import Type
from motetc.ir.typetext import render_type


@dataclass(frozen=True, slots=True)
class Function:
    """A projected function as text, the index of the source's statement, and where its own statements come from."""

    code: str
    index: int
    origins: tuple[StatementOrigin | None, ...]


@dataclass(frozen=True, slots=True)
class Functions:
    """Writes what each role runs."""

    plan: Plan
    names: TypeNames

    def write(self, module: ModulePlan, compiled: Compiled, role_name: str) -> Function:
        """One role's function, whose needs `module` has heard of."""
        choreography = compiled.choreography
        role = choreography.role(role_name)
        projection = compiled.projections[role_name]
        used = compiled.choreography.locals | {projection.net}

        def callee(uid: int, formal: str | None) -> str:
            return self._callee(module, compiled, uid, role_name, formal, used)

        def annotation(type_: Type) -> str:
            return render_type(
                type_, self.names.namer(module, used), lambda full: self.names.alias(module, full, used)
            )

        def member_type(cluster: str) -> str:
            name = self.names.namer(module, used)
            return f"{name('motet.MemberId')}[{self.names.location(module, choreography.role(cluster), used)}]"

        renderer = Renderer(
            module.source,
            compiled.names_at(role_name),
            callee,
            annotation,
            compiled.lines(),
            member_type,
            locals=choreography.locals,
            annotated={p.name for p in choreography.parameters}
            | {r.name for r in choreography.roles},
        )
        node = choreography.node
        body = renderer.body(projection.pieces, footer_of(node.body))
        if isinstance(node.body, cst.IndentedBlock):
            body = body.with_changes(header=node.body.header)
        net = self.plan.net_name(choreography, role)
        net_local = module.imports.member(module.path_of(WIRE, choreography.module), net)
        variables = net_variables(compiled)
        params = f"[{', '.join(variables)}]" if variables else ""
        declared = declared_in_place(node)
        function = cst.FunctionDef(
            cst.Name(self.plan.function_name(choreography, role)),
            self._parameters(choreography, role, projection.net, f"{net_local}{params}", module),
            body,
            returns=cst.Annotation(self._returns(choreography, role)),
            asynchronous=cst.Asynchronous(),
            type_parameters=node.type_parameters,
            leading_lines=list(node.leading_lines)
            + [e for d in node.decorators for e in d.leading_lines]
            + list(node.lines_after_decorators),
        )
        code = code_for(function)
        redirected = module.redirected(function, code, renderer.moved)
        if redirected is not function:
            function, code = redirected, code_for(redirected)
        index = module.source.definitions[choreography.name].index
        module.need_all(function, code)
        for variable in variables:
            if variable not in declared:
                module.need(variable)
        return Function(code, index, tuple(_origins(function, renderer, module, index)))

    def _parameters(
        self, choreography: Choreography, role: Role, net: str, net_type: str, module: ModulePlan
    ) -> cst.Parameters:
        written = next(p for p in parameters(choreography.node.params) if p.name.value == role.name)
        first = cst.Param(cst.Name(role.name), written.annotation)
        second = cst.Param(cst.Name(net), cst.Annotation(cst.parse_expression(net_type)))
        places = {p.name: p for p in choreography.parameters}
        known = [
            p
            for p in parameters(choreography.node.params)
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
        if self.plan.among(module.source.name, callee.module):
            return f"{module.whole(callee.module, used)}.{name}"
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


def _origins(
    function: cst.FunctionDef, renderer: Renderer, module: ModulePlan, index: int
) -> Iterator[StatementOrigin | None]:
    """The origins of a projected function and of its statements."""
    for node in inner_statements(function):
        noted = renderer.origins.get(id(node))
        if noted is not None:
            yield noted[1]
        elif node is function:
            yield origin_at(module, module.source.statements[index].node)
        else:
            yield origin_at(module, node)
