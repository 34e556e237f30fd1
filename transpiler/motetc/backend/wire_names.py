"""Names of what we define in wire modules: each once in its module, beside what of the source is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from motetc.frontend.naming import free_name

Names = Mapping[str, Mapping[str, str]]  # by module: how a thing is told, and what it is called


@dataclass(slots=True)
class WireNames:
    """`defined`: for each source module, the names of what moves to its wire module. `known`: what keeps its name."""

    defined: Mapping[str, Collection[str]] = field(default_factory=dict)
    known: Names = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)
    given: dict[tuple[object, ...], str] = field(default_factory=dict)

    def name(self, module: str, hint: str, *what: object, forms: Collection[str] = ("{}",)) -> str:
        """What a thing is called: `hint`, numbered where any of the names in its `forms` is taken."""
        key = (module, *what)
        if key not in self.given:
            taken = self.taken.setdefault(module, set(self.defined.get(module, ())))
            found = self.known.get(module, {}).get(repr([*what])) or free_name(
                hint, lambda name: any(f.format(name) in taken for f in forms)
            )
            taken.update(form.format(found) for form in forms)
            self.given[key] = found
        return self.given[key]
