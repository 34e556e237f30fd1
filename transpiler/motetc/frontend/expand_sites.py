"""What the parameters, type variables and names of a pipeline stand for in one call of it."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.annotations import annotation_name
from motetc.frontend.expand_module import CallingModule
from motetc.frontend.expand_names import Env, Renaming
from motetc.frontend.expand_texts import identifiers, parts
from motetc.frontend.expand_types import type_expression
from motetc.frontend.line_map import Line
from motetc.frontend.naming import free_name
from motetc.frontend.pipelines import Pipeline
from motetc.frontend.reasons import sentence
from motetc.frontend.scope import locals_of, names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children

_REASONS = ("motet.Nondet", "motet.Proof")
_CODES = {"nondet": "missing-nondet", "proof": "missing-proof"}
Names: TypeAlias = dict[str, cst.BaseExpression]


@dataclass(frozen=True, slots=True)
class Site:
    """One call: where it stands, what it calls, and what names stand for there."""

    module: SourceModule
    call: cst.Call
    pipeline: Pipeline
    env: Env


class CallNames:
    """Finds names in one choreography for what calls of pipelines bring into it.

    Names of pipelines are free for that: when they are expanded, nobody calls them any more.
    """

    def __init__(self, owner: CallingModule, node: cst.FunctionDef) -> None:
        self.owner = owner
        self.node = node
        mentioned = Counter(identifiers(node))
        mentioned.subtract(_called(owner, node))
        self.taken = set(locals_of(node)) | set(owner.module.names) | set(mentioned)
        self.gone = {name for name, times in mentioned.items() if not times}
        self.stack: list[Pipeline] = []
        self.call = 0  # the line of the call that is being expanded

    def fresh(self, name: str) -> str:
        """`name`, or with a number if that is something else already."""
        made = free_name(name, lambda n: n in self.taken and n not in self.gone)
        self.taken.add(made)
        self.gone.discard(made)
        if made != name:
            self.owner.names[made] = name
        return made

    def _arguments(self, site: Site) -> Names | None:
        """What each parameter is given, apart from defaults; mypy tells what does not fit."""
        found: Names = {}
        names = iter([p.name.value for p in site.pipeline.params])
        for arg in site.call.args:
            name = arg.keyword.value if arg.keyword is not None else next(names, "")
            if arg.star or not name or name in found:
                shown = site.module.code(arg).strip(", ")
                self._refuse(site, f"is called with `{shown}`", "give each parameter by itself")
                return None
            found[name] = arg.value
        for param in site.pipeline.params:
            name = param.name.value
            if name not in found and param.default is None:
                self._refuse(site, f"is not given `{name}`", f"add `{name}=…`")
                return None
        known = {p.name.value for p in site.pipeline.params}
        unknown = next((name for name in found if name not in known), None)
        if unknown is not None:
            self._refuse(site, f"has no parameter `{unknown}`", "leave it out")
            return None
        return found if self._say(site, found) else None

    def _say(self, site: Site, found: Names) -> bool:
        """Whether the reasons and proofs that are given say something; what was passed on is told where it begins."""
        for param in site.pipeline.params:
            given = found.get(param.name.value)
            if not isinstance(given, cst.Call) or not self._is_reason(site.pipeline, param):
                continue
            word = (self.owner.program.resolve(site.module, given.func) or "").rpartition(".")[2]
            if word in _CODES and not sentence(given):
                text = f"what `{param.name.value}` of the pipeline `{site.pipeline.name}` is given says nothing"
                help = f'write `{word}("…")`, with a literal that says why'
                self.owner.findings.error(_CODES[word], site.module.span(given), text, help)
                return False
        return True

    def _is_reason(self, pipeline: Pipeline, param: cst.Param) -> bool:
        """Whether a parameter takes a `nondet(…)` or a `proof(…)`, which stands where it is used."""
        return annotation_name(self.owner.program, pipeline.module, param) in _REASONS

    def _variables(self, site: Site, given: Mapping[str, cst.BaseExpression], inner: Names) -> bool:
        """Add what the type variables stand for, if any is mentioned; False if that of one cannot be told."""
        types = self.owner.types
        if not types.wanted:
            return True
        found = types.variables(site.module, site.call, site.pipeline, given)
        for name, type_ in found.items():
            made = type_expression(type_, self._class).visit(Renaming(site.env, self.fresh))
            assert isinstance(made, cst.BaseExpression)
            inner.setdefault(name, made)
        unknown = next(iter(sorted(types.mentioned(site.pipeline) - set(found))), None)
        if unknown is not None:
            help = "give it what says so: an argument or a result whose type has it"
            what = f"mentions `{unknown}`, and this call does not say what that is"
            self._refuse(site, what, help)
        return unknown is None

    def _class(self, full: str) -> str:
        return self.owner.bring_class(full, self.taken)

    def _name_locals(
        self,
        pipeline: Pipeline,
        names: set[str],
        wanted: Sequence[str],
        inner: Names,
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
        names: Names,
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

    def _line(self, module: SourceModule, line: int) -> Line:
        own = module is self.owner.module and not self.stack
        return Line(module.relative, line, 0 if own else self.call)

    def _refuse(self, site: Site, what: str, help: str) -> None:
        node, home = site.pipeline.node.name, site.pipeline.module
        related = Related(home.span(node), "the pipeline")
        text = f"the pipeline `{site.pipeline.name}` {what}"
        span = site.module.span(site.call)
        self.owner.findings.error("unsupported-syntax", span, text, help, (related,))


def _called(owner: CallingModule, node: cst.CSTNode) -> Iterator[str]:
    """The names by which pipelines are called."""
    match node:
        case cst.Call(func=cst.Name(value=name)):
            if owner.program.resolve(owner.module, node.func) in owner.pipelines:
                yield name
    for child in children(node):
        yield from _called(owner, child)
