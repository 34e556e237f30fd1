"""Classes that cannot be made as they are written: locations that take arguments, dataclasses that Python refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import LocationClass, Program
from motetc.frontend.source import SourceModule

_DATACLASS: Final = "dataclasses.dataclass"
_GENERIC: Final = "typing.Generic"
_FIELD: Final = "dataclasses.field"
_MADE: Final = {cst.List: "list", cst.Dict: "dict", cst.Set: "set"}
_MUTABLE: Final = {f"builtins.{name}": name for name in ("bytearray", "dict", "list", "set")}
_GIVEN: Final = frozenset({"default", "default_factory"})


def check_classes(program: Program, findings: Findings) -> None:
    """Report the fields of dataclasses with a default that can change, and what no location can be."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        for statement in module.statements:
            node = statement.node
            if isinstance(node, cst.ClassDef) and _dataclass(program, module, node) is not None:
                for field in _fields(program, module, node):
                    _check_default(program, module, field, findings)
    for location in program.locations.values():
        _check_location(program, location, findings)


def _check_default(
    program: Program, module: SourceModule, field: cst.AnnAssign, findings: Findings
) -> None:
    kind = _mutable(program, module, field.value) if field.value is not None else None
    if kind is None or field.value is None:
        return
    name, value = module.code(field.target), module.code(field.value)
    made = kind if value in ("[]", "{}", f"{kind}()") else f"lambda: {value}"
    text = f"`{name}` has a default that can change, and would be one for all: Python refuses the class"
    help = f"write `{name}: {module.code(field.annotation.annotation)} = field(default_factory={made})`"
    findings.error("unsupported-syntax", module.span(field.value), text, help)


def _mutable(program: Program, module: SourceModule, value: cst.BaseExpression) -> str | None:
    """The type of a default that is made where it stands, and has no hash."""
    if isinstance(value, cst.Call):
        return _MUTABLE.get(program.resolve(module, value.func) or "")
    return _MADE.get(type(value))


def _check_location(program: Program, location: LocationClass, findings: Findings) -> None:
    module, name = program.modules[location.module], location.node.name.value
    for arg in location.node.bases:
        base = arg.value
        if isinstance(base, cst.Subscript) and program.resolve(module, base.value) == _GENERIC:
            text = f"location `{name}` is generic: its module is one, whoever asks"
            help = f"leave `{module.code(base)}` away, and say the types"
            findings.error("unsupported-syntax", module.span(base), text, help)
    for field in _wanted(program, module, location.node):
        extra = module.code(field.target)
        text = f"`{name}` takes `{extra}` when it is made: a location is made without arguments"
        help = f"pass it as a located value, `{extra}: At[…, {name}]`, or give it a default"
        findings.error("unsupported-syntax", module.span(field.target), text, help)


def _wanted(program: Program, module: SourceModule, node: cst.ClassDef) -> Iterator[cst.AnnAssign]:
    """The first field that an `__init__` that dataclasses write would want."""
    made = _dataclass(program, module, node)
    if made is None or any(_is_off(arg) for arg in made):
        return
    for field in _fields(program, module, node):
        if field.value is None or _is_wanted(program, module, field.value):
            yield field
            return


def _dataclass(program: Program, module: SourceModule, node: cst.ClassDef) -> list[cst.Arg] | None:
    """The arguments of its `@dataclass`, if it has one."""
    for decorator in node.decorators:
        target = decorator.decorator
        called = isinstance(target, cst.Call)
        if program.resolve(module, target.func if called else target) == _DATACLASS:  # type: ignore[attr-defined]
            return list(target.args) if isinstance(target, cst.Call) else []
    return None


def _is_off(arg: cst.Arg) -> bool:
    named = arg.keyword is not None and arg.keyword.value == "init"
    return named and isinstance(arg.value, cst.Name) and arg.value.value == "False"


def _fields(program: Program, module: SourceModule, node: cst.ClassDef) -> Iterator[cst.AnnAssign]:
    for line in node.body.body if isinstance(node.body, cst.IndentedBlock) else ():
        for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.AnnAssign) and not _is_of_class(program, module, small):
                yield small


def _is_of_class(program: Program, module: SourceModule, field: cst.AnnAssign) -> bool:
    """Whether it is annotated as `ClassVar`."""
    annotation = field.annotation.annotation
    base = annotation.value if isinstance(annotation, cst.Subscript) else annotation
    return "ClassVar" in module.code(base) or program.resolve(module, base) == "typing.ClassVar"


def _is_wanted(program: Program, module: SourceModule, value: cst.BaseExpression) -> bool:
    """Whether it is a `field(…)` of which `__init__` is given the value."""
    if not isinstance(value, cst.Call) or program.resolve(module, value.func) != _FIELD:
        return False
    given = {arg.keyword.value for arg in value.args if arg.keyword is not None}
    return not (given & _GIVEN or any(map(_is_off, value.args)))
