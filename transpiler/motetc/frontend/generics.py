"""The type variables of a choreography that stand for data: what its values are, each call decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.frontend.naming import snake
from motetc.frontend.program import Program
from motetc.frontend.tree import code_for
from motetc.frontend.types import TypeFacts
from motetc.ir.generic_types import typevars
from motetc.ir.nodes import Choreography
from motetc.ir.types import Type


def find_data_variables(program: Program, facts: TypeFacts, findings: Findings) -> None:
    """Fill `free` of every choreography, from mypy's types of its signature."""
    for key, choreography in program.choreographies.items():
        before = len(findings)
        free = tuple(_free(program, facts, choreography, findings))
        known = choreography.results_known and len(findings) == before
        program.choreographies[key] = replace(choreography, free=free, results_known=known)


def declared_in_place(node: cst.FunctionDef) -> dict[str, str]:
    """The type variables that a function declares itself (PEP 695), each as it is written."""
    declared = node.type_parameters
    params = declared.params if declared is not None else ()
    return {
        p.param.name.value: code_for(p.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()
        for p in params
        if isinstance(p.param, cst.TypeVar)
    }


def _free(
    program: Program, facts: TypeFacts, choreography: Choreography, findings: Findings
) -> Iterator[str]:
    """The names of those in a signature, in order, each once; what the language does not have is refused."""
    module = program.modules[choreography.module]
    locations = {r.location for r in choreography.roles if r.variable}
    here = {*declared_in_place(choreography.node), *module.definitions, *module.imports}
    seen, named = set(locations), dict[str, str]()
    for type_, span in _signature(facts, choreography):
        for variable in typevars(type_):
            name = variable.name
            if name in seen:
                continue
            seen.add(name)
            twin = named.setdefault(snake(name), name)
            if twin != name:
                text = f"the type variables `{twin}` and `{name}` differ in capitals alone"
                help = f"give `{name}` another name: what is generated for each is called `{snake(name)}`"
                findings.error("unsupported-syntax", span, text, help)
            elif variable.values:
                text = f"`{name}` stands for one of several types, and each message is of one type"
                help = f'leave it free, `{name} = TypeVar("{name}")`, or bind it: `bound=…`'
                findings.error("unsupported-syntax", span, text, help)
            elif name not in here:
                home, _, last = name.rpartition(".")
                text = f"`{name}` is a type variable behind the name of its module"
                help = f"write `from {home} import {last}`, and `{last}`"
                findings.error("unsupported-syntax", span, text, help)
            yield name


def _signature(facts: TypeFacts, choreography: Choreography) -> Iterator[tuple[Type, Span]]:
    for parameter in choreography.parameters:
        found = facts.param_type(choreography.module, choreography.name, parameter.name)
        if found is not None:
            yield found, parameter.span
    found = facts.return_type(choreography.module, choreography.name)
    if found is not None:
        yield found, choreography.span
