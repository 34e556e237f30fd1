"""`@pure` is a promise: what is marked gives the same for the same arguments, wherever it runs."""

from __future__ import annotations

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import methods_of
from motetc.passes.chance import asking, chance_of, quoted


def check_pure(program: Program, findings: Findings) -> None:
    """`@pure` is a promise; a function that asks a clock, or changes what it will find the next time, breaks it."""
    chance = chance_of(program)
    for full in sorted(program.pure):
        owner, name = program.split(full)
        node = function_in(owner, name) if owner is not None else None
        if owner is None or node is None:
            continue  # inherited, and told where it is
        short = name.rpartition(".")[2]
        if what := chance.asked(full):
            differing_pure(findings, owner, node, what)
            continue
        if values := chance.touched(full):
            value, how = next(iter(values.items()))
            changes = "hands on, so that it may change" if how.kept else "changes"
            value = value if value != name else "what a parameter is by default"
            text = f"uses {quoted(value)}, which the program {changes}: each location has its own"
            code = "mutable-agreement"
        elif acts := chance.acts(full):
            text = f"{acts}: every location that calls it would"
            code = "unplaced-call"
        else:
            continue
        span = owner.span(node.name)
        findings.error(code, span, f"`{short}` is marked `@pure`, and {text}", _away(short))


def differing_pure(
    findings: Findings, module: SourceModule, node: cst.FunctionDef, what: str
) -> None:
    """Report a function marked `@pure` that asks what each location has its own answer to."""
    name = node.name.value
    text = f"`{name}` is marked `@pure`, and {asking(what)}: it would come out differently at each location"
    ordered = what.startswith("the order")
    help = "iterate over `sorted(…)`" if ordered else _away(name)
    findings.error("not-deterministic", module.span(node.name), text, help)


def _away(name: str) -> str:
    return f"leave `@pure` out, and call `{name}` at one location; or hand it what it needs"


def function_in(module: SourceModule, name: str) -> cst.FunctionDef | None:
    """The syntax of a function of a module, or of a method."""
    head, _, method = name.partition(".")
    defined = module.definitions.get(head)
    node = defined.node if defined is not None else None
    if isinstance(node, cst.ClassDef):
        return next((m for m in methods_of(node) if m.name.value == method), None)
    return node if isinstance(node, cst.FunctionDef) and not method else None
