"""`@pipeline`: functions from live collections to live collections, which are expanded where they are called.

Hydro's programs are built of such functions; what they declare is fused with what is declared around the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.outline import PIPELINE, may_define_pipelines
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, parameters

Refusal = tuple[cst.CSTNode, str, str]  # where, what, the way out


@dataclass(frozen=True, slots=True, eq=False)
class Pipeline:
    """One definition. `body` is without the docstring and the last `return`, whose value is `result`."""

    module: SourceModule
    node: cst.FunctionDef
    body: tuple[cst.BaseStatement, ...]
    result: cst.Return | None

    @property
    def name(self) -> str:
        return self.node.name.value

    @property
    def params(self) -> list[cst.Param]:
        return parameters(self.node.params)


def find_pipelines(program: Program, findings: Findings) -> dict[str, Pipeline]:
    """The pipelines of a project by full name; those that cannot be expanded are refused."""
    found: dict[str, Pipeline] = {}
    for module in program.modules.values():
        if not may_define_pipelines(module):
            continue
        for made in pipelines_of(program, module, findings):
            found[f"{module.name}.{made.name}"] = made
        _refuse_inner(program, module, module.tree, findings)
    return found


def pipelines_of(program: Program, module: SourceModule, findings: Findings) -> Iterator[Pipeline]:
    """The pipelines at the top level of one module."""
    for node in module.tree.body:
        if isinstance(node, cst.FunctionDef) and is_pipeline(program, module, node):
            made = _read(module, node, findings)
            if made is not None:
                yield made


def is_pipeline(program: Program, module: SourceModule, node: cst.FunctionDef) -> bool:
    """Whether a function is marked `@pipeline`."""
    return any(program.resolve(module, d.decorator) == PIPELINE for d in node.decorators)


def _read(module: SourceModule, node: cst.FunctionDef, findings: Findings) -> Pipeline | None:
    body = list(node.body.body) if isinstance(node.body, cst.IndentedBlock) else []
    statements = [s for s in body if isinstance(s, cst.BaseStatement)]
    if statements and _is_docstring(statements[0]):
        del statements[0]
    result = _return(statements[-1]) if statements else None
    if result is not None:
        del statements[-1]
    for where, text, help in _refusals(node, statements):
        findings.error("unsupported-syntax", module.span(where), text, help)
        return None
    return Pipeline(module, node, tuple(statements), result)


def _refusals(node: cst.FunctionDef, body: list[cst.BaseStatement]) -> Iterator[Refusal]:
    name = node.name.value
    if node.asynchronous is not None:
        yield (
            node.name,
            f"the pipeline `{name}` is an `async def`",
            (
                "declare the collections in a plain `def`, and await their values in the choreography; "
                "what awaits something itself is a choreography: write `@choreography` above it"
            ),
        )
    if len(node.decorators) > 1:
        yield (
            node.name,
            f"`{name}` has another decorator besides `@pipeline`",
            ("it is expanded where it is called, so no other decorator has a function to change"),
        )
    for star in (node.params.star_arg, node.params.star_kwarg):
        if isinstance(star, cst.Param):
            yield star, f"the pipeline `{name}` takes `*{star.name.value}`", "name each parameter"
    for statement in body:
        if not isinstance(
            statement, (cst.SimpleStatementLine, cst.With, cst.FunctionDef, cst.ClassDef)
        ):
            yield (
                statement,
                f"a branch or loop in the pipeline `{name}`",
                (
                    "a pipeline only declares: which elements go where is for `filter` and `partition`"
                ),
            )
        yield from _inside(name, statement)


def _inside(name: str, node: cst.CSTNode) -> Iterator[Refusal]:
    if isinstance(node, cst.Return):
        help = "return once, at the end; what differs can be passed in, or be two pipelines"
        yield node, f"the pipeline `{name}` returns before its end", help
    elif isinstance(node, (cst.Import, cst.ImportFrom)):
        yield node, f"an import in the pipeline `{name}`", "move it to the top of the module"
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        what = f"`{node.name.value}` is defined in the pipeline `{name}`"
        yield node.name, what, "move it to the top level of the module"
    elif isinstance(node, (cst.Global, cst.Nonlocal, cst.Yield, cst.Await)):
        what = f"`{type(node).__name__.lower()}` in the pipeline `{name}`"
        yield node, what, "a pipeline only declares; do this in the choreography that calls it"
    else:
        for child in children(node):
            yield from _inside(name, child)


def _refuse_inner(
    program: Program, module: SourceModule, node: cst.CSTNode, findings: Findings
) -> None:
    """Pipelines that are no function at the top level of a module."""
    for child in children(node):
        if isinstance(child, (cst.BaseExpression, cst.BaseSmallStatement)):
            continue
        inner = isinstance(child, cst.FunctionDef) and node is not module.tree
        if inner and isinstance(child, cst.FunctionDef) and is_pipeline(program, module, child):
            text = f"the pipeline `{child.name.value}` is nested in another definition"
            help = "move it to the top level of the module, and give it what it needs"
            findings.error("unsupported-syntax", module.span(child.name), text, help)
        _refuse_inner(program, module, child, findings)


def _is_docstring(statement: cst.BaseStatement) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):
            return True
    return False


def _return(statement: cst.BaseStatement) -> cst.Return | None:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Return() as found]):
            return found
    return None
