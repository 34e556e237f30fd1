"""Functions that would be choreographies, but for the decorator: nothing would be written for them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.locations import annotation_name
from motetc.frontend.operation_forms import KINDS
from motetc.frontend.outline import API
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, defines, parameters


def check_forgotten(program: Program, findings: Findings) -> None:
    """Report every plain function that communicates between the locations it is given."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.FunctionDef) and _is_forgotten(program, module, node):
                program.forgotten.add(f"{name}.{node.name.value}")
                text = f"`{node.name.value}` communicates between locations, and is no choreography"
                help = "write `@choreography` above it"
                findings.error("unsupported-syntax", module.span(node.name), text, help)
            _check_called(program, module, node, findings)


def _check_called(
    program: Program, module: SourceModule, node: cst.CSTNode, findings: Findings
) -> None:
    """`choreography` is a decorator: what it is called with by hand is not found."""
    full = program.resolve(module, node.func) if isinstance(node, cst.Call) else None
    if isinstance(node, cst.Call) and full == f"{API}.choreography":
        code = module.code(node.func)
        text = f"`{code}` is called, and is a decorator as it stands"
        help = f"write `@{code}`, without brackets, above an `async def` at the top level"
        findings.error("unsupported-syntax", module.span(node), text, help)
    for child in children(node):
        _check_called(program, module, child, findings)


def _is_forgotten(program: Program, module: SourceModule, node: cst.FunctionDef) -> bool:
    if module.map is not None and module.span(node).line in module.map.copies:
        return False  # a choreography as it was before pipelines were written out in it
    plain = node.asynchronous is not None and not node.decorators
    return plain and _communicates(program, module, node)


def _communicates(program: Program, module: SourceModule, function: cst.FunctionDef) -> bool:
    given = {
        param.name.value: program.locations[full].node
        for param in parameters(function.params)
        if (full := annotation_name(program, module, param)) in program.locations
    }
    return any(_is_between(program, module, call, given) for call in _awaited(function.body))


def _is_between(
    program: Program, module: SourceModule, call: cst.Call, given: dict[str, cst.ClassDef]
) -> bool:
    """`buyer.send(…)`, where that is no method of the class itself; a choreography called with a location."""
    func = call.func
    if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
        own = given.get(func.value.value)
        if own is not None and func.attr.value in KINDS:
            return not defines(own, func.attr.value)
    named = isinstance(func, (cst.Name, cst.Attribute)) and program.resolve(module, func)
    handed = {arg.value.value for arg in call.args if isinstance(arg.value, cst.Name)}
    return bool(named and named in program.choreographies and handed & given.keys())


def _awaited(node: cst.CSTNode) -> Iterator[cst.Call]:
    """Every call that is awaited, in nested functions too."""
    if isinstance(node, cst.Await) and isinstance(node.expression, cst.Call):
        yield node.expression
    for child in children(node):
        yield from _awaited(child)
