"""Expands pipelines where choreographies call them, before anything else looks at the program.

What comes out is a module as a person would have written it without pipelines: the pipeline's statements stand in the
place of the call, its parameters are what was given, its names are free ones, and what it uses of its own module is
imported. A line map leads back. The function as it was written stays beside the expanded one, for mypy alone: a call
that does not fit is found at the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.expand_calls import Calls, Text
from motetc.frontend.expand_module import CallingModule
from motetc.frontend.expand_texts import numbered
from motetc.frontend.expand_types import CallTypes
from motetc.frontend.library import library_pipelines
from motetc.frontend.line_map import Line, LineMap
from motetc.frontend.locations import choreography_decorator
from motetc.frontend.pipelines import find_pipelines, is_pipeline
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule, parse
from motetc.frontend.types import TypeFacts

_OUTSIDE = (
    "where there is no choreography around it",
    ("call it in a choreography, or in a function that is marked `@pipeline` too"),
)


def expand_pipelines(program: Program, findings: Findings, ask: Callable[[], TypeFacts]) -> bool:
    """Put an expanded module in the place of each that calls pipelines; False if something was refused.

    `ask` gives mypy's answers about the modules as they are written.
    """
    count = len(findings)
    pipelines = {**library_pipelines(program), **find_pipelines(program, findings)}
    types = CallTypes(program, ask)
    types.look_over(pipelines.values())
    expanded = {}
    for module in program.modules.values():
        made = _Expanded(program, pipelines, findings, types, module).run()
        if made is not None:
            expanded[module.name] = made
    program.modules.update(expanded)
    return len(findings) == count


@dataclass(slots=True)
class _Expanded(CallingModule):
    """One module that may call pipelines, written anew."""

    def run(self) -> SourceModule | None:
        """The module with all its calls expanded; None if it has none."""
        if not self.pipelines:
            return None
        calling = list(self._calling())
        self._refuse_outside(calling)
        lines = self.module.text.split("\n")
        new: list[Text] = []
        copies: list[Text] = []
        functions: list[range] = []
        done = 0
        for node in calling:
            begin, end = self._lines(node)
            new += [(text, self._own(number)) for number, text in numbered(lines, done, begin - 1)]
            start = len(new)
            new += Calls(self, node).run(lines, begin, end)
            functions.append(range(start + 1, len(new) + 1))
            copies += self._as_written(node, lines, end)
            done = end
        if not functions:
            return None
        new += [(text, self._own(number)) for number, text in numbered(lines, done, len(lines))]
        at, more = self._import_line(), len(self.imports)
        relative = self.module.relative
        new[at:at] = [(text, Line(relative, self.first)) for text in self.imports.values()]
        shifted = [range(f.start + more, f.stop + more) for f in functions]
        return self._parsed(new, copies, shifted)

    def _calling(self) -> Iterator[cst.FunctionDef]:
        """The choreographies with a call of a pipeline."""
        for node in self.module.tree.body:
            if isinstance(node, cst.FunctionDef) and isinstance(node.body, cst.IndentedBlock):
                is_one = choreography_decorator(self.program, self.module, node) is not None
                if is_one and next(self.calls(self.module, node), None) is not None:
                    yield node

    def _refuse_outside(self, expanded: Sequence[cst.FunctionDef]) -> None:
        """Calls in what is neither a choreography nor a pipeline."""
        for node in self.module.tree.body:
            known = isinstance(node, cst.FunctionDef) and (
                node in expanded or is_pipeline(self.program, self.module, node)
            )
            if not known:
                self.refuse_calls(self.module, node, _OUTSIDE)

    def _lines(self, node: cst.FunctionDef) -> tuple[int, int]:
        """From the first decorator to the last line of the body."""
        first = node.decorators[0] if node.decorators else node
        return self.lines_of(self.module, first)[0], self.lines_of(self.module, node)[1]

    def _own(self, number: int) -> Line:
        return Line(self.module.relative, number)

    def _as_written(self, node: cst.FunctionDef, lines: Sequence[str], end: int) -> list[Text]:
        """The function under another name and without its decorator."""
        begin = self.lines_of(self.module, node)[0]
        name = node.name.value
        head = lines[begin - 1].replace(f"def {name}", f"def _{name}_as_written", 1)
        body = [(text, self._own(number)) for number, text in numbered(lines, begin, end)]
        return [("", self._own(begin)), ("", self._own(begin)), (head, self._own(begin)), *body]

    def _import_line(self) -> int:
        """After the docstring and the imports from `__future__`."""
        at = 0
        for node in self.module.tree.body:
            match node:
                case cst.SimpleStatementLine(body=[cst.Expr(value=cst.BaseString())]):
                    at = self.lines_of(self.module, node)[1]
                case cst.SimpleStatementLine(
                    body=[cst.ImportFrom(module=cst.Name(value="__future__"))]
                ):
                    at = self.lines_of(self.module, node)[1]
                case _:
                    break
        return at

    def _sources(self) -> Iterator[SourceModule]:
        yield from (p.module for p in self.pipelines.values())
        yield from self.program.modules.values()

    def _parsed(
        self, new: Sequence[Text], copies: Sequence[Text], functions: Sequence[range]
    ) -> SourceModule:
        whole = [*new, *copies]
        text = "\n".join(text for text, _ in whole)
        old = self.module
        made = parse(old.path, old.relative, old.name, text)
        if isinstance(made, Diagnostic):
            raise AssertionError(f"{old.relative} does not parse any more: {made.message}\n{text}")
        made.map = LineMap(
            old.relative,
            [line for _, line in whole],
            text.split("\n"),
            {m.relative: m.text.split("\n") for m in self._sources()},
            functions,
            range(len(new) + 1, len(whole) + 1),
            self.names,
        )
        return made
