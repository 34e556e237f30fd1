"""What a function of an operator uses and changes of what is there at its location: attributes, values of modules.

Names are dotted as the source has them: `server.log` for an attribute of a location, the full name for a value of a
module, a plain name for one of the choreography. What is not known to change something is taken to leave it alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.mutation import MUTATORS, changes_first
from motetc.frontend.program import dotted_name
from motetc.frontend.tree import all_parameters, children
from motetc.ir.mutability import is_used_up
from motetc.passes.aliases import Aliases
from motetc.passes.targets import targets


@dataclass(slots=True)
class Touch:
    """What code uses, and which of it it changes."""

    used: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def note(self, name: str, changed: bool = False) -> None:
        self.used.add(name)
        if changed:
            self.changed.add(name)

    def join(self, other: Touch) -> None:
        self.used |= other.used
        self.changed |= other.changed

    def meets(self, other: Touch) -> str:
        """The first that both use, and one of them changes; "" if there is none."""
        met = (self.changed & other.used) | (other.changed & self.used)
        return min(met, default="")


@dataclass(slots=True)
class Touching:
    """Answers about one choreography. `roles`: the classes of its locations."""

    aliases: Aliases
    roles: dict[str, str]
    methods: dict[str, Touch] = field(default_factory=dict)  # by full name, of `self`

    def of(self, function: cst.BaseExpression) -> Touch:
        """Of what is handed to an operator, which calls it."""
        found = Touch()
        if isinstance(function, cst.Lambda):
            hidden = frozenset(p.name.value for p in all_parameters(function.params))
            self._code(function.body, found, hidden)
        else:
            self._called(function, found, frozenset())
            self._code(function, found, frozenset())
        return found

    def of_code(self, node: cst.CSTNode) -> Touch:
        """Of code that runs by itself."""
        found = Touch()
        self._code(node, found, frozenset())
        return found

    def lent(self, function: cst.BaseExpression) -> set[str]:
        """The attributes of locations of which a function gives the value, or something in that."""
        if isinstance(function, cst.Lambda):
            return {name for part in _displayed(function.body) for name in self._lent_by(part)}
        return {*self._lent_by_call(function)}

    def _lent_by(self, node: cst.BaseExpression) -> Iterator[str]:
        if isinstance(node, cst.Call):
            yield from self._lent_by_call(node.func)
            for arg in node.args:
                yield from self._lent_by(arg.value)
        while isinstance(node, (cst.Subscript, cst.Call)):
            inner = node.value if isinstance(node, cst.Subscript) else node.func
            if isinstance(node, cst.Call):
                if not isinstance(inner, cst.Attribute) or inner.attr.value not in (
                    "get",
                    "setdefault",
                ):
                    return
                inner = inner.value
            node = inner
        head, _, rest = (dotted_name(node) or "").partition(".")
        if head in self.roles and rest:
            yield f"{head}.{rest.partition('.')[0]}"

    def _lent_by_call(self, function: cst.BaseExpression) -> Iterator[str]:
        head, _, rest = (dotted_name(function) or "").partition(".")
        chance = self.aliases.chance
        if head in self.roles and rest and "." not in rest:
            yield from (f"{head}.{name}" for name in chance.lent(self._full(head, rest)))

    def makes_new(self, function: cst.BaseExpression) -> bool:
        """Whether all that a lambda gives is a new collection of what nobody can change."""
        made = (cst.List, cst.ListComp, cst.Set, cst.SetComp, cst.Dict, cst.DictComp)
        body = function.body if isinstance(function, cst.Lambda) else None
        return isinstance(body, made) and self.aliases.is_new(body)

    def alters_given(self, function: cst.BaseExpression) -> bool:
        """Whether a function changes what it is called with, as far as that is known."""
        if isinstance(function, cst.Lambda):
            names = frozenset(p.name.value for p in all_parameters(function.params))
            return self._alters_some(function.body, names)
        return any(altered for _, altered in self._alters_arguments(function))

    def _alters_some(self, node: cst.CSTNode, names: frozenset[str]) -> bool:
        if isinstance(node, cst.Call):
            if self._alters(node.func) and _root(node.func) in names:
                return True
            if any(_root(given) in names for given in self._altered_arguments(node)):
                return True
        return any(self._alters_some(child, names) for child in children(node))

    def _altered_arguments(self, call: cst.Call) -> Iterator[cst.BaseExpression]:
        """What a call is given whose value it changes."""
        for params, altered in self._alters_arguments(call.func):
            given = {a.keyword.value: a.value for a in call.args if a.keyword is not None}
            given |= dict(zip(params, (a.value for a in call.args), strict=False))
            yield from (value for name, value in given.items() if name in altered)

    def _alters_arguments(
        self, function: cst.BaseExpression
    ) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
        """Of a function of the project, or a method: the parameters to be given, and those whose values it changes."""
        name = dotted_name(function) or ""
        head, _, rest = name.partition(".")
        aliases, bound = self.aliases, True
        if head in self.roles:
            full = [self._full(head, rest)] if rest and "." not in rest else []
        elif head in aliases.choreography.locals:
            full = [*aliases.methods(function)] if isinstance(function, cst.Attribute) else []
        else:
            full, bound = [aliases.program.resolve_name(aliases.module, name) or ""], False
        for name in full:
            if changes_first(name):
                yield ("first",), frozenset({"first"})
            reach = aliases.chance.reach(aliases.chance.defined(name))
            if reach is not None:
                params = reach.params[bound:]
                yield params, aliases.chance.altered(name) & frozenset(params)

    def _code(self, node: cst.CSTNode, found: Touch, hidden: frozenset[str]) -> None:
        if isinstance(node, (cst.Name, cst.Attribute)) and (name := dotted_name(node)) is not None:
            self._named(name, found, hidden, is_used_up(self.aliases.type_of(node)))
            return
        if isinstance(node, cst.Lambda):
            hidden |= frozenset(p.name.value for p in all_parameters(node.params))
        if isinstance(node, cst.Call):
            self._called(node.func, found, hidden)
            for given in filter(_root, self._altered_arguments(node)):
                self._change(given, found, hidden)
        for target in targets(node):
            if isinstance(target, (cst.Attribute, cst.Subscript)):
                self._change(target, found, hidden)
        for child in children(node):
            self._code(child, found, hidden)

    def _named(self, name: str, found: Touch, hidden: frozenset[str], changed: bool) -> None:
        """A name that is read: a location's attribute, a value of a module, one of the choreography. `changed`: by
        that."""
        head, _, rest = name.partition(".")
        if head in hidden:
            return
        if head in self.roles:
            first = rest.partition(".")[0]
            touch = self._method(head, first) if first else None
            if touch is None and first:
                found.note(f"{head}.{first}", changed)
            elif touch is not None and self.aliases.chance.is_property(self._full(head, first)):
                self._of_location(head, touch, found)
        elif head in self.aliases.choreography.locals:
            found.note(self.aliases.group(head), changed)
        else:
            for value in self._values(name):
                found.note(value, changed)

    def _values(self, name: str) -> tuple[str, ...]:
        """The values of modules that a name comes to, if they are changed somewhere, or that it is."""
        aliases = self.aliases
        full = aliases.program.resolve_name(aliases.module, name) or ""
        found = tuple(aliases.chance.touched(full, aliases.module))
        while not found and "." in name:
            if aliases.chance.is_value(full):
                return (name,)
            name, full = name.rpartition(".")[0], full.rpartition(".")[0]
        return found or ((name,) if aliases.chance.is_value(full) else ())

    def _called(self, function: cst.BaseExpression, found: Touch, hidden: frozenset[str]) -> None:
        """What calling a function does besides reading it."""
        name = dotted_name(function)
        if name is None:
            return
        head, _, rest = name.partition(".")
        if head in hidden:
            return
        if head in self.roles:
            method, _, inner = rest.partition(".")
            touch = self._method(head, method)
            if touch is not None and not inner:
                self._of_location(head, touch, found)
            elif inner and self._alters(function):
                found.note(f"{head}.{method}", changed=True)
        elif head in self.aliases.choreography.locals:
            if head in self.aliases.functions and not rest:
                self._code(self.aliases.functions[head], found, hidden)
            elif rest and self._alters(function):
                found.note(self.aliases.group(head), changed=True)
        else:
            self._of_module(name, found)

    def _of_module(self, name: str, found: Touch) -> None:
        aliases = self.aliases
        full = aliases.program.resolve_name(aliases.module, name) or ""
        changed = aliases.chance.changing(full)
        base, _, method = full.rpartition(".")
        bound = method in MUTATORS and aliases.chance.is_value(base)
        for value in self._values(name):
            found.note(value, changed=bound or value in changed)

    def _alters(self, function: cst.BaseExpression) -> bool:
        """Whether a method changes what it is called on, as far as that is known."""
        if not isinstance(function, cst.Attribute):
            return False
        own = [self.aliases.chance.altering(name) for name in self.aliases.methods(function)]
        known = [alters for alters in own if alters is not None]
        return any(known) if known else function.attr.value in MUTATORS

    def _method(self, role: str, name: str) -> Touch | None:
        """What a method or a property of a location uses and changes of its own; None of what is neither."""
        chance = self.aliases.chance
        full = chance.defined(self._full(role, name))
        reach = chance.reach(full)
        if reach is None or reach.kind not in ("function", "property"):
            return None
        if full not in self.methods:
            found = self.methods[full] = Touch()
            own = chance.own_changed(full)
            found.used |= reach.own_used | own
            found.changed |= own
            for inner in reach.own_used:
                other = self._method(role, inner)
                if other is not None:
                    found.used.discard(inner)
                    found.join(other)
            changed = chance.changing(full)
            for value in chance.touched(full):
                found.note(f"*{value}", changed=value in changed)
        return self.methods[full]

    def _full(self, role: str, name: str) -> str:
        return f"{self.roles[role]}.{name}"

    def _of_location(self, role: str, touch: Touch, found: Touch) -> None:
        for name in touch.used:
            whole = name[1:] if name.startswith("*") else f"{role}.{name}"
            found.note(whole, changed=name in touch.changed)

    def _change(self, target: cst.BaseExpression, found: Touch, hidden: frozenset[str]) -> None:
        """What is assigned to, or changed by whoever is given it."""
        node: cst.CSTNode = target
        while isinstance(node, cst.Subscript):
            node = node.value
        name = dotted_name(node) or ""
        head, _, rest = name.partition(".")
        if head in hidden or not name:
            return
        if head in self.roles and rest:
            found.note(f"{head}.{rest.partition('.')[0]}", changed=True)
        elif head in self.aliases.choreography.locals:
            found.note(self.aliases.group(head), changed=True)
        elif head not in self.roles:
            for value in self._values(name):
                found.note(value, changed=True)


def _displayed(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What a value is made of, if it is written out."""
    match value:
        case cst.Tuple(elements=parts) | cst.List(elements=parts):
            for part in parts:
                yield from _displayed(part.value)
        case cst.IfExp(body=one, orelse=other):
            yield from (*_displayed(one), *_displayed(other))
        case cst.Call(func=cst.Name(value=name), args=args) if name[:1].isupper():
            for arg in args:
                yield from _displayed(arg.value)
        case _:
            yield value


def _root(node: cst.CSTNode) -> str:
    """The name at the head of an expression."""
    while isinstance(node, (cst.Attribute, cst.Subscript)):
        if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Slice):
            return ""  # a copy
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""
