"""Finding choreographies, each with its signature; what may not be one is refused."""

from __future__ import annotations

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.annotations import live_within, unquote
from motetc.frontend.locations import choreography_decorator
from motetc.frontend.program import Program
from motetc.frontend.signature import Signature
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, parameters
from motetc.ir.nodes import Choreography


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
    reader = Signature(program, module, node, findings)
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
        a is not None and live_within(program, module, unquote(a.annotation)) is not None
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
