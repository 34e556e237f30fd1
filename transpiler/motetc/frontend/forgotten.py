"""Functions that would be choreographies or pipelines, but for the decorator: nothing would be written for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.annotations import annotation_name
from motetc.frontend.operation_forms import KINDS
from motetc.frontend.outline import API
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, is_main_guard, methods_of, parameters
from motetc.ir.operators import SOURCES


def check_forgotten(program: Program, findings: Findings) -> None:
    """Report every plain function that communicates between the locations it is given."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        may_call = _may_call(module)
        given = {*_given_to_decorator(program, module)} if may_call else set[str]()
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.FunctionDef) and _is_forgotten(program, module, node):
                program.forgotten.add(f"{name}.{node.name.value}")
                if node.name.value in given:
                    continue
                text = f"`{node.name.value}` communicates between locations, and is no choreography"
                help = "write `@choreography` above it"
                findings.error("unsupported-syntax", module.span(node.name), text, help)
            elif isinstance(node, cst.FunctionDef) and not (
                node.decorators or _is_copy(module, node)
            ):
                _check_declared(program, module, node, _given(program, module, node), findings)
            elif (
                isinstance(node, cst.ClassDef)
                and (full := f"{name}.{node.name.value}") in program.locations
            ):
                for method in methods_of(node):
                    own = {param.name.value: full for param in parameters(method.params)[:1]}
                    _check_declared(program, module, method, own, findings)
            elif not isinstance(node, cst.FunctionDef | cst.ClassDef) and not is_main_guard(node):
                _check_started(program, module, node, findings)
        if may_call:
            for statement in module.statements:
                _check_called(program, module, statement.node, findings)


def _given_to_decorator(program: Program, module: SourceModule) -> Iterator[str]:
    """The functions that a decorator is called with by hand, which is told there."""
    for statement in module.statements:
        for call in _calls(statement.node):
            if program.resolve(module, call.func) == f"{API}.choreography":
                yield from _named(call)


def _named(call: cst.Call) -> Iterator[str]:
    """What a call is given by name."""
    return (arg.value.value for arg in call.args if isinstance(arg.value, cst.Name))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls in a piece of code, but for those that a function waits with."""
    if isinstance(node, cst.Call):
        yield node
    for child in children(node) if not isinstance(node, cst.Lambda | cst.FunctionDef) else ():
        yield from _calls(child)


def _check_started(
    program: Program, module: SourceModule, node: cst.CSTNode, findings: Findings
) -> None:
    """No choreography is called as a module is imported: each location would play all of it."""
    for call in _calls(node):
        full = _started(program, module, call, set())
        if full is not None:
            name = full.rpartition(".")[2]
            findings.error(
                "unsupported-syntax",
                module.span(call),
                f"the choreography `{name}` is called at the top level of a module, which each location imports",
                f'leave it out, and run `motet run {module.name}:{name}`; or put it under `if __name__ == "__main__":`',
            )


def _started(program: Program, module: SourceModule, call: cst.Call, seen: set[str]) -> str | None:
    """The choreography that is called, maybe by a function of the module."""
    full = program.resolve(module, call.func)
    if full is None or full in program.choreographies or full in seen:
        return full if full in program.choreographies else None
    seen.add(full)
    owner, name = program.split(full)
    definition = module.definitions.get(name) if owner is module else None
    if definition is None or not isinstance(definition.node, cst.FunctionDef):
        return None
    inner = (_started(program, module, c, seen) for c in _calls(definition.node.body))
    return next(filter(None, inner), None)


def _check_declared(
    program: Program,
    module: SourceModule,
    function: cst.FunctionDef,
    given: Mapping[str, str],
    findings: Findings,
) -> None:
    """Local code declares no live collections: they would be nobody's."""
    if given and (found := next(_declared(program, function.body, given), None)) is not None:
        findings.error(
            "unsupported-syntax",
            module.span(found),
            f"`{function.name.value}` declares a live collection, and is neither a choreography nor a pipeline",
            "declare it in a choreography; or in a plain function with `@pipeline` above it, which is called in one",
        )


def _declared(program: Program, node: cst.CSTNode, given: Mapping[str, str]) -> Iterator[cst.Call]:
    match node:
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=op))) if (
            name in given and op in (*SOURCES, "sliced")
        ):
            if f"{given[name]}.{op}" not in program.own_names:
                yield node
    for child in children(node):
        yield from _declared(program, child, given)


def _may_call(module: SourceModule) -> bool:
    """Whether something like `choreography(…)` stands in a module."""
    wanted = (API, f"{API}.choreography")
    names = [re.escape(n) for n, found in module.imports.items() if found.full_name in wanted]
    called = rf"\b({'|'.join(names)})\b\s*(\.\s*choreography\b\s*)?\)*\s*\("
    return bool(names) and re.search(called, module.text) is not None


def _check_called(
    program: Program, module: SourceModule, node: cst.CSTNode, findings: Findings
) -> None:
    """`choreography` is a decorator: what it is called with by hand is not found."""
    full = program.resolve(module, node.func) if isinstance(node, cst.Call) else None
    if isinstance(node, cst.Call) and full == f"{API}.choreography":
        code = module.code(node.func)
        text = f"`{code}` is called, and is a decorator as it stands"
        help = f"write `@{code}`, without brackets, above an `async def` at the top level"
        if [*_named(node)]:
            help = f"write `@{code}` above `async def {next(_named(node))}`, and call that"
        findings.error("unsupported-syntax", module.span(node), text, help)
    for child in children(node):
        _check_called(program, module, child, findings)


def _is_forgotten(program: Program, module: SourceModule, node: cst.FunctionDef) -> bool:
    if _is_copy(module, node):
        return False
    plain = node.asynchronous is not None and not node.decorators
    return plain and _communicates(program, module, node)


def _is_copy(module: SourceModule, node: cst.FunctionDef) -> bool:
    """Whether it is a choreography as it was before pipelines were written out in it."""
    return module.map is not None and module.span(node).line in module.map.copies


def _communicates(program: Program, module: SourceModule, function: cst.FunctionDef) -> bool:
    given = _given(program, module, function)
    roles = given.keys() | {
        param.name.value
        for param in parameters(function.params)
        if annotation_name(program, module, param) in program.variables
    }
    own = program.own_names
    opened = any(
        who in roles and f"{given.get(who)}.each" not in own for who in _opened(function.body)
    )
    return opened or any(
        _is_between(program, module, call, given, roles)
        for call in _awaited(program, module, function.body)
    )


def _given(program: Program, module: SourceModule, function: cst.FunctionDef) -> dict[str, str]:
    """The parameters that are locations, and of which class."""
    return {
        param.name.value: full
        for param in parameters(function.params)
        if (full := annotation_name(program, module, param)) in program.locations
    }


def _is_between(
    program: Program,
    module: SourceModule,
    call: cst.Call,
    given: Mapping[str, str],
    roles: Collection[str],
) -> bool:
    """`buyer.send(…)`, where that is no method of the class itself; a choreography called with a location."""
    func = call.func
    if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
        name, op = func.value.value, func.attr.value
        if name in roles and op in KINDS:
            return f"{given.get(name)}.{op}" not in program.own_names
    named = isinstance(func, (cst.Name, cst.Attribute)) and program.resolve(module, func)
    handed = {name for arg in call.args if (name := _location(arg.value))}
    return bool(named and named in program.choreographies and not handed.isdisjoint(roles))


def _location(given: cst.BaseExpression) -> str:
    """The name of a location that is given: `workers`, `workers[0]`."""
    whole = given.value if isinstance(given, cst.Subscript) else given
    return whole.value if isinstance(whole, cst.Name) else ""


def _awaited(program: Program, module: SourceModule, node: cst.CSTNode) -> Iterator[cst.Call]:
    """Every call that is awaited, in nested functions too, or given to `concurrently`."""
    if isinstance(node, cst.Await) and isinstance(call := node.expression, cst.Call):
        yield call
        named = isinstance(call.func, (cst.Name, cst.Attribute))
        if named and program.resolve(module, call.func) == f"{API}.concurrently":
            yield from (arg.value for arg in call.args if isinstance(arg.value, cst.Call))
    for child in children(node):
        yield from _awaited(program, module, child)


def _opened(node: cst.CSTNode) -> Iterator[str]:
    """What sessions and blocks are opened with: `for worker in workers.each():`, `with workers[0]:`."""
    match node:
        case cst.For(
            iter=cst.Call(
                func=cst.Attribute(value=cst.Name(value=who), attr=cst.Name(value="each"))
            )
        ):
            yield who
        case cst.With(items=[*items], asynchronous=None):
            yield from (name for item in items if (name := _location(item.item)))
    for child in children(node):
        yield from _opened(child)
