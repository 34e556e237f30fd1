"""What one part of an expression adds to what is found in the whole: a name, an operator, an iteration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import libcst as cst

from motetc.frontend.operations import Operations
from motetc.frontend.program import dotted_name
from motetc.ir.mutability import holds, holds_set, is_set, is_used_up
from motetc.ir.place import EVERYWHERE, Place, at
from motetc.ir.purity import ASKED_MODULES, MODULE_NAMES
from motetc.passes.changes import CONTEXT
from motetc.passes.impurity import Impure, Purity, operands_of
from motetc.passes.strangers import strangers_of
from motetc.passes.typed_asks import shows_identity
from motetc.passes.uses import Atom, Use

_COPYING: Final = frozenset({"copy.copy", "copy.deepcopy"})


@dataclass(slots=True)
class Notes(Purity):
    """Notes of one choreography's expressions. `lookup` gives the place of a local name, None if it is unbound."""

    operations: Operations
    lookup: Callable[[str], Place | None]

    def asked_whether(self, expr: cst.BaseExpression, use: Use) -> None:
        """Note what a class has done where a condition asks whether a value is true."""
        self._note(self.special(expr, expr), use)

    def made_by(self, stmt: cst.BaseSmallStatement, use: Use) -> None:
        """Note what a class has done that is raised."""
        if isinstance(stmt, cst.Raise) and stmt.exc is not None:
            self._note(self.raised(stmt.exc), use)

    def iterates(self, iterated: cst.BaseExpression, use: Use) -> None:
        while isinstance(iterated, cst.Call) and self.resolve(iterated.func) in _COPYING:
            iterated = iterated.args[0].value
        found = self.type_of(iterated)
        self._note(self.special(iterated, iterated), use)
        if found is not None and is_set(found):
            use.unstable.append(
                Impure(f"iteration over the set `{self.module.code(iterated)}`", iterated, True)
            )

    def _text(self, shown: cst.BaseExpression, use: Use) -> None:
        """What becomes part of a text, with the sets in it."""
        found = self.type_of(shown)
        if found is not None and shows_identity(found, self.declared, self.chance):
            code = self.module.code(shown)
            use.unstable.append(Impure(code, shown, True, f"where `{code}` is in memory"))
        if found is not None and holds_set(found, self.declared):
            code = self.module.code(shown)
            use.unstable.append(Impure(f"iteration over the set in `{code}`", shown, True))

    def _awaits(self, node: cst.Await, use: Use) -> None:
        if not isinstance(node.expression, cst.Call):
            use.impure.append(Impure(self.module.code(node), node, False))

    def _operators(self, node: cst.CSTNode, use: Use) -> None:
        """What classes of the program have their operators do."""
        for operand in operands_of(node):
            where = node if isinstance(node, cst.BaseExpression) else operand
            self._note(self.special(operand, where), use)
            if isinstance(node, (cst.BinaryOperation, cst.UnaryOperation)):
                self._by_context(operand, node, use)
        if isinstance(node, cst.Comparison):
            self._note(self.identity(node), use)

    def _by_context(self, operand: cst.BaseExpression, node: cst.BaseExpression, use: Use) -> None:
        """Note what is computed by the context of `decimal`, if the program changes that."""
        if where := self.chance.context_changed(self.module):
            found = self.type_of(operand)
            if found is not None and holds(found, "decimal.Decimal", self.declared):
                use.changing.append((CONTEXT, node, where))

    def _module_itself(self, node: cst.Name, use: Use, hidden: frozenset[str]) -> None:
        """A module as a value, of which anything may be asked."""
        own = node.value in hidden - self.inner.keys() or not self._is_global(node)
        if not own and (self.resolve(node) or "") in ASKED_MODULES:
            use.unstable.append(Impure(node.value, node, True))

    def _methods_touch(self, node: cst.Call, use: Use) -> None:
        """Note what the program changes that methods of its classes come to."""
        if not isinstance(node.func, cst.Attribute):
            return
        for name in self.methods(node.func):
            reach = self.chance.reach(name)
            if reach is not None and reach.kind == "function" and name not in self.program.pure:
                for changed, how in [*self.chance.touched(name, self.module).items()][:1]:
                    use.changing.append((changed, node, how if how.kept else None))

    def _walked(self, node: cst.Call, use: Use) -> None:
        """Sets that are handed to functions of the project which go over what they are given."""
        given = [
            (arg, found) for arg in node.args if (found := self.type_of(arg.value)) is not None
        ]
        for arg, found in given:
            at = arg.keyword.value if arg.keyword is not None else node.args.index(arg)
            names = [self.resolve(node.func) or ""] if self._is_global(node.func) else []
            if isinstance(node.func, cst.Attribute):
                names += self.methods(node.func)
            if is_set(found) and any(self.chance.walks(name, at) for name in names):
                self.iterates(arg.value, use)

    def _note(self, found: Impure | None, use: Use) -> None:
        if found is not None:
            (use.unstable if found.unstable else use.impure).append(found)

    def _name(self, node: cst.Name, use: Use, hidden: frozenset[str]) -> None:
        name = node.value
        if name in hidden or name in use.bound:
            return
        seat = self.operations.seat(node)
        if seat is not None:
            use.states.add(seat.role)
            use.atoms.append(Atom(str(seat), at(seat.role, seat.mode), node))
            return
        place = self.lookup(name)
        if place is not None:
            use.atoms.append(Atom(name, place, node))
        elif name in self.choreography.locals:
            use.unbound.append((name, node))
        elif (full := self.program.resolve_name(self.module, name)) in self.program.locations:
            use.classes.append((full or "", node))
        elif name in MODULE_NAMES:
            use.unstable.append(Impure(name, node, True))
        elif self._is_constant(name):
            use.atoms.append(Atom(name, EVERYWHERE, node))
            self._value(node, use)
        elif self._is_function(name) or name in self.module.imports:
            self._value(node, use)

    def _value(self, node: cst.Name | cst.Attribute, use: Use) -> None:
        """What a module of the project has: a value that each location makes for itself, or that is changed; a function
        that comes to one which is changed."""
        full = self.resolve(node) or ""
        if self.program.split(full)[0] is None:
            where = self.chance.changed_at(full, self.module) if "." in full else None
            if where is not None:  # of a library
                use.changing.append((self.module.code(node), node, where))
            return
        use.strangers += [(s, node) for s in strangers_of(self.program).reached(full).values()]
        if not self.chance.is_value(full):
            reach = self.chance.reach(full)
            if reach is None or reach.kind != "function" or full in self.program.pure:
                return  # what is marked as pure is told where it is
            for changed, how in [*self.chance.touched(full, self.module).items()][:1]:
                use.changing.append((changed, node, how if how.kept else None))
            return
        if asks := self.chance.asked(full):
            use.unstable.append(Impure(self.module.code(node), node, True, asks))
        where = self.chance.changed_at(full, self.module)
        if where is not None or is_used_up(self.type_of(node)):
            use.changing.append((self.module.code(node), node, where))

    def _is_constant(self, name: str) -> bool:
        """A module's own value: known everywhere, unlike a literal known to be known."""
        definition = self.module.definitions.get(name)
        return definition is not None and not isinstance(
            definition.node, (cst.FunctionDef, cst.ClassDef)
        )

    def _is_function(self, name: str) -> bool:
        definition = self.module.definitions.get(name)
        return definition is not None and isinstance(definition.node, cst.FunctionDef)

    def _is_of_module(self, node: cst.Attribute, hidden: frozenset[str]) -> bool:
        """Whether it is an attribute of a class of the module, or of something that it imports."""
        head = (dotted_name(node) or "").partition(".")[0]
        definition = self.module.definitions.get(head)
        own = definition is not None and isinstance(definition.node, cst.ClassDef)
        return (
            own or head in self.module.imports
        ) and head not in self.choreography.locals | hidden

    def _is_size(self, node: cst.Call) -> bool:
        """`len(workers)` is known to all."""
        if not (
            isinstance(node.func, cst.Name) and node.func.value == "len" and len(node.args) == 1
        ):
            return False
        seat = self.operations.seat(node.args[0].value)
        return seat is not None and seat.whole
