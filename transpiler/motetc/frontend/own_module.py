"""What is copied to the locations and asks its module for what is another one there: its file, and its annotations.

Every module that we write has `from __future__ import annotations`, which makes text of them. A source that has it too
means the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import Definition, SourceModule
from motetc.frontend.tree import children

_FILE: Final = "__file__"
_NAMES: Final = re.compile(r"\bglobals\b|\bmodules\b")
_ANNOTATIONS: Final = "__annotations__"
_READERS: Final = frozenset(
    {f"inspect.{name}" for name in ("get_annotations", "getfullargspec", "signature")}
)
_FIELDS: Final = "dataclasses.fields"
_FUTURE: Final = "__future__.annotations"


def check_own_module(program: Program, findings: Findings) -> None:
    """Report it where a location or a choreography of the same module needs it."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        imported = {found.full_name for found in module.imports.values()}
        asks_types = _FUTURE not in imported and (
            _ANNOTATIONS in module.text or any(map(_may_ask, imported))
        )
        asks_names = _NAMES.search(module.text) is not None
        if _FILE not in module.text and not asks_types and not asks_names:
            continue
        for definition in _copied(program, module):
            for file in _files(definition.node):
                text = f"at each location `{_FILE}` is the file of its own module below the output folder"
                help = "move what needs it to a module without locations, which stays where it is, and import that"
                findings.error("unsupported-syntax", module.span(file), text, help)
            for node in _all_names(definition.node, program, module) if asks_names else ():
                text = f"at each location `{module.code(node)}` has what its own code reads, and values of its own"
                help = "name what it is to see, `{'x': x}`; what is changed belongs to a location, as an attribute"
                findings.error("unsupported-syntax", module.span(node), text, help)
            for node in _types(definition.node, program, module) if asks_types else ():
                text = f"annotations are text in the module of each location, and `{module.code(node)}` reads them"
                help = "write `from __future__ import annotations` at the top, by which they are text here, too"
                findings.error("unsupported-syntax", module.span(node), text, help)


def _may_ask(imported: str) -> bool:
    return imported in ("inspect", "dataclasses", _FIELDS) or imported in _READERS


def _copied(program: Program, module: SourceModule) -> list[Definition]:
    """The module's locations and choreographies, and what they read at its top level."""
    pending = [x.node.name.value for x in program.locations.values() if x.module == module.name]
    functions = program.choreographies.values()
    pending += [x.node.name.value for x in functions if x.module == module.name]
    found = dict.fromkeys(pending)
    while pending:
        reads = names_of(module.definitions[pending.pop()].node).reads
        new = [n for n in sorted(reads) if n in module.definitions and n not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return sorted({module.definitions[n] for n in found}, key=lambda item: item.index)


def _files(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name) and node.value == _FILE:
        yield node
    inner = [node.value] if isinstance(node, cst.Attribute) else children(node)  # of another module
    for child in inner:
        yield from _files(child)


def _all_names(node: cst.CSTNode, program: Program, module: SourceModule) -> Iterator[cst.CSTNode]:
    """What gives all names of the module."""
    for found in _below(node):
        match found:
            case cst.Call(func=cst.Name(value="globals")):
                yield found
            case cst.Subscript(
                value=value,
                slice=[cst.SubscriptElement(slice=cst.Index(value=cst.Name(value="__name__")))],
            ) if program.resolve(module, value) == "sys.modules":
                yield found


def _types(node: cst.CSTNode, program: Program, module: SourceModule) -> Iterator[cst.CSTNode]:
    """Where annotations are read as they are: types in the source, text in what is generated."""
    if isinstance(node, (cst.ClassDef, cst.IndentedBlock)):  # each method by itself
        for child in children(node):
            yield from _types(child, program, module)
        return
    every = [*_below(node)]
    fields = any(program.resolve(module, found) == _FIELDS for found in every)
    for found in every:
        match found:
            case cst.Attribute(attr=cst.Name(value=name)) if name == _ANNOTATIONS:
                yield found
            case cst.Name(value=name) if name == _ANNOTATIONS:
                yield found
            case cst.Attribute(attr=cst.Name(value="type")) if fields:
                yield found
            case cst.Call(func=func, args=args) if program.resolve(module, func) in _READERS:
                if not any(arg.keyword and arg.keyword.value == "eval_str" for arg in args):
                    yield found


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    inner = [node.value] if isinstance(node, cst.Attribute) else children(node)
    for child in inner:
        yield from _below(child)
