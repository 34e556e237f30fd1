"""Projected functions: a role's signature and its body as text, and what they import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from motetc.backend.closure import ModulePlan
from motetc.backend.origins import origin_at
from motetc.backend.output import StatementOrigin
from motetc.backend.parameter_comments import told_of, with_told
from motetc.backend.plan import WIRE, Compiled, Plan, net_variables
from motetc.backend.reads import reads_of
from motetc.backend.render import Renderer
from motetc.backend.type_names import TypeNames
from motetc.frontend.comments import footer_of
from motetc.frontend.generics import declared_in_place
from motetc.frontend.tree import code_for, inner_statements, parameters
from motetc.ir.nodes import Choreography, Invoke
from motetc.ir.pieces import Projection
from motetc.ir.roles import Role
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
        role = compiled.choreography.role(role_name)
        return _Writer(self.plan, self.names, module, compiled, role).write()


@dataclass(frozen=True)
class _Writer:
    """Writes one function."""

    plan: Plan
    names: TypeNames
    module: ModulePlan
    compiled: Compiled
    role: Role

    @cached_property
    def choreography(self) -> Choreography:
        return self.compiled.choreography

    @cached_property
    def projection(self) -> Projection:
        return self.compiled.projections[self.role.name]

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that are the function's own."""
        return self.choreography.locals | {self.projection.net}

    def write(self) -> Function:
        """The function, and what it needs."""
        module, node = self.module, self.choreography.node
        renderer = self._renderer()
        body = renderer.body(self.projection.pieces, footer_of(node.body))
        if isinstance(node.body, cst.IndentedBlock):
            body = body.with_changes(header=node.body.header)
        variables = net_variables(self.compiled)
        function = self._definition(body, variables)
        code = code_for(function)
        redirected = module.redirected(function, code, renderer.moved)
        if redirected is not function:
            function, code = redirected, code_for(redirected)
        index = module.source.definitions[self.choreography.name].index
        module.need_all(function, code)
        read = reads_of(code).all
        module.looked_up |= read  # arguments are read by the types of parameters
        if self.names.loaded(module, read):
            head = function.with_changes(body=cst.SimpleStatementSuite([cst.Pass()]))
            self.names.load(module, reads_of(code_for(head)).all)
        declared = declared_in_place(node)
        for variable in variables:
            if variable not in declared:
                module.need(variable)
        return Function(code, index, tuple(_origins(function, renderer, module, index)))

    def _renderer(self) -> Renderer:
        given = [p for p in self.choreography.parameters if self.role.name in p.place]
        parameters = {parameter.name for parameter in given}
        return Renderer(
            self.module.source,
            self.compiled.names_at(self.role.name),
            self._callee,
            self._annotation,
            self.compiled.lines(self.role.name),
            self._member_type,
            locals=self.choreography.locals,
            annotated=parameters | {role.name for role in self.choreography.roles},
        )

    def _annotation(self, type_: Type) -> str:
        namer = self.names.namer(self.module, self.used)
        return render_type(
            type_, namer, lambda full: self.names.alias(self.module, full, self.used)
        )

    def _member_type(self, cluster: str) -> str:
        name = self.names.namer(self.module, self.used)
        location = self.names.location(self.module, self.choreography.role(cluster), self.used)
        return f"{name('motet.MemberId')}[{location}]"

    def _definition(self, body: cst.BaseSuite, variables: Sequence[str]) -> cst.FunctionDef:
        node, module = self.choreography.node, self.module
        net = self.plan.net_name(self.choreography, self.role)
        local = module.imports.member(module.path_of(WIRE, self.choreography.module), net)
        params = f"[{', '.join(variables)}]" if variables else ""
        given, before = self._parameters(f"{local}{params}")
        return cst.FunctionDef(
            cst.Name(self.plan.function_name(self.choreography, self.role)),
            given,
            body,
            whitespace_before_params=before,
            returns=cst.Annotation(self._returns()),
            asynchronous=cst.Asynchronous(),
            type_parameters=node.type_parameters,
            leading_lines=list(node.leading_lines)
            + [e for d in node.decorators for e in d.leading_lines]
            + list(node.lines_after_decorators),
        )

    def _parameters(
        self, net_type: str
    ) -> tuple[cst.Parameters, cst.BaseParenthesizableWhitespace]:
        """The parameters, and what stands before the first: comments, if there are some."""
        given, role = self.choreography.node.params, self.role.name
        written = next(p for p in parameters(given) if p.name.value == role)
        first = cst.Param(cst.Name(role), written.annotation)
        net = cst.Name(self.projection.net)
        second = cst.Param(net, cst.Annotation(cst.parse_expression(net_type)))
        places = {p.name: p for p in self.choreography.parameters}
        known = [
            p
            for p in parameters(given)
            if p.name.value in places and role in places[p.name.value].place
        ]
        keyword = {p.name.value for p in given.kwonly_params}
        made = {
            p.name.value: cst.Param(
                cst.Name(p.name.value),
                cst.Annotation(places[p.name.value].inner),
                default=p.default,
            )
            for p in known
        }
        positional = [first, second, *(m for n, m in made.items() if n not in keyword)]
        keywords = [m for n, m in made.items() if n in keyword]
        every, before = with_told([*positional, *keywords], told_of(self.choreography.node))
        many = len(positional)
        return cst.Parameters(every[:many], kwonly_params=every[many:]), before

    def _returns(self) -> cst.BaseExpression:
        mine = [r.inner for r in self.choreography.results if self.role.name in r.place]
        if not mine:
            return cst.Name("None")
        if len(mine) == 1:
            return mine[0]
        items = [cst.SubscriptElement(cst.Index(m)) for m in mine]
        return cst.Subscript(cst.Name("tuple"), items)

    def _callee(self, uid: int, formal: str | None) -> str:
        """What a call's projected function is called here; `formal`: as whom it is called."""
        module, used = self.module, self.used
        op = self.compiled.operation(uid)
        assert isinstance(op, Invoke)
        callee = self.plan.compiled[op.callee].choreography
        formal = formal or op.played(self.role.name)[0][0]
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
