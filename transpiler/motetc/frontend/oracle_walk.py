"""Reads the types of one checked file off mypy's tree. Only imported when mypy runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    CallExpr,
    ClassDef,
    Expression,
    ForStmt,
    FuncDef,
    FuncItem,
    GeneratorExpr,
    ListExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RefExpr,
    StarExpr,
    TupleExpr,
    TypeInfo,
    Var,
    WithStmt,
)
from mypy.nodes import DictionaryComprehension as DictComprehension
from mypy.patterns import AsPattern, MappingPattern, StarredPattern
from mypy.types import CallableType, Instance, get_proper_type
from mypy.types import Type as MypyType

from motetc.frontend.oracle_columns import Columns
from motetc.frontend.oracle_convert import Converter
from motetc.frontend.oracle_traverse import walk
from motetc.frontend.oracle_unions import literal_families
from motetc.ir.types import Type

Place = tuple[int, int, int, int]
Signature = tuple[dict[str, Type], Type]


class Walker:
    """Collects the type at every place of a file, its functions' signatures and its classes."""

    def __init__(
        self, types: Mapping[Expression, MypyType], columns: Columns, to: Converter
    ) -> None:
        self._types = types
        self._columns = columns
        self._to = to
        self._targets: set[Node] = set()
        self.places: dict[Place, Type] = {}
        self.signatures: dict[str, Signature] = {}
        self.classes: list[TypeInfo] = []
        self.declared: set[str] = set()

    def read(self, tree: MypyFile) -> None:
        """Fill the tables from one file."""
        for node, scope in walk(tree):
            if isinstance(node, Expression):
                self._expression(node)
            elif isinstance(node, FuncDef):
                self._signature(node, scope)
            elif isinstance(node, ClassDef):
                self.classes.append(node.info)
            else:
                self._find_targets(node)
            if isinstance(node, FuncItem):
                self._parameters(node)

    # Statements: which names are targets, hence asked for their variable's type

    def _find_targets(self, o: Node) -> None:
        if isinstance(o, AssignmentStmt):
            self._mark(o.lvalues)
        elif isinstance(o, ForStmt):
            self._mark((o.index,))
        elif isinstance(o, WithStmt):
            self._mark(target for target in o.target if target is not None)
        elif isinstance(o, OperatorAssignmentStmt):
            self._mark((o.lvalue,))
        elif isinstance(o, AsPattern) and o.name is not None:
            self._capture(o, o.name)
        elif isinstance(o, StarredPattern) and o.capture is not None:
            self._capture(o, o.capture)
        elif isinstance(o, MappingPattern) and o.rest is not None:
            self._mapping_rest(o, o.rest)

    def _mark(self, targets: Iterable[Expression]) -> None:
        for target in targets:
            self._targets.add(target)
            if isinstance(target, (TupleExpr, ListExpr)):
                self._mark(target.items)
            elif isinstance(target, StarExpr):
                self._mark((target.expr,))

    # Expressions

    def _expression(self, o: Expression) -> None:
        if isinstance(o, (GeneratorExpr, DictComprehension)):
            self._mark(o.indices)
        elif isinstance(o, AssignmentExpr):
            self._mark((o.target,))
        elif isinstance(o, CallExpr):
            self._note_declared_result(o)
        found = self._type(o)
        if found is None or o.end_line is None or o.end_column is None:
            return
        place = self._place(o.line, o.column, o.end_line, o.end_column)
        self.places.setdefault(place, found)
        if isinstance(o, (TupleExpr, GeneratorExpr)):
            self.places.setdefault(self._inside_parentheses(place), found)

    def _type(self, o: Expression) -> Type | None:
        if isinstance(o, RefExpr) and isinstance(o.node, Var):
            self._note_declared(o.node)
            if isinstance(o, NameExpr) and o in self._targets and o.node.type is not None:
                return self._to.convert(o.node.type)
        found = self._types.get(o)
        if found is not None:
            return self._to.convert(found)
        if isinstance(o, TupleExpr) and o in self._targets:
            items = tuple(self._type(item) for item in o.items)
            return Type("tuple", args=tuple(item for item in items if item is not None))
        return None

    def _place(self, line: int, column: int, end_line: int, end_column: int) -> Place:
        at = self._columns.code_point
        return line, at(line, column), end_line, at(end_line, end_column)

    def _inside_parentheses(self, place: Place) -> Place:
        """LibCST leaves an expression's own parentheses out of its span; mypy does not, for these."""
        line, column, end_line, end_column = place
        lines = self._columns.lines
        if (
            not lines[line - 1].startswith("(", column)
            or lines[end_line - 1][end_column - 1] != ")"
        ):
            return place
        line, column = _skip_blanks(lines, line, column + 1)
        end_line, end_column = _skip_blanks_back(lines, end_line, end_column - 1)
        return line, column, end_line, end_column

    # Captures of match: mypy places them at the whole pattern

    def _capture(self, pattern: AsPattern | StarredPattern, name: NameExpr) -> None:
        self._targets.add(name)
        found = self._type(name)
        if found is None or pattern.end_line is None or pattern.end_column is None:
            return
        end = self._columns.code_point(pattern.end_line, pattern.end_column)
        start = end - len(name.name)
        self.places[pattern.end_line, start, pattern.end_line, end] = found

    def _mapping_rest(self, pattern: MappingPattern, name: NameExpr) -> None:
        self._targets.add(name)
        found = self._type(name)
        if found is None or pattern.end_line is None:
            return
        for line in range(pattern.end_line, pattern.line - 1, -1):
            column = self._columns.lines[line - 1].rfind(name.name)
            if column >= 0:
                self.places[line, column, line, column + len(name.name)] = found
                return

    # Functions

    def _signature(self, o: FuncDef, name: str) -> None:
        kind = o.type
        if not isinstance(kind, CallableType):
            return
        names = [argument.variable.name for argument in o.arguments]
        params = dict(zip(names, map(self._to.convert, kind.arg_types), strict=False))
        result = self._to.convert(_awaited(o, kind.ret_type))
        self.signatures[name] = (params, result)
        for found in (*params.values(), result):
            self.declared.update(literal_families(found))

    def _parameters(self, o: FuncItem) -> None:
        for argument in o.arguments:
            variable = argument.variable
            if variable.type is not None and argument.line > 0:
                column = self._columns.code_point(argument.line, argument.column)
                end = column + len(variable.name)
                place = argument.line, column, argument.line, end
                self.places.setdefault(place, self._to.convert(variable.type))

    # Literal types that the program itself wrote, as opposed to what narrowing made

    def _note_declared(self, variable: Var) -> None:
        if not variable.is_inferred and variable.type is not None:
            self.declared.update(literal_families(self._to.convert(variable.type)))

    def _note_declared_result(self, call: CallExpr) -> None:
        found = self._types.get(call.callee)
        callee = get_proper_type(found) if found is not None else None
        if isinstance(callee, CallableType):
            self.declared.update(literal_families(self._to.convert(callee.ret_type)))


def _awaited(o: FuncDef, result: MypyType) -> MypyType:
    """An `async def` is annotated with what awaiting it gives."""
    found = get_proper_type(result)
    coroutine = o.is_coroutine and not o.is_async_generator
    if coroutine and isinstance(found, Instance) and found.type.fullname.endswith("Coroutine"):
        return found.args[2]
    return result


def _skip_blanks(lines: list[str], line: int, column: int) -> tuple[int, int]:
    while True:
        rest = lines[line - 1][column:]
        text = rest.lstrip(" \t\f\\")
        if text and not text.startswith("#"):
            return line, column + len(rest) - len(text)
        if line == len(lines):
            return line, column
        line, column = line + 1, 0


def _skip_blanks_back(lines: list[str], line: int, column: int) -> tuple[int, int]:
    while True:
        text = lines[line - 1][:column].rstrip(" \t\f\\")
        if text and not text.lstrip().startswith("#"):
            return line, len(text)
        if line == 1:
            return line, column
        line, column = line - 1, len(lines[line - 2])


def classes_of(tree: MypyFile, walker: Walker) -> list[TypeInfo]:
    """Every class that the file makes, by a statement or by a call (`NewType`, `NamedTuple`, …)."""
    made = [symbol.node for symbol in tree.names.values() if isinstance(symbol.node, TypeInfo)]
    own = [info for info in made if info.module_name == tree.fullname]
    return list(dict.fromkeys([*walker.classes, *own]))
