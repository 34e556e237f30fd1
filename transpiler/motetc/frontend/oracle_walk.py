"""Reads the types of one checked file off mypy's tree. Only imported when mypy runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from mypy import nodes, patterns
from mypy.nodes import Expression, Node, TupleExpr
from mypy.subtypes import is_same_type
from mypy.typeops import false_only, make_simplified_union, true_only
from mypy.types import (
    CallableType,
    DeletedType,
    Instance,
    TypeAliasType,
    UnionType,
    get_proper_type,
)
from mypy.types import Type as MypyType

from motetc.frontend.oracle_aliases import as_declared, variable_of
from motetc.frontend.oracle_columns import Columns
from motetc.frontend.oracle_convert import Converter
from motetc.frontend.oracle_enums import member_value
from motetc.frontend.oracle_generics import given_types
from motetc.frontend.oracle_parts import item_of, parts_of, said_as, said_by_parts
from motetc.frontend.oracle_spans import (
    Place,
    Point,
    end_of,
    find_name,
    formatted_values,
    inside_parentheses,
)
from motetc.frontend.oracle_traverse import definitions, walk
from motetc.frontend.oracle_unions import Value, leaves_out, literals_in, sayings
from motetc.ir.types import Type

Signature = tuple[dict[str, Type], Type]

_GATHERING: Final = ("all_gather", "all_reduce", "gather", "reduce")
_UNANNOTATED: Final = Type("any", "unannotated")


class Walker:
    """Collects the type at every place of a file, its functions' signatures and its classes."""

    def __init__(
        self, types: Mapping[Expression, MypyType], columns: Columns, to: Converter
    ) -> None:
        self._types = types
        self._columns = columns
        self._lines = columns.lines
        self._to = to
        self._targets: set[Node] = set()
        self._noted: set[nodes.SymbolNode] = set()
        self._starts: dict[nodes.Context, Point] = {}
        self._said: dict[nodes.SymbolNode, Type] = {}
        self._formatted = formatted_values(columns.text) if columns.has_f_strings else {}
        self.places: dict[Place, Type] = {}
        self.signatures: dict[str, Signature] = {}
        self.classes: list[nodes.TypeInfo] = []
        self.declared: set[tuple[str, Value]] = set()

    def read(self, tree: nodes.MypyFile) -> None:
        """Fill the tables from one file."""
        for node, scope in walk(tree):
            if isinstance(node, Expression):
                self._expression(node)
            elif isinstance(node, nodes.FuncDef):
                self._signature(node, scope)
            elif isinstance(node, nodes.ClassDef):
                self.classes.append(node.info)
            else:
                self._statement(node)

    def read_classes(self, tree: nodes.MypyFile) -> None:
        """Its classes alone."""
        self.classes += [node.info for node in definitions(tree) if type(node) is nodes.ClassDef]

    # Statements and patterns: which names are targets, hence asked for their variable's type

    def _statement(self, o: Node) -> None:
        if isinstance(o, nodes.AssignmentStmt):
            self._mark(o.lvalues)
            self._note_said(o)
        elif isinstance(o, nodes.ForStmt):
            self._mark((o.index,))
            self._note_items((o.index,), (o.expr,))
        elif isinstance(o, nodes.WithStmt):
            self._mark(target for target in o.target if target is not None)
        elif isinstance(o, nodes.OperatorAssignmentStmt):
            self._mark((o.lvalue,))
        elif isinstance(o, nodes.TryStmt):
            self._handlers(o)
        elif isinstance(o, patterns.AsPattern):
            self._bind(o.name, "", o)
        elif isinstance(o, patterns.StarredPattern):
            self._bind(o.capture, "", o)
        elif isinstance(o, patterns.MappingPattern):
            self._bind(o.rest, r"\*\*\s*", o)

    def _mark(self, targets: Iterable[Expression]) -> None:
        for target in targets:
            self._targets.add(target)
            if isinstance(target, (TupleExpr, nodes.ListExpr)):
                self._mark(target.items)
            elif isinstance(target, nodes.StarExpr):
                self._mark((target.expr,))

    def _bind(self, name: nodes.NameExpr | None, before: str, within: nodes.Context) -> None:
        """A name bound by a pattern: mypy gives it the whole pattern's place."""
        place = self._span(within)
        if name is not None and place is not None:
            self._bind_between(name, before, place[:2], place[2:])

    def _bind_between(self, name: nodes.NameExpr, before: str, start: Point, stop: Point) -> None:
        narrowed = self._types.get(name)  # what this pattern binds; another may bind it wider
        found = self._to.convert(narrowed) if narrowed else self._type(name)
        place = find_name(self._lines, before, name.name, start, stop)
        if found is not None and place is not None:
            self.places[place] = found

    def _handlers(self, o: nodes.TryStmt) -> None:
        for kind, name, body in zip(o.types, o.vars, o.handlers, strict=True):
            after = self._end(kind) if kind is not None else None
            before = self._span(body)
            if name is not None and after is not None and before is not None:
                self._bind_between(name, r"\bas\s+", after, before[:2])

    # Expressions

    def _expression(self, o: Expression) -> None:
        if isinstance(o, (nodes.GeneratorExpr, nodes.DictionaryComprehension)):
            self._mark(o.indices)
        elif isinstance(o, nodes.AssignmentExpr):
            self._mark((o.target,))
            self._note(o.target, o.value)
        elif isinstance(o, nodes.CallExpr):
            self._call(o)
        elif isinstance(o, nodes.LambdaExpr):
            self._parameters(o, get_proper_type(self._types.get(o)))
        place, found = self._span(o), self._type(o)
        if place is None or found is None or isinstance(o, nodes.TempNode):
            return
        self.places.setdefault(place, found)
        if isinstance(o, (TupleExpr, nodes.GeneratorExpr)):
            self.places.setdefault(self._inside(o, place), found)
        elif isinstance(o, nodes.OpExpr) and o.op in ("and", "or"):
            self._prefixes(o, place)

    def _type(self, o: Expression) -> Type | None:
        if isinstance(o, (nodes.ListComprehension, nodes.SetComprehension)):
            self._note_items(o.generator.indices, o.generator.sequences)
        elif isinstance(o, (nodes.GeneratorExpr, nodes.DictionaryComprehension)):
            self._note_items(o.indices, o.sequences)
        if isinstance(o, nodes.RefExpr) and isinstance(o.node, nodes.Var):
            self._note_declared(o.node)
            variable = o.node.type if o in self._targets else None
            if isinstance(o, nodes.NameExpr) and variable and not isinstance(variable, DeletedType):
                return self._as_bound(o, self._to.convert(variable))
        found = self._types.get(o)
        if found is not None:
            said = self._as_said(o, member_value(o, self._types) or found)
            if self._to.unnamed:
                said = self._named_by_parts(o, found)
            if isinstance(o, TupleExpr) and said.kind == "tuple":
                return self._tuple(o, said)
            if said.said is None:
                said = self._as_bound(o, said)
            return said_by_parts(o, said, self._type)
        if isinstance(o, nodes.IndexExpr) and o in self._targets:
            setter = o.method_type if isinstance(o.method_type, CallableType) else None
            return self._to.convert(setter.arg_types[-1]) if setter else None
        if isinstance(o, TupleExpr):  # unpacked item by item, so never looked at as a whole
            return self._tuple(o, None)
        return None

    def _named_by_parts(self, o: Expression, found: MypyType) -> Type:
        """The type once more, when the parts have been looked at of which it may have TypedDicts."""
        for part in parts_of(o):
            self._type(part)
        self._to.unnamed = False
        said = self._as_said(o, found)
        self._to.unnamed = False
        return said

    def _tuple(self, o: TupleExpr, found: Type | None) -> Type | None:
        """The type of a tuple, each item said as the program says it; what mypy has `found` where that is another."""
        items = [item for item in map(self._type, o.items) if item is not None]
        said = Type("tuple", args=tuple(items)) if len(items) == len(o.items) else None
        return said if found is None or said == found else found

    def _note_said(self, o: nodes.AssignmentStmt) -> None:
        """A variable whose type mypy has worked out is said as the value is that it is first bound to."""
        match o.lvalues, o.rvalue:
            case [TupleExpr() as targets], TupleExpr() as values:
                for target, value in zip(targets.items, values.items, strict=False):
                    self._note(target, value)
            case [target], value:
                self._note(target, value)

    def _note(self, target: Expression, value: Expression) -> None:
        if isinstance(target, nodes.RefExpr) and target.is_inferred_def:
            self._note_bound(target, self._type(value))

    def _note_items(self, targets: Iterable[Expression], iterables: Iterable[Expression]) -> None:
        for target, iterable in zip(targets, iterables, strict=True):
            given = self._type(iterable)
            if given is not None and any(sayings(given)):
                self._note_each(target, item_of(given), given)

    def _note_each(self, target: Expression, item: Type | None, given: Type) -> None:
        """What a loop binds, of whose `item` and all else that it goes through it is known what they are said by."""
        if isinstance(target, (TupleExpr, nodes.ListExpr)):
            several = item.args if item is not None and item.kind == "tuple" else ()
            items = several if len(several) == len(target.items) else (None,) * len(target.items)
            for inner, part in zip(target.items, items, strict=True):
                self._note_each(inner, part, given)
        elif isinstance(target, nodes.NameExpr) and target.is_inferred_def:
            known = target.node.type if isinstance(target.node, nodes.Var) else None
            found = self._to.convert(known) if known is not None else None
            said = item if item == found else found
            self._note_bound(target, said_as(said, [given]) if said is not None else None)

    def _note_bound(self, target: nodes.RefExpr, found: Type | None) -> None:
        bound = target.node or variable_of(target, self._types)
        if isinstance(bound, nodes.Var) and found is not None and any(sayings(found)):
            self._said[bound] = found

    def _as_bound(self, o: Expression, found: Type) -> Type:
        """The type of a name or of a fold, said as what it is bound to or as the values that are folded."""
        match o:
            case nodes.RefExpr():
                bound = variable_of(o, self._types) if self._said else None
                said = self._said.get(bound) if bound is not None else None
            case nodes.AwaitExpr(
                expr=nodes.CallExpr(callee=nodes.MemberExpr(name=name), args=[arg, *_])
            ):
                said = self._type(arg) if name in _GATHERING else None
                if said is not None and name.endswith("gather"):
                    said = replace(found, args=(*found.args[:-1], said))
            case _:
                return found
        return said if said is not None and said == found else found

    def _as_said(self, o: Expression, known: MypyType) -> Type:
        """The type that mypy has found, with the alias by which the program says it, and all classes that it names.

        mypy takes `Base | Derived` of a result for `Base`; as a message the two are not the same.
        """
        found, declared = self._to.convert(known), as_declared(o, self._types)
        if declared is None or declared is known:
            return found
        said, union = self._to.convert(declared), get_proper_type(declared)
        if leaves_out(found, said) and isinstance(union, UnionType):
            return said if is_same_type(make_simplified_union(union.items), known) else found
        return said if said == found else found

    def _span(self, o: nodes.Context) -> Place | None:
        end = self._end(o)
        if end is None:
            return None
        line, column = self._starts.get(o, (o.line, o.column))
        return line, self._columns.code_point(line, column), *end

    def _end(self, o: nodes.Context) -> Point | None:
        if isinstance(o, nodes.LambdaExpr):  # mypy does not say
            result = o.body.body[-1]
            inner = result.expr if isinstance(result, nodes.ReturnStmt) else None
            return self._end(inner) if inner is not None else None
        if o.end_line is None or o.end_column is None:
            return None
        return o.end_line, self._columns.code_point(o.end_line, o.end_column)

    def _inside(self, o: TupleExpr | nodes.GeneratorExpr, place: Place) -> Place:
        if isinstance(o, TupleExpr):
            last = o.items[-1] if o.items else None
        else:
            last = o.condlists[-1][-1] if o.condlists[-1] else o.sequences[-1]
        return inside_parentheses(self._lines, place, self._end(last) if last else None)

    def _prefixes(self, o: nodes.OpExpr, place: Place) -> None:
        """`a and b and c` is one operation to mypy; LibCST has `a and b` in it as well."""
        narrow = false_only if o.op == "and" else true_only
        known, rest = self._types.get(o.left), o.right
        while isinstance(rest, nodes.OpExpr) and rest.op == o.op and self._span(rest) == place:
            here, end = self._types.get(rest.left), self._end(rest.left)
            if known is None or here is None or end is None:
                return
            known = make_simplified_union([narrow(known), here])
            end = end_of(self._lines, end, place[2:], ")")
            self.places.setdefault((*place[:2], *end), self._to.convert(known))
            rest = rest.right

    def _call(self, o: nodes.CallExpr) -> None:
        self._generic_call(o)
        found = get_proper_type(self._types.get(o.callee))
        if isinstance(found, CallableType) and found.definition not in self._noted:
            if found.definition is not None:
                self._noted.add(found.definition)
            self.declared.update(literals_in(self._to.convert(found.ret_type)))
        if self._formatted and o.args and isinstance(o.callee, nodes.MemberExpr):
            value = o.args[0]
            key = value.line, value.column, value.end_line or 0, value.end_column or 0
            if o.callee.name == "format" and key in self._formatted:
                self._starts[value] = self._formatted[key]

    def _generic_call(self, o: nodes.CallExpr) -> None:
        """The type of a choreography where it is called, with what its type variables stand for there."""
        given = given_types(o, self._types)
        place, found = self._span(o.callee), self._type(o.callee) if given else None
        if place is not None and found is not None:
            convert = self._to.convert
            more = [Type("given", n, tuple(map(convert, types))) for n, types in given.items()]
            self.places[place] = replace(found, args=(*found.args, *more))

    # Functions

    def _signature(self, o: nodes.FuncDef, name: str) -> None:
        if o.name.startswith("__mypy"):
            return
        self._parameters(o, o.type)
        names = [argument.variable.name for argument in o.arguments]
        if isinstance(o.type, CallableType):
            params = dict(zip(names, map(self._to.convert, o.type.arg_types), strict=False))
            result = self._to.convert(_awaited(o, o.type.ret_type))
        else:
            params, result = dict.fromkeys(names, _UNANNOTATED), _UNANNOTATED
        self.signatures[name] = (params, result)
        for found in (*params.values(), result):
            self.declared.update(literals_in(found))

    def _parameters(self, o: nodes.FuncItem, kind: MypyType | None) -> None:
        given = kind.arg_types if isinstance(kind, CallableType) else [None] * len(o.arguments)
        for argument, declared in zip(o.arguments, given, strict=False):
            variable = argument.variable
            known, other = variable.type, declared
            found = other or known if isinstance(o, nodes.LambdaExpr) else known or other
            if argument.line > 0:
                column = self._columns.code_point(argument.line, argument.column)
                place = (argument.line, column, argument.line, column + len(variable.name))
                self.places[place] = self._to.convert(found) if found else _UNANNOTATED

    def _note_declared(self, variable: nodes.Var) -> None:
        """Literal types that the program itself wrote, as opposed to what narrowing made."""
        if not variable.is_inferred and variable.type and variable not in self._noted:
            self._noted.add(variable)
            self.declared.update(literals_in(self._to.convert(variable.type)))


def _awaited(o: nodes.FuncDef, result: MypyType) -> MypyType:
    """An `async def` is annotated with what awaiting it gives."""
    found = get_proper_type(result)
    coroutine = o.is_coroutine and not o.is_async_generator
    if coroutine and isinstance(found, Instance) and found.type.fullname.endswith("Coroutine"):
        return found.args[2]
    return result


def classes_of(tree: nodes.MypyFile, walker: Walker) -> list[nodes.TypeInfo]:
    """Every class that the file makes, by a statement or by a call (`NewType`, `NamedTuple`, …)."""
    named = (symbol.node for symbol in tree.names.values())
    made = [info for info in named if isinstance(info, nodes.TypeInfo)]
    own = (info for info in made if info.module_name == tree.fullname)
    return list(dict.fromkeys([*walker.classes, *own]))


def recursive_aliases_of(tree: nodes.MypyFile) -> dict[str, nodes.TypeAlias]:
    """The file's own aliases that mention themselves."""
    named = (symbol.node for symbol in tree.names.values())
    made = [alias for alias in named if isinstance(alias, nodes.TypeAlias)]
    return {
        alias.fullname: alias
        for alias in made
        if alias.module == tree.fullname and TypeAliasType(alias, []).is_recursive
    }
