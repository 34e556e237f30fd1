"""Expands the calls in one choreography: each becomes the pipeline's statements, in the choreography's names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

import libcst as cst

from motetc.frontend.comments import comment_behind, lines_before
from motetc.frontend.expand_module import CallingModule
from motetc.frontend.expand_names import Env, Renaming, is_plain
from motetc.frontend.expand_sites import CallNames, Names, Site
from motetc.frontend.expand_texts import (
    flat,
    has_long_string,
    numbered,
    parts,
    target,
    wanted,
    without_variables,
)
from motetc.frontend.line_map import Line
from motetc.frontend.pipelines import Pipeline
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, code_for, exchange

INNER = (
    "in a block: pipelines are called where collections are declared, at the top level",
    ("call it before, and use what it gives by name"),
)
AGAIN = (
    "in the test of a loop, which is evaluated again and again: a pipeline runs once",
    ("put it into a choreography of its own, and call that in the loop"),
)
LATER = (
    "in a lambda or a comprehension: pipelines are called once, where collections are declared",
    ("call it in a statement before, and use what it gives by name"),
)
Text = tuple[str, Line]
Result = tuple[cst.BaseExpression, Line]
Node = TypeVar("Node", bound=cst.CSTNode)


class Calls(CallNames):
    """One choreography whose calls are expanded."""

    def __init__(self, owner: CallingModule, node: cst.FunctionDef) -> None:
        super().__init__(owner, node)
        self.places = count()

    def run(self, lines: Sequence[str], begin: int, end: int) -> list[Text]:
        """The lines of the function from its first decorator on."""
        assert isinstance(self.node.body, cst.IndentedBlock)
        new: list[Text] = []
        done = begin - 1
        for statement in self.node.body.body:
            first, last = self.owner.lines_of(self.owner.module, statement)
            self.call = first
            if isinstance(statement, cst.SimpleStatementLine):
                made = self._expanded(self.owner.module, statement, {})
            else:
                made, last = self._headed(statement, lines)
            if made is None:
                continue
            self.owner.first = self.owner.first or self.call
            new += self._own(lines, done, first - 1)
            indent = lines[first - 1][: -len(lines[first - 1].lstrip())]
            new += [(f"{indent}{text}" if text else "", line) for text, line in made]
            done = last
        return [*new, *self._own(lines, done, end)]

    def _own(self, lines: Sequence[str], done: int, end: int) -> list[Text]:
        """Lines of the choreography as they stand."""
        relative = self.owner.module.relative
        return [(text, Line(relative, number)) for number, text in numbered(lines, done, end)]

    def _headed(
        self, statement: cst.BaseStatement, lines: Sequence[str]
    ) -> tuple[list[Text] | None, int]:
        """What stands for a block up to the end of its head, which is evaluated once, and the line of that end.

        None if no pipeline is called there.
        """
        module = self.owner.module
        head = _head(statement)
        again = statement.test if isinstance(statement, cst.While) else None
        for child in children(statement):
            if child is not head:
                self.owner.refuse_calls(module, child, AGAIN if child is again else INNER)
        found = module.positions.get(head) if head is not None else None
        if head is None or found is None or next(self.owner.calls(module, head), None) is None:
            return None, 0
        new: list[Text] = []
        filled = None if self._refused_inside(module, head) else self._filled(module, head, {}, new)
        if filled is None:
            return None, 0
        made = filled[0].visit(Renaming(filled[1], self.fresh))
        assert isinstance(made, cst.BaseExpression)
        first = self.owner.lines_of(module, statement)[0]
        start, end = found.start, found.end
        opening = [line.strip() for line in lines[first - 1 : start.line - 1]]
        before, after = lines[start.line - 1][: start.column], lines[end.line - 1][end.column :]
        header = f"{before.strip() if opening else before.lstrip()}{flat(made)}{after}"
        texts = (*opening, header)
        return [*new, *((text, Line(module.relative, first)) for text in texts)], end.line

    def _expanded(
        self, module: SourceModule, statement: cst.BaseStatement, env: Env
    ) -> list[Text] | None:
        """The lines of a statement with its calls expanded, in the names of the choreography; None if it has none."""
        first = next(self.owner.calls(module, statement), None)
        if first is None:
            return None
        site = Site(module, *first, env)
        if self._refused_inside(module, statement):
            return None
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) > 1:
            help = "give it a line of its own"
            self._refuse(site, "shares its line with other statements", help)
            return None
        small = statement.body[0]
        if getattr(small, "value", None) is site.call:
            return self._whole(site, statement, small)
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
        self, site: Site, statement: cst.SimpleStatementLine, small: cst.BaseSmallStatement
    ) -> list[Text] | None:
        """`target = pipeline(…)`: the results are called as the target is."""
        names = wanted(target(small), site.env)
        made = self._call(site, names)
        if made is None:
            return None
        lines, results = made
        if names and len(names) != len(results):
            bound = "one name is" if len(names) == 1 else f"{len(names)} names are"
            what = f"gives {f'{len(results)} results' if results else 'nothing'}, and {bound} bound"
            self._refuse(
                site, what, "bind each to a name" if results else _returning(site.pipeline)
            )
            return None
        results = self._apart(names, results, lines)
        first = self._line(site.module, self.owner.lines_of(site.module, statement)[0])
        comment = comment_behind(statement)
        remarks = [(comment, first)] if comment else []
        if isinstance(small, cst.Return):
            texts = ", ".join(flat(value) for value, _ in results)
            return [*remarks, *lines, (f"return {texts}".rstrip(), first)]
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
            site = Site(module, call, pipeline, env)
            made = self._call(site, [])
            if made is None:
                return None
            new += made[0]
            if len(made[1]) != 1:
                what = f"gives {len(made[1])} results, and one is used here"
                help = "bind them to names in a statement of its own"
                if not made[1]:
                    what = "gives nothing, and a result is used here"
                    help = _returning(pipeline)
                self._refuse(site, what, help)
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

    def _call(self, site: Site, wanted: Sequence[str]) -> tuple[list[Text], list[Result]] | None:
        """The statements of a call, and its results."""
        pipeline = site.pipeline
        if pipeline in self.stack:
            names = " → ".join(p.name for p in (*self.stack, pipeline))
            self._refuse(site, f"calls itself: {names}", "a cycle of data is a `channel`")
            return None
        given = self._arguments(site)
        if given is None:
            return None
        new: list[Text] = []
        inner = self._parameters(site, given, new)
        if inner is None:
            return None
        self.stack.append(pipeline)
        values = self._body(pipeline, inner, wanted, new)
        self.stack.pop()
        return None if values is None else (new, values)

    def _parameters(self, site: Site, given: Names, new: list[Text]) -> Names | None:
        """What each parameter stands for; what is computed for it, and pipelines in arguments, go to `new`."""
        pipeline = site.pipeline
        bound = _binds(pipeline)
        inner: Names = {}
        for param in pipeline.params:
            name = param.name.value
            value = self._given(site, param, given, new)
            if value is None:
                return None
            stays = is_plain(value) or self._is_reason(pipeline, param)
            if name in bound or not stays:
                local = self.fresh(name)
                at = self._line(site.module, self.owner.lines_of(site.module, site.call)[0])
                new.append((f"{local} = {flat(value)}", replace(at, given=True)))
                value = cst.Name(local)
            inner[name] = value
        return inner if self._variables(site, given, inner) else None

    def _given(
        self, site: Site, param: cst.Param, given: Names, new: list[Text]
    ) -> cst.BaseExpression | None:
        """What a parameter is given, or its default."""
        expr = given.get(param.name.value)
        if expr is not None:
            return self._argument(site.module, expr, site.env, new)
        assert param.default is not None
        names: Names = {}
        self._bring_globals(site.pipeline, param.default, set(), names)
        return self._argument(site.pipeline.module, param.default, names, new)

    def _body(
        self,
        pipeline: Pipeline,
        inner: Names,
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
        text = code_for(node.visit(Renaming(env, self.fresh))).rstrip("\n")  # type: ignore[arg-type]
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


def _head(statement: cst.BaseStatement) -> cst.BaseExpression | None:
    """What a block evaluates once, before anything in it."""
    match statement:
        case cst.For(iter=head) | cst.If(test=head) | cst.Match(subject=head):
            return head
    return None


def _binds(pipeline: Pipeline) -> set[str]:
    return {n for s in pipeline.body for n in names_of(s).binds}


def _bound(names: Sequence[str], hint: str, results: Sequence[Result]) -> Iterator[Text]:
    """What is left of a statement that binds results."""
    for name, (value, at) in zip(names or [""] * len(results), results, strict=True):
        if name and name != flat(value):
            yield f"{name}{hint} = {flat(value)}", at
        elif not name and not isinstance(value, cst.Name):
            yield flat(value), at


def _returning(pipeline: Pipeline) -> str:
    """What to do about a pipeline that gives nothing."""
    return f"let it `return` a collection, at the end of `{pipeline.name}`"
