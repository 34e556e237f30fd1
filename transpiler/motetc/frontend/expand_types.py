"""What type variables of a pipeline stand for in one call: mypy's types of what is given, held against the signature.

Only needed where a pipeline mentions a type variable in its body (`Quorum[K](…)`, `seen: set[T] = tick.state(set)`):
mypy is then asked about the modules as they are written, before anything is expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import libcst as cst

from motetc.frontend.annotations import unquote
from motetc.frontend.expand_texts import identifiers, is_variable
from motetc.frontend.pipelines import Pipeline
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.types import TypeFacts
from motetc.ir.types import Type
from motetc.ir.typetext import render_type

_UNSAID = ("any", "other")


class CallTypes:
    """Types in the sources as they are written; `ask` asks mypy, which takes its time."""

    def __init__(self, program: Program, ask: Callable[[], TypeFacts]) -> None:
        self._program = program
        self._ask = ask
        self._mentioned: dict[Pipeline, frozenset[str]] = {}
        self.wanted = False

    def look_over(self, pipelines: Iterable[Pipeline]) -> None:
        """Find out whether any of these mentions a type variable."""
        self.wanted = any(self.mentioned(pipeline) for pipeline in pipelines)

    def mentioned(self, pipeline: Pipeline) -> frozenset[str]:
        """The type variables in the body of a pipeline, apart from what only declares the type of a collection."""
        if pipeline not in self._mentioned:
            own = {p.name.value for p in pipeline.params}
            parts = [*map(_without_type, pipeline.body), *_result(pipeline)]
            own |= {n for part in parts for n in names_of(part).binds}
            read = {n for part in parts for n in (*names_of(part).reads, *_annotated(part))}
            self._mentioned[pipeline] = frozenset(
                n for n in read - own if is_variable(self._program, pipeline.module, n)
            )
        return self._mentioned[pipeline]

    def variables(
        self,
        module: SourceModule,
        call: cst.Call,
        pipeline: Pipeline,
        given: Mapping[str, cst.BaseExpression],
    ) -> dict[str, Type]:
        """The types that a call gives to the type variables of the signature, as far as mypy can tell."""
        found: dict[str, Type] = {}
        returns = pipeline.node.returns
        if returns is not None:
            _match(self._declared(pipeline, returns), self._facts.at(module, call), found)
        for param in pipeline.params:
            expr = given.get(param.name.value)
            if expr is not None and param.annotation is not None:
                declared = self._declared(pipeline, param.annotation)
                _match(declared, self._facts.at(module, expr), found)
        return found

    def _declared(self, pipeline: Pipeline, annotation: cst.Annotation) -> Type:
        return self._read(pipeline.module, annotation.annotation)

    def _read(self, module: SourceModule, node: cst.BaseExpression) -> Type:
        """An annotation, as far as type variables may be in it: also one that mypy is not asked about."""
        node = unquote(node)
        match node:
            case cst.Name(value=name) if is_variable(self._program, module, name):
                return Type("typevar", name)
            case cst.Subscript(value=head, slice=items):
                inner = [e.slice.value for e in items if isinstance(e.slice, cst.Index)]
                args = tuple(self._read(module, item) for item in inner)
                return Type("class", self._program.resolve(module, head) or "", args)
            case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
                first, second = self._read(module, left), self._read(module, right)
                return Type("union", args=(*_alternatives(first), *_alternatives(second)))
        return Type("other")

    @cached_property
    def _facts(self) -> TypeFacts:
        return self._ask()


def type_expression(found: Type, name: Callable[[str], str]) -> cst.BaseExpression:
    """A type as an expression; `name` says a class, importing it if need be."""
    return cst.parse_expression(render_type(found, name))


def _match(declared: Type | None, found: Type | None, into: dict[str, Type]) -> None:
    """Note what the variables in `declared` are in `found`; the first answer counts."""
    if declared is None or found is None:
        return
    if declared.kind == "union" and found.kind != "union":
        return
    if declared.kind == "typevar":
        if not _is_vague(found):
            into.setdefault(declared.name, found)
    elif declared.kind == "class" or len(declared.args) == len(found.args):
        for one, other in zip(declared.args, found.args, strict=False):
            _match(one, other, into)


def _alternatives(found: Type) -> tuple[Type, ...]:
    return found.args if found.kind == "union" else (found,)


def _is_vague(found: Type) -> bool:
    return found.kind in _UNSAID or any(map(_is_vague, found.args))


def _result(pipeline: Pipeline) -> list[cst.CSTNode]:
    return [pipeline.result.value] if pipeline.result and pipeline.result.value else []


def _without_type(statement: cst.BaseStatement) -> cst.CSTNode:
    match statement:
        case cst.SimpleStatementLine(body=[cst.AnnAssign(value=value, target=target)]) if value:
            return statement.with_changes(body=[cst.Assign([cst.AssignTarget(target)], value)])
    return statement


def _annotated(node: cst.CSTNode) -> frozenset[str]:
    """The names in the annotations of a slice's body."""
    if isinstance(node, cst.AnnAssign):
        return frozenset(identifiers(node.annotation))
    if isinstance(node, cst.BaseExpression):
        return frozenset()
    return frozenset().union(*map(_annotated, node.children))
