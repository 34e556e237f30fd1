"""What to do about a finding of mypy's, which says only what something is not."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.model import Diagnostic
from motetc.frontend.echoes import is_within, of_locations
from motetc.frontend.naming import snake
from motetc.frontend.not_found import not_found
from motetc.frontend.operation_forms import meant
from motetc.frontend.program import Program
from motetc.frontend.slice_words import slice_help
from motetc.frontend.tree import inner_statements

_NO_MODULE = re.compile(r'Cannot find implementation or library stub for module named "([\w.]+)"$')
_NO_METHOD = re.compile(r'"(\w+)" has no attribute "(\w+)"$')
_NOT_DEFINED = re.compile(r'Name "(\w+)" is not defined')
_LACKING = re.compile(r'Missing (?:positional|named) arguments? .* (?:in call to|for) "(\w+)"$')
_OPENED = re.compile(r"\s*with (\w+)\(\):")
_NOT_CALLABLE = re.compile(r'"(\w+)" not callable')


def with_help(finding: Diagnostic, program: Program) -> Diagnostic:
    """The finding with its edit, where it is about a location, an import, or an operator in a slice."""
    if (missing := _NO_MODULE.match(finding.message)) is not None:
        return not_found(finding, missing[1], program)
    help = _help(finding, program)
    return replace(finding, help=help) if help else finding


def _help(finding: Diagnostic, program: Program) -> str:
    """The edit; "" where nothing better is known than what it says."""
    if (
        (not finding.help or finding.code == "union-attr")
        and (instead := slice_help(finding.message))
        and _is_in_slice(finding, program)
    ):
        return instead
    if not finding.help and of_locations(finding, program) is not None:
        wanted = finding.message.rpartition('"; expected "')[2].rstrip('"')
        return (
            f"pass the `{wanted}`; for roles that others may play, take type variables: "
            "`TypeVar(…, bound=Process)`"
        )
    classes = {name.rpartition(".")[2] for name in program.locations}
    missing = _NO_METHOD.match(finding.message)
    if not finding.help and missing is not None and missing[1] in classes:
        return meant(missing[2]) or _declared(finding, missing[1], missing[2], program)
    undefined = _NOT_DEFINED.match(finding.message)
    if not finding.help and undefined is not None:
        return _as_parameter(undefined[1], finding, program)
    if not finding.help and (lacking := _LACKING.match(finding.message)) is not None:
        return _whole_call(lacking[1], finding, program)
    called = _NOT_CALLABLE.fullmatch(finding.message)
    if called is not None and called[1] in classes:
        if (opened := _OPENED.match(_line(finding, program))) is not None:
            return f"write `with {opened[1]}:`"
        return (
            "leave the call away: an expression is evaluated where the values in it are, one without values by all; "
            "or say who evaluates it: `with …:`"
        )
    return ""


def _as_parameter(name: str, finding: Diagnostic, program: Program) -> str:
    """How a location that a choreography speaks of, and has not, becomes one of its parameters."""
    module = next((m for m in program.modules.values() if m.relative == finding.span.path), None)
    here = module is not None and any(
        c.module == module.name and is_within(finding.span, module.span(c.node.body))
        for c in program.choreographies.values()
    )
    for full, found in program.locations.items() if here else ():
        called = full.rpartition(".")[2]
        if name in (snake(called), f"{snake(called)}s" if found.cluster else ""):
            return f"add it as a parameter: `{name}: {called}`"
    is_called = _line(finding, program)[finding.span.end_column - 1 :].startswith("(")
    if here and not is_called and "did you mean" not in finding.message:
        return f"bind it before it is read, or take it as a parameter: `{name}: At[…, …]`"
    return ""


def _line(finding: Diagnostic, program: Program) -> str:
    """The line of the source that a finding begins in."""
    module = next((m for m in program.modules.values() if m.relative == finding.span.path), None)
    return module.text.split("\n")[finding.span.line - 1] if module is not None else ""


def _declared(finding: Diagnostic, owner: str, name: str, program: Program) -> str:
    """Where an attribute begins that a location is given, and has not; "" if it is only read."""
    code = _line(finding, program)[finding.span.column - 1 :]
    if re.match(rf"\w+\.{name}\s*([-+*/|&@%]|//|\*\*)?=[^=]", code) is None:
        return ""
    return f"declare it in the `__init__` of `{owner}`: `self.{name}: … = …`"


def _whole_call(name: str, finding: Diagnostic, program: Program) -> str:
    """The call of a choreography that is given less than it takes."""
    called = [c for c in program.choreographies.values() if c.name == name]
    if len(called) != 1:
        return ""
    params = called[0].node.params
    given = [p.name.value for p in params.params if p.default is None]
    named = [p.name.value for p in params.kwonly_params if p.default is None]
    given += [f"{name}={name}" for name in named]
    return f"write `{name}({', '.join(given)})`"


def _is_in_slice(finding: Diagnostic, program: Program) -> bool:
    """Whether it is about the body of a `with location.sliced(…) as tick:`."""
    return any(
        is_within(finding.span, module.span(block))
        for module in program.modules.values()
        if module.relative == finding.span.path
        for block in inner_statements(module.tree)
        if isinstance(block, cst.With) and any(map(_is_slice, block.items))
    )


def _is_slice(item: cst.WithItem) -> bool:
    match item.item:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="sliced"))):
            return True
    return False
