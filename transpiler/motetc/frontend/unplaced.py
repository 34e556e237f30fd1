"""Parameters without a place: which of them are meant as locations, and what is said of each."""

from __future__ import annotations

import builtins
import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import DEFINED, Related
from motetc.frontend.annotations import inner_place, inner_type, is_located, unquote
from motetc.frontend.meant import meant_located
from motetc.frontend.module_names import LIBRARY
from motetc.frontend.operation_forms import KINDS
from motetc.frontend.outline import API, split
from motetc.frontend.program import CLUSTER, PROCESS, Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, code_for
from motetc.ir.roles import Role

_KINDS = (PROCESS, CLUSTER)
_LOCATED = re.compile(r"\b(At|Each)\[")
_DOTTED = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A parameter that has neither a place nor a location class for a type. `roles`: those of the choreography."""

    program: Program
    module: SourceModule
    node: cst.FunctionDef
    param: cst.Param
    roles: tuple[Role, ...]

    @property
    def first(self) -> str:
        return first_of(self.roles)

    @property
    def name(self) -> str:
        return self.param.name.value

    @property
    def cause(self) -> str:
        """The class, or a base of it, whose definition is at fault; the parameter, if it names no class."""
        full = self._full()
        if taken := self._taken():
            return taken[1]
        if not full or full.startswith((f"{API}.", "builtins.")):
            return f"{self.module.name}.{self.node.name.value}.{self.name}"
        return full

    @property
    def choreography(self) -> bool:
        """Whether it is meant as a choreography that is passed: a `Callable` of locations, or of what is awaited."""
        if self._shown() is None:
            return False
        found = self._definition()
        alias = found[1] if found is not None and not isinstance(found[1], cst.ClassDef) else None
        text = code_for(alias) if alias is not None else self._annotation()
        awaited = "Awaitable[" in text or "Coroutine[" in text
        return "Callable[" in text and (awaited or bool(self._locations(text)))

    def is_location(self, lost: Collection[str]) -> bool:
        """Whether it is meant as one. `lost`: the places of values that are no location of the choreography."""
        if self._is_value():
            return False
        if _takes_part(self.node.body, self.name) or self._full() in _KINDS:
            return True
        if self._several() or self._any_number():
            return True
        if self._shown() is None or (self._full() and self._definition() is None):
            return bool(lost)
        return bool(set(_DOTTED.findall(self._annotation())) & set(lost))

    def text(self) -> str:
        """What is wrong with it."""
        if self._shown() is None:
            return f"parameter `{self.name}` has no annotation"
        if self.choreography:
            return f"parameter `{self.name}` would be a choreography: which one runs must be plain to all locations"
        text = f"parameter `{self.name}: {self._annotation()}` has no place"
        outside = self._outside()
        return (
            f"{text}, and its class is of `{outside}`, which is none of the sources"
            if outside
            else text
        )

    def help(self, location: bool, lost: Collection[str]) -> str:
        """What to write instead. `location`: it is meant as one; `lost`: as for `is_location`."""
        if self.choreography:
            return (
                f"take what tells which one, `{self.name}: At[Literal[…], … | …]`, known to all who act, and call "
                "each by its name in the arms of an `if` or a `match`"
            )
        shown = self._shown()
        if shown is None:
            place = next(iter(lost), "Location") if len(lost) < 2 else "Location"
            return f"write `{self.name}: {place if location else f'At[T, {self.first}]'}`"
        if self._full() == f"{API}.nondet":
            return f"write `{self.name}: Nondet`, a reason that the caller gives"
        inner = inner_type(self.program, self.module, shown)
        place = inner_place(self.program, self.module, shown) or self.first
        if instead := meant_located(self.program, self.module, shown, self.roles):
            return f"write `{self.name}: {instead}`"
        value = f"say who knows it: `{self.name}: At[{inner}, {place}]`"
        other = self._as_location(shown)
        if self._full() in _KINDS or (location and other):
            return other
        if location:
            own = f"a location has a class of its own, `class {_named(self.name)}(Process)`"
            return self._derived() or own
        return f"if it is a location, {other}; if it is a value, {value}" if other else value

    def related(self) -> tuple[Related, ...]:
        """Where the class is, if it is one of ours."""
        found = self._definition()
        if found is None:
            return ()
        owner, node = found
        span = owner.span(node.name if isinstance(node, cst.ClassDef) else node)
        return (Related(span, DEFINED),)

    def _as_location(self, shown: cst.BaseExpression) -> str:
        """What makes a location of it; "" where there is nothing to go by."""
        code = self.module.code(shown)
        if self._full() in _KINDS:
            return f"a location has a class of its own, `class {_named(self.name)}({code})`, or a type variable"
        if outside := self._outside():
            return f"have `{outside}` among the sources, with `sources` and `exclude` in pyproject.toml"
        if code in self._unbound():
            return f'bind its type: `{code} = TypeVar("{code}", bound=Process)`'
        if self._is_value():
            return ""
        if self._any_number():
            typed = 'with `K = TypeVar("K", bound=Cluster)`'
            return f"any number of nodes is a cluster, `{self.name}: K` {typed}; two or three are a parameter each"
        if several := self._several():
            full = self.program.resolve_name(self.module, several) or ""
            if self.program.locations[full].cluster:
                return (
                    f"`{several}` is a cluster, all of its members: write `{self.name}: {several}`"
                )
            cluster = f"`class {several}(Cluster)`, and `{self.name}: {several}`"
            return f"nodes that run the same code are a cluster: {cluster}"
        if not self._full():
            known = self._locations(code)
            return f"write `{self.name}: {known[0]}`" if len(known) == 1 else ""
        if meant := self._meant(code):
            return f"write `{self.name}: {meant}`"
        name, found = code.rpartition(".")[2], self._definition()
        node = found[1] if found is not None else None
        if isinstance(node, cst.ClassDef) and node.name.value == name:
            return "" if node.bases else f"write `class {name}(Process)`"
        return f"define its class at the top level of a module: `class {name}(Process)`"

    def _locations(self, code: str) -> list[str]:
        """The location classes that are named in an annotation."""
        named, resolve = _DOTTED.findall(code), self.program.resolve_name
        return [n for n in named if resolve(self.module, n) in self.program.locations]

    def _several(self) -> str:
        """The location class of which it is a list or the like; "" of anything else."""
        shown = self._shown()
        if not isinstance(shown, cst.Subscript) or is_located(self.program, self.module, shown):
            return ""
        if (self.program.resolve(self.module, shown.value) or "").endswith(("Optional", "Union")):
            return ""
        if _LOCATED.search(self._annotation()):
            return ""  # a list of values, of which it says where they are
        known = self._locations(self._annotation())
        return known[0] if len(known) == 1 else ""

    def _derived(self) -> str:
        """What to do about the bases of its class, which make no location of it; "" if there is none."""
        found = self._definition()
        if found is None:
            return ""
        if taken := self._taken():
            base, full = taken
            return f"`{base}` is `{full}` here, and hides that of `{API}`: import one of the two by another name"
        owner, node = found
        if not isinstance(node, cst.ClassDef):
            return ""
        bases = [code for arg in node.bases if (code := owner.code(arg.value)) != "object"]
        return f"write `class {node.name.value}({', '.join([*bases, 'Process'])})`"

    def _taken(self) -> tuple[str, str] | None:
        """A base of its class that is called as one of ours, and what it is."""
        found = self._definition()
        node = found[1] if found is not None else None
        for arg in node.bases if found is not None and isinstance(node, cst.ClassDef) else ():
            assert found is not None
            code, full = found[0].code(arg.value), self.program.resolve(found[0], arg.value) or ""
            if f"{API}.{code}" in _KINDS and "." in full and full not in _KINDS:
                return code, full
        return None

    def _any_number(self) -> bool:
        """Whether it is a tuple or a list of whatever processes there are."""
        if self._shown() is None:
            return False
        named, resolve = _DOTTED.findall(self._annotation()), self.program.resolve_name
        some = any(resolve(self.module, n) in _KINDS for n in named)
        return some and isinstance(self._shown(), cst.Subscript)

    def _meant(self, code: str) -> str:
        """A location class that is called otherwise here, or nearly so."""
        found = self._definition()
        if found is None:
            near = sorted(full.rpartition(".")[2] for full in self.program.locations)
            return next(iter(difflib.get_close_matches(code, near, n=1)), "")
        owner, node = found
        small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
        value = small.value if isinstance(small, (cst.Assign, cst.AnnAssign)) else None
        other = value is not None and self.program.resolve(owner, value) in self.program.locations
        return owner.code(value) if other and value is not None else ""

    def _is_value(self) -> bool:
        """Whether its type is one of values, whatever the parameter is used for."""
        home, _, name = self._full().rpartition(".")
        if home == "builtins":
            return hasattr(builtins, name)
        found = self._definition()
        node = found[1] if found is not None else None
        return home.partition(".")[0] in LIBRARY or (
            isinstance(node, cst.ClassDef) and bool(node.decorators)
        )

    def _shown(self) -> cst.BaseExpression | None:
        """The annotation, without quotes."""
        annotation = self.param.annotation
        return unquote(annotation.annotation) if annotation is not None else None

    def _annotation(self) -> str:
        assert self.param.annotation is not None
        return self.module.code(self.param.annotation.annotation)

    def _full(self) -> str:
        """The name of its type; "" if that is no name."""
        shown = self._shown()
        return (self.program.resolve(self.module, shown) if shown is not None else None) or ""

    def _definition(self) -> tuple[SourceModule, cst.CSTNode] | None:
        """The statement of ours that binds the name of its type."""
        owner, rest = split(self.program.modules, self._full())
        definition = owner.definitions.get(rest.partition(".")[0]) if owner is not None else None
        return (owner, definition.node) if owner is not None and definition is not None else None

    def _outside(self) -> str:
        """The module of its type, if that is neither ours nor of the standard library."""
        full = self._full()
        owner = full.rpartition(".")[0]
        ours = split(self.program.modules, full)[0] is not None
        return "" if ours or owner.partition(".")[0] in (API, *LIBRARY) else owner

    def _unbound(self) -> Iterator[str]:
        """Type variables of the module that are bound to no location."""
        for name, definition in self.module.definitions.items():
            if (
                "TypeVar(" in definition.code
                and f"{self.module.name}.{name}" not in self.program.variables
            ):
                yield name


def first_of(roles: tuple[Role, ...]) -> str:
    """A location to name where any would do."""
    return roles[0].class_name if roles else "Location"


def _named(parameter: str) -> str:
    """The name of a class, after that of a parameter."""
    return parameter.title().replace("_", "")


def _takes_part(node: cst.CSTNode, name: str) -> bool:
    """Whether a name is used as that of a location: in `with name:`, as a speaker, or as a receiver."""
    if isinstance(node, cst.With) and any(_is_name(item.item, name) for item in node.items):
        return True
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        to = next((a.value for a in node.args if a.keyword and a.keyword.value == "to"), None)
        receivers = [e.value for e in to.elements] if isinstance(to, cst.Tuple) else [to]
        named = any(_is_name(x, name) for x in (node.func.value, *receivers))
        if to is not None and node.func.attr.value in KINDS and named:
            return True
    return any(_takes_part(child, name) for child in children(node))


def _is_name(node: cst.CSTNode | None, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name
