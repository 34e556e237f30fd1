"""Expands the calls in one choreography: each becomes the pipeline's statements, in the choreography's names."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.comments import comment_behind, lines_before
from motetc.frontend.expand_names import Env, Renaming, is_plain
from motetc.frontend.expand_texts import (
    flat,
    has_long_string,
    identifiers,
    numbered,
    parts,
    target,
    wanted,
    without_variables,
)
from motetc.frontend.expand_types import type_expression
from motetc.frontend.line_map import Line
from motetc.frontend.locations import annotation_name
from motetc.frontend.naming import free_name
from motetc.frontend.pipelines import Pipeline
from motetc.frontend.scope import locals_of, names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, exchange

if TYPE_CHECKING:
    from motetc.frontend.expand import Expanded

_EMPTY = cst.Module([])
INNER = (
    "in a block: pipelines are called where collections are declared, at the top level",
    ("call it before, and use what it gives by name"),
)
LATER = (
    "in a lambda or a comprehension: pipelines are called once, where collections are declared",
    ("call it in a statement before, and use what it gives by name"),
)
_REASONS = ("motet.Nondet", "motet.Proof")
Text = tuple[str, Line]
Result = tuple[cst.BaseExpression, Line]
Node = TypeVar("Node", bound=cst.CSTNode)


class Calls:
    """One choreography whose calls are expanded."""

    def __init__(self, owner: Expanded, node: cst.FunctionDef) -> None:
        self.owner = owner
        self.node = node
        self.taken = set(locals_of(node)) | set(owner.module.names) | set(identifiers(node))
        self.stack: list[Pipeline] = []
        self.call = 0  # the line of the call that is being expanded
        self.places = count()

    def run(self, lines: Sequence[str], begin: int, end: int) -> list[Text]:
        """The lines of the function from its first decorator on."""
        assert isinstance(self.node.body, cst.IndentedBlock)
        new: list[Text] = []
        done = begin - 1
        for statement in self.node.body.body:
            if not isinstance(statement, cst.SimpleStatementLine):
                self.owner.refuse_calls(self.owner.module, statement, INNER)
                continue
            span = self.owner.lines_of(self.owner.module, statement)
            self.call = span[0]
            made = self._expanded(self.owner.module, statement, {})
            if made is None:
                continue
            self.owner.first = self.owner.first or self.call
            relative = self.owner.module.relative
            new += [(text, Line(relative, n)) for n, text in numbered(lines, done, span[0] - 1)]
            indent = lines[span[0] - 1][: -len(lines[span[0] - 1].lstrip())]
            new += [(f"{indent}{text}" if text else "", line) for text, line in made]
            done = span[1]
        relative = self.owner.module.relative
        return [*new, *((text, Line(relative, n)) for n, text in numbered(lines, done, end))]

    def fresh(self, name: str) -> str:
        """`name`, or with a number if that is something else already."""
        made = free_name(name, self.taken.__contains__)
        self.taken.add(made)
        return made

    def _expanded(
        self, module: SourceModule, statement: cst.BaseStatement, env: Env
    ) -> list[Text] | None:
        """The lines of a statement with its calls expanded, in the names of the choreography; None if it has none."""
        first = next(self.owner.calls(module, statement), None)
        if first is None:
            return None
        call, pipeline = first
        if self._refused_inside(module, statement):
            return None
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) > 1:
            help = "give it a line of its own"
            self._refuse(module, call, "shares its line with other statements", help)
            return None
        small = statement.body[0]
        if getattr(small, "value", None) is call:
            return self._whole(module, statement, small, call, pipeline, env)
        new: list[Text] = []
        filled = self._filled(module, statement, env, new)
        if filled is None:
            return None
        return [*new, *self._rendered(module, statement, filled[0], filled[1], False)]

    def _refused_inside(self, module: SourceModule, node: cst.CSTNode) -> bool:
        """Whether there are calls in what is evaluated more than once, or later, or not at all."""
        count = len(self.owner.findings)
        if isinstance(node, (cst.Lambda, cst.BaseComp)):
            self.owner.refuse_calls(module, node, LATER)
        else:
            for child in children(node):
                self._refused_inside(module, child)
        return len(self.owner.findings) > count

    def _whole(
        self,
        module: SourceModule,
        statement: cst.SimpleStatementLine,
        small: cst.BaseSmallStatement,
        call: cst.Call,
        pipeline: Pipeline,
        env: Env,
    ) -> list[Text] | None:
        """`target = pipeline(…)`: the results are called as the target is."""
        names = wanted(target(small), env)
        made = self._call(module, call, pipeline, env, names)
        if made is None:
            return None
        lines, results = made
        if names and len(names) != len(results):
            bound = "one name is" if len(names) == 1 else f"{len(names)} names are"
            what = f"gives {len(results)} results, and {bound} bound"
            self._refuse(module, call, what, "bind each to a name")
            return None
        results = self._apart(names, results, lines)
        first = self.owner.lines_of(module, statement)[0]
        comment = comment_behind(statement)
        remarks = [(comment, self._line(module, first))] if comment else []
        if isinstance(small, cst.Return):
            texts = ", ".join(flat(value) for value, _ in results)
            return [*remarks, *lines, (f"return {texts}".rstrip(), self._line(module, first))]
        hint = ""
        if isinstance(small, cst.AnnAssign) and not self.stack:
            hint = f": {flat(small.annotation.annotation)}"
        return [*remarks, *lines, *_bound(names, hint, results)]

    def _apart(
        self, names: Sequence[str], results: Sequence[Result], new: list[Text]
    ) -> list[Result]:
        """Results that can be bound one after the other: none is of a name that was bound before it."""
        found: list[Result] = []
        for index, (value, at) in enumerate(results):
            if names_of(value).reads & set(names[:index]):
                name = self.fresh(names[index])
                new.append((f"{name} = {flat(value)}", at))
                value = cst.Name(name)
            found.append((value, at))
        return found

    def _filled(
        self, module: SourceModule, node: Node, env: Env, new: list[Text]
    ) -> tuple[Node, Env] | None:
        """A node with names in the place of its calls, what the names stand for, and in `new` what goes before."""
        places: dict[cst.CSTNode, cst.BaseExpression] = {}
        names = dict(env)
        for call, pipeline in list(self.owner.calls(module, node)):
            made = self._call(module, call, pipeline, env, [])
            if made is None:
                return None
            new += made[0]
            if len(made[1]) != 1:
                what = f"gives {len(made[1])} results, and one is used here"
                self._refuse(module, call, what, "bind them to names in a statement of its own")
                return None
            place = f"_pipeline_{next(self.places)}"
            places[call], names[place] = cst.Name(place), self._named(pipeline, made[1][0], new)
        return (exchange(node, places.get) if places else node), names

    def _named(self, pipeline: Pipeline, result: Result, new: list[Text]) -> cst.BaseExpression:
        """A name for a result that is used within an expression."""
        value, at = result
        if isinstance(value, cst.Name):
            return value
        name = self.fresh(pipeline.name)
        new.append((f"{name} = {flat(value)}", at))
        return cst.Name(name)

    def _call(
        self,
        module: SourceModule,
        call: cst.Call,
        pipeline: Pipeline,
        env: Env,
        wanted: Sequence[str],
    ) -> tuple[list[Text], list[Result]] | None:
        """The statements of a call, and its results."""
        if pipeline in self.stack:
            names = " → ".join(p.name for p in (*self.stack, pipeline))
            self._refuse(module, call, f"calls itself: {names}", "a cycle of data is a `channel`")
            return None
        given = self._arguments(module, call, pipeline)
        if given is None:
            return None
        new: list[Text] = []
        inner = self._parameters(module, call, pipeline, given, env, new)
        if inner is None:
            return None
        self.stack.append(pipeline)
        values = self._body(pipeline, inner, wanted, new)
        self.stack.pop()
        return None if values is None else (new, values)

    def _parameters(
        self,
        module: SourceModule,
        call: cst.Call,
        pipeline: Pipeline,
        given: Mapping[str, cst.BaseExpression],
        env: Env,
        new: list[Text],
    ) -> dict[str, cst.BaseExpression] | None:
        """What each parameter stands for; what is computed for it, and pipelines in arguments, go to `new`."""
        bound = _binds(pipeline)
        inner: dict[str, cst.BaseExpression] = {}
        for param in pipeline.params:
            name = param.name.value
            home, names, expr = module, env, given.get(name)
            if expr is None:
                assert param.default is not None
                home, names, expr = pipeline.module, {}, param.default
                self._bring_globals(pipeline, param.default, set(), names)
            value = self._argument(home, expr, names, new)
            if value is None:
                return None
            stays = is_plain(value) or self._is_reason(pipeline, param)
            if name in bound or not stays:
                local = self.fresh(name)
                at = self._line(module, self.owner.lines_of(module, call)[0])
                new.append((f"{local} = {flat(value)}", replace(at, given=True)))
                value = cst.Name(local)
            inner[name] = value
        return inner if self._variables(module, call, pipeline, given, env, inner) else None

    def _variables(
        self,
        module: SourceModule,
        call: cst.Call,
        pipeline: Pipeline,
        given: Mapping[str, cst.BaseExpression],
        env: Env,
        inner: dict[str, cst.BaseExpression],
    ) -> bool:
        """Add what the type variables stand for, if any is mentioned; False if that of one cannot be told."""
        if not self.owner.types.wanted:
            return True
        found = self.owner.types.variables(module, call, pipeline, given)
        for name, type_ in found.items():
            made = type_expression(type_, self._class).visit(Renaming(env, self.fresh))
            assert isinstance(made, cst.BaseExpression)
            inner.setdefault(name, made)
        unknown = next(iter(sorted(self.owner.types.mentioned(pipeline) - set(found))), None)
        if unknown is not None:
            help = "give it what says so: an argument or a result whose type has it"
            self._refuse(
                module, call, f"mentions `{unknown}`, and this call does not say what that is", help
            )
        return unknown is None

    def _class(self, full: str) -> str:
        return self.owner.bring_class(full, self.taken)

    def _body(
        self,
        pipeline: Pipeline,
        inner: dict[str, cst.BaseExpression],
        wanted: Sequence[str],
        new: list[Text],
    ) -> list[Result] | None:
        """The statements of a pipeline, to `new`, and its results."""
        bound = _binds(pipeline)
        self._name_locals(pipeline, bound - set(inner), wanted, inner)
        for part in (*pipeline.body, *parts(pipeline.result)):
            self._bring_globals(pipeline, part, bound, inner)
        for statement in pipeline.body:
            new += self._statement(pipeline.module, statement, inner)
        return self._results(pipeline, inner, new)

    def _argument(
        self, home: SourceModule, expr: cst.BaseExpression, env: Env, new: list[Text]
    ) -> cst.BaseExpression | None:
        """What is given, in the names of the choreography; pipelines in it are expanded before."""
        filled = self._filled(home, expr, env, new)
        if filled is None:
            return None
        found = filled[0].visit(Renaming(filled[1], self.fresh))
        assert isinstance(found, cst.BaseExpression)
        return found

    def _name_locals(
        self,
        pipeline: Pipeline,
        names: set[str],
        wanted: Sequence[str],
        inner: dict[str, cst.BaseExpression],
    ) -> None:
        """A local that is returned is called as the result is; others keep their names where these are free."""
        used = {n for e in inner.values() for n in names_of(e).reads}
        results = parts(pipeline.result)
        if len(results) == len(wanted):
            for result, name in zip(results, wanted, strict=True):
                if (
                    isinstance(result, cst.Name)
                    and result.value in names
                    and name
                    and name not in used
                ):
                    inner.setdefault(result.value, cst.Name(name))
        for name in sorted(names):
            if name not in inner:
                inner[name] = cst.Name(self.fresh(name))

    def _bring_globals(
        self,
        pipeline: Pipeline,
        part: cst.CSTNode,
        bound: set[str],
        names: dict[str, cst.BaseExpression],
    ) -> None:
        """Make what a part of a pipeline uses of its module available to the choreography."""
        for name in sorted(names_of(part).reads - bound - set(names)):
            if name in pipeline.module.names:
                local = self.owner.bring(pipeline.module, name, self.taken)
                if local != name:
                    names[name] = cst.Name(local)
                    continue
            elif not hasattr(builtins, name):
                continue
            if name in locals_of(self.node):
                self._hidden(pipeline, name)

    def _hidden(self, pipeline: Pipeline, name: str) -> None:
        """The choreography calls something else so, and what the pipeline means has no other name there."""
        text = f"`{name}` is a name of the choreography, and the pipeline `{pipeline.name}` means another"
        where = self.owner.module.span(self.node.name)
        help = f"give the choreography's own `{name}` another name"
        self.owner.findings.error("unsupported-syntax", where, text, help)

    def _statement(
        self,
        module: SourceModule,
        statement: cst.BaseStatement,
        env: Env,
    ) -> list[Text]:
        if not isinstance(statement, cst.SimpleStatementLine):
            self.owner.refuse_calls(module, statement, INNER)
            return self._rendered(module, statement, statement, env, True)
        made = self._expanded(module, statement, env)
        if made is not None:
            lead = lines_before(statement)
            first = self.owner.lines_of(module, statement)[0] - len(lead)
            return [*((text, self._line(module, first + i)) for i, text in enumerate(lead)), *made]
        return self._rendered(module, statement, statement, env, True)

    def _rendered(
        self,
        module: SourceModule,
        statement: cst.BaseStatement,
        changed: cst.BaseStatement,
        env: Env,
        leading: bool,
    ) -> list[Text]:
        """A statement in the names of the choreography, and where its lines are from."""
        if not leading:
            changed = changed.with_changes(leading_lines=())
        if has_long_string(statement):
            text = "a string over several lines, in a statement that is moved"
            help = "give it a name at the top level of the module"
            self.owner.findings.error("unsupported-syntax", module.span(statement), text, help)
        node = without_variables(self.owner.program, module, changed, env)
        text = _EMPTY.code_for_node(node.visit(Renaming(env, self.fresh))).rstrip("\n")  # type: ignore[arg-type]
        first, last = self.owner.lines_of(module, statement)
        start = first - (len(lines_before(statement)) if leading else 0)
        return [
            (line, self._line(module, min(start + index, last)))
            for index, line in enumerate(text.split("\n"))
        ]

    def _results(self, pipeline: Pipeline, env: Env, new: list[Text]) -> list[Result] | None:
        found: list[Result] = []
        for part in parts(pipeline.result):
            value = self._argument(pipeline.module, part, env, new)
            if value is None:
                return None
            line = self.owner.lines_of(pipeline.module, part)[0]
            found.append((value, self._line(pipeline.module, line)))
        return found

    def _arguments(
        self, module: SourceModule, call: cst.Call, pipeline: Pipeline
    ) -> dict[str, cst.BaseExpression] | None:
        """What each parameter is given, apart from defaults; mypy tells what does not fit."""
        found: dict[str, cst.BaseExpression] = {}
        names = iter([p.name.value for p in pipeline.params])
        for arg in call.args:
            name = arg.keyword.value if arg.keyword is not None else next(names, "")
            if arg.star or not name or name in found:
                shown = module.code(arg).strip(", ")
                self._refuse(
                    module, call, f"is called with `{shown}`", "give each parameter by itself"
                )
                return None
            found[name] = arg.value
        for param in pipeline.params:
            name = param.name.value
            if name not in found and param.default is None:
                self._refuse(module, call, f"is not given `{name}`", f"add `{name}=…`")
                return None
        known = {p.name.value for p in pipeline.params}
        unknown = next((name for name in found if name not in known), None)
        if unknown is not None:
            self._refuse(module, call, f"has no parameter `{unknown}`", "leave it out")
            return None
        return found

    def _is_reason(self, pipeline: Pipeline, param: cst.Param) -> bool:
        """Whether a parameter takes a `nondet(…)` or a `proof(…)`, which stands where it is used."""
        return annotation_name(self.owner.program, pipeline.module, param) in _REASONS

    def _line(self, module: SourceModule, line: int) -> Line:
        own = module is self.owner.module and not self.stack
        return Line(module.relative, line, 0 if own else self.call)

    def _refuse(self, module: SourceModule, call: cst.Call, what: str, help: str) -> None:
        pipeline = self.owner.pipelines[self.owner.program.resolve(module, call.func) or ""]
        related = Related(pipeline.module.span(pipeline.node.name), "the pipeline")
        text = f"the pipeline `{pipeline.name}` {what}"
        self.owner.findings.error("unsupported-syntax", module.span(call), text, help, (related,))


def _binds(pipeline: Pipeline) -> set[str]:
    return {n for s in pipeline.body for n in names_of(s).binds}


def _bound(names: Sequence[str], hint: str, results: Sequence[Result]) -> Iterator[Text]:
    """What is left of a statement that binds results."""
    for name, (value, at) in zip(names or [""] * len(results), results, strict=True):
        if name and name != flat(value):
            yield f"{name}{hint} = {flat(value)}", at
        elif not name and not isinstance(value, cst.Name):
            yield flat(value), at
