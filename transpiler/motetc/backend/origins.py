"""Which line of the source each statement of a module comes from, before it is formatted."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from motetc.backend.closure import ModulePlan
from motetc.backend.output import StatementOrigin
from motetc.backend.plan import Compiled, Plan
from motetc.backend.sourcemap import parse, statements
from motetc.frontend.tree import inner_statements
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import Comm, Invoke
from motetc.ir.walk import operations


def wire_origins(
    plan: Plan, module: ModulePlan, head: str, text: str
) -> tuple[StatementOrigin | None, ...]:
    """Definitions are copied, behind the `head`; endpoints and channels belong to the line of their operation."""
    name = module.source.name
    found: dict[str, StatementOrigin] = {}
    for compiled in plan.compiled.values():
        if compiled.choreography.module == name:
            found.update(_channel_origins(compiled, plan))
    for key, origin in list(found.items()):
        found.setdefault(f".{key.rpartition('.')[2]}" if "." in key else key, origin)
    above = [None] * sum(1 for _ in statements(parse(head, name)))
    copied = [
        origin for index in sorted(module.included) for origin in copied_origins(module, index)
    ]
    made = list(statements(parse(text, name)))[len(above) + len(copied) :]
    return (*above, *copied, *(_wire_origin(node, found) for node in made))


def copied_origins(module: ModulePlan, index: int) -> Iterator[StatementOrigin | None]:
    """The origins of a statement of the source and of those in it."""
    for node in inner_statements(module.statement(index)):
        yield origin_at(module, node)


def origin_at(module: ModulePlan, node: cst.CSTNode) -> StatementOrigin | None:
    """The lines of a node of the source; None if it is not of the source."""
    lines = module.source.positions.lines(node)
    return StatementOrigin(module.source.relative, *lines, "copied") if lines is not None else None


def _channel_origins(compiled: Compiled, plan: Plan) -> dict[str, StatementOrigin]:
    found: dict[str, StatementOrigin] = {}
    choreography = compiled.choreography
    for op in operations(choreography.body):
        if isinstance(op, (Comm, Invoke, Hop, Port)) and op.uid in compiled.names:
            name = compiled.names[op.uid]
            origin = StatementOrigin(op.span.path, op.span.line, op.span.end_line, "glue")
            found.setdefault(f"{choreography.name}_{name}".upper(), origin)
            for role in choreography.roles:
                net = plan.net_name(choreography, role)
                found.setdefault(f"{net}.{compiled.names_at(role.name)[op.uid]}", origin)
    for role in choreography.roles:
        span = choreography.span
        net = plan.net_name(choreography, role)
        found[net] = StatementOrigin(span.path, span.line, span.end_line, "glue")
    return found


def _wire_origin(node: ast.stmt, found: dict[str, StatementOrigin]) -> StatementOrigin | None:
    if isinstance(node, ast.AnnAssign):
        target = node.target
        if isinstance(target, ast.Name):
            return found.get(target.id)
        if isinstance(target, ast.Attribute):
            return found.get(f".{target.attr}")
    if isinstance(node, ast.ClassDef):
        return found.get(node.name)
    return None
