"""Names for results of live collections that the source awaits without giving them one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.hoist import Hoister
from motetc.frontend.live import LiveReader
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule

_ALIKE = frozenset(
    {"assume_ordering", "assume_retries", "inspect", "sort", "weaken_ordering", "weaken_retries"}
)  # operators that give all elements as they take them
_NAMED = frozenset(
    {"chain", "merge_ordered", "merge_unordered", "slice_stream"}
)  # whose own name is needed for what they are in the code
_NOUNS = {
    "count": "count",
    "entries": "entries",
    "first": "first",
    "is_empty": "empty",
    "key_count": "count",
    "keys": "keys",
    "last": "last",
    "max": "largest",
    "min": "smallest",
    "value_counts": "counts",
    "values": "values",
}


@dataclass(frozen=True, slots=True)
class ResultNames:
    """Those of one choreography. `following` is what stands behind the statement that awaits, at the top level."""

    reader: LiveReader
    hoister: Hoister
    module: SourceModule

    def of(self, awaited: cst.Await, following: Sequence[cst.CSTNode]) -> str:
        """The collection's own name, if it is done with; else one of ours."""
        assert isinstance(awaited.expression, cst.Call)
        assert isinstance(awaited.expression.func, cst.Attribute)
        value = awaited.expression.func.value
        if isinstance(value, cst.Name) and self._is_done(value.value, following):
            return value.value
        for name in self._said(value, following):
            if name in self.reader.names:
                return name
            if name not in self.hoister.taken:
                break
        else:
            name = "result"
        name = self.hoister.fresh(name)
        self.hoister.made[name] = self.module.code(awaited)
        return name

    def _said(self, value: cst.BaseExpression, following: Sequence[cst.CSTNode]) -> Iterator[str]:
        """What a result may be called: after the operator that it comes of, and after the collection that it is of."""
        while isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
            op = value.func.attr.value
            if op in _NOUNS:
                yield _NOUNS[op]
            if op not in _ALIKE:
                return
            value = value.func.value
        live = self.reader.names.get(value.value) if isinstance(value, cst.Name) else None
        if not isinstance(value, cst.Name) or live is None or live.op in _NAMED:
            return
        if live.shape in ("stream", "keyed_stream") and self._is_done(value.value, following):
            yield value.value

    def _is_done(self, name: str, following: Sequence[cst.CSTNode]) -> bool:
        """Whether a collection has no other result, and nothing that follows mentions it."""
        if any(c.name == name for c in self.reader.collects):
            return False
        return not any(name in names_of(n).reads for n in following)
