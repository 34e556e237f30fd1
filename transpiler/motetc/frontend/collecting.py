"""One walk over the code of a definition: what it uses, changes, hands on and gives.

By names alone: a local name that is taken out of something is followed to that, as long as it is plain.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from typing import Final

from motetc.frontend.definitions import Handed, Used
from motetc.frontend.displays import displayed, evaluated, of_its_class, set_on
from motetc.frontend.mutation import MUTATING, changed_objects, dotted, mutated

_BOUND: Final = frozenset({"add", "append", "appendleft", "discard", "extend", "insert", "remove"})
_BUILTINS: Final = frozenset(dir(builtins))  # what they give is nobody's to keep
_READING_FILES: Final = frozenset(
    {"expanduser", "is_dir", "is_file", "is_symlink", "iterdir", "lstat", "read_bytes", "read_text"}
    | {"rglob"}
)
_OF_PATHS: Final = frozenset({"absolute", "exists", "glob", "resolve", "samefile", "stat"})
_TAKING: Final = frozenset({"get", "items", "pop", "setdefault", "values"})
_PICKING: Final = frozenset({"max", "min", "next", "random.choice"})
_COPYING: Final = frozenset(
    {"Counter", "OrderedDict", "chain", "copy.copy", "defaultdict", "deque", "dict", "enumerate"}
    | {"filter", "frozenset", "islice", "iter", "itertools.chain", "itertools.islice", "list"}
    | {"random.sample", "reversed", "set", "sorted", "tuple", "zip"}
)
"""What takes one of the elements that it is given, and what gives them all in something else."""
_KEEPING: Final = frozenset(
    {"add", "append", "appendleft", "insert", "push", "put", "register", "setdefault"}
)
_ITEM: Final = "[]"  # behind the name of what an item is taken out of
_COPY: Final = "*"  # behind what something else has the same items as
RESULT: Final = "()"  # behind a function whose result it is
_MARKS: Final = _ITEM + _COPY
_KEEPING_PARTS: Final = frozenset({"extend", "extendleft", "update"})


def class_name(node: ast.AST) -> str:
    """The name of a class, of whatever it is made of."""
    return dotted(node.value if isinstance(node, ast.Subscript) else node)


class Collector:
    """One walk over a piece of code, in which the names `free` are those of the module."""

    def __init__(self, free: frozenset[str], imported: Mapping[str, str]) -> None:
        self.free = free
        self.imported = imported
        self.used: list[Used] = []
        self.changed: dict[str, int] = {}
        self.rebound: set[str] = set()
        self.first = ""  # the first parameter of a method, and the attributes of it that are used and changed
        self.own_used: set[str] = set()
        self.own_changed: set[str] = set()
        self.own_set: set[str] = set()
        self.lent: set[str] = set()
        self.lent_by: set[str] = set()
        self.handed: list[Handed] = []
        self.given: list[Handed] = []
        self.kept: dict[str, int] = {}
        self.kept_parts: dict[str, int] = {}
        self.owner = ""  # the class of which it is a method
        self.kinds: dict[str, str] = {}
        self.said: dict[str, str] = {}  # of its parameters, by their annotations
        self.params: set[str] = set()
        self.growing: set[str] = set()  # of the parameters, those that `+=` changes
        self.always: set[int] = set()  # statements under no condition, by id
        self.altered: set[str] = set()  # of the parameters
        self.lines: dict[str, int] = {}  # where
        self.other_names: dict[str, frozenset[str]] = {}  # local ones, of what `_within` says
        self.augmented: dict[str, int] = {}  # changed by `+=`, if that changes it
        self.results: dict[str, int] = {}  # functions whose results are changed

    def visit(self, node: ast.AST) -> None:
        """Note what a node uses and changes."""
        kind = type(node)
        if isinstance(node, ast.Call):
            self._name_elements(node)
        if kind in _NAMED and self._use(node):
            if isinstance(node, ast.Call):
                self._hand(node)
            return
        if kind in MUTATING:
            assert isinstance(node, (ast.stmt, ast.expr))
            self._note(node)
        if isinstance(node, ast.Call):
            self._hand(node)
        if isinstance(node, _COMPREHENSIONS):
            for clause in node.generators:
                self._name_targets(clause.target, clause.iter)
        if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) and node.value is not None:
            for given in displayed(node.value):
                self._lend(given)
                self._keep(given)
        if isinstance(node, ast.Attribute):
            if node.attr in _READING_FILES or (node.attr in _OF_PATHS and self._is_path(node)):
                self.used.append(Used("builtins.open", imported=True, called=True, given=1))
            if node.attr == "__hash__":
                self.used.append(Used("builtins.hash", imported=True))
            if isinstance(node.value, ast.Name) and node.value.id == self.first:
                self.own_used.add(node.attr)
        for part in evaluated(node):
            self.visit(part)

    def _is_path(self, node: ast.Attribute) -> bool:
        """Whether it is an attribute of what is said to be a path of files."""
        made = node.value.func if isinstance(node.value, ast.Call) else None
        kind = dotted(made) if made is not None else self.said.get(dotted(node.value), "")
        return kind.rpartition(".")[2] == "Path"

    def _lend(self, value: ast.expr) -> None:
        """Note what of the first parameter is given; a function may give what is given to it."""
        parts = (value, *value.args) if isinstance(value, ast.Call) else (value,)
        for whole in (name for part in parts for name in self._of(part)):
            head, _, rest = whole.partition(".")
            if head == self.first and rest:
                self.lent.add(rest.partition(".")[0])
        method = value.func if isinstance(value, ast.Call) else None
        if isinstance(method, ast.Attribute) and dotted(method.value) == self.first:
            self.lent_by.add(method.attr)

    def _keep(self, value: ast.expr, part: bool = False) -> None:
        """Note a parameter or a value of the module that is put where it may be changed from. `part`: what is in it."""
        for name in self._within(value):
            head, _, attribute = name.partition(".")
            if head not in self.params or not attribute:
                kept = self.kept_parts if part or name[-1] in _MARKS else self.kept
                kept.setdefault(_unmarked(name), value.lineno)

    def _hand(self, call: ast.Call) -> None:
        """Note what a parameter, an attribute of it, or a value of the module is handed to."""
        if isinstance(call.func, ast.Attribute):
            for whole in self._of(call.func.value):
                param, _, rest = whole.partition(".")
                if param in self.params:
                    of = rest.partition(".")[0]
                    self.handed.append(Handed(param, call.func.attr, True, of))
            for arg in call.args:
                if call.func.attr in _KEEPING:
                    self._keep(arg)
                elif call.func.attr in _KEEPING_PARTS:
                    self._keep(arg, True)
        called = self._called(call.func)
        if called is None:
            return
        given: list[tuple[int | str, ast.expr]] = [*enumerate(call.args)]
        given += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
        for at, arg in given:
            for marked in sorted(self._within(arg)):
                whole, item = _unmarked(marked), marked.endswith(_ITEM)
                if marked.endswith(_COPY):
                    continue
                name, _, rest = whole.partition(".")
                is_param = name in self.params
                of = rest.partition(".")[0] if is_param else ""
                handed = self.handed if is_param else self.given
                shown = name if is_param else whole
                full, imported, bound = called
                handed.append(
                    Handed(shown, full, False, of, imported, at, bound, item, call.lineno)
                )

    def _called(self, function: ast.expr) -> tuple[str, bool, bool] | None:
        """What is called, if that has a name; whether that is imported here, and whether it is a method of a value."""
        head, _, rest = dotted(function).partition(".")
        if head in self.imported:
            return ".".join(filter(None, [self.imported[head], rest])), True, False
        if head in self.free:
            return dotted(function), False, False
        kind = self.owner if head == self.first else self.kinds.get(head, "")
        return (f"{kind}.{rest}", False, True) if kind and rest and "." not in rest else None

    def _use(self, node: ast.AST) -> bool:
        """Note a name, an attribute of one, or a call of either; whether it was one."""
        call = node if isinstance(node, ast.Call) else None
        name = dotted(call.func if call is not None else node)
        head, _, rest = name.partition(".")
        if head not in self.free and head not in self.imported:
            return False
        imported = head in self.imported
        full = ".".join(filter(None, [self.imported[head], rest])) if imported else name
        given = len(call.args) + len(call.keywords) if call is not None else 0
        line = getattr(node, "lineno", 0)
        self.used.append(Used(full, imported, call is not None, given, line))
        base, _, method = name.rpartition(".")
        if call is None and method in _BOUND and base and not imported:
            self.changed.setdefault(base, line)  # whoever is given this will call it
        if call is not None:
            self._note(call)
            for part in (*call.args, *call.keywords):
                self.visit(part)
        return True

    def _note(self, node: ast.stmt | ast.expr) -> None:
        if isinstance(node, ast.Global):
            self.rebound.update(node.names)
        self._name_anew(node)
        by_name = isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(
            node.target, ast.Name
        )
        for name in mutated(node):
            head = name.partition(".")[0]
            if head in self.free:
                self.changed.setdefault(name, node.lineno)
            elif head in self.params and (not by_name or head in self.growing):
                self._alter(name, node.lineno)
        if by_name:
            self._augment(node)
        self.own_set |= {*set_on(self.first, node)} if self.first else set()
        for changed in changed_objects(node):
            if not (head := dotted(changed).partition(".")[0]) or head in self.other_names:
                for whole in self._within(changed):
                    self._change_there(whole, node.lineno)
        if self.owner and (name := of_its_class(node, self.first)):
            self.changed.setdefault(f"{self.owner}.{name}", node.lineno)

    def _augment(self, node: ast.stmt | ast.expr) -> None:
        """Note what a local name stands for to which `+=` assigns: a list changes, a number does not."""
        match node:
            case ast.AugAssign(target=ast.Name(id=name)) if name not in self.free:
                for whole in self.other_names.get(name, ()):
                    if whole.partition(".")[0] in self.growing:
                        self._change_there(whole, node.lineno)
                    elif whole[-1] not in _MARKS:
                        self.augmented.setdefault(whole, node.lineno)

    def _change_there(self, marked: str, line: int) -> None:
        whole = _unmarked(marked)
        if marked.endswith(_COPY):
            return
        if RESULT in marked:
            self.results.setdefault(marked.partition(RESULT)[0], line)
        elif whole.partition(".")[0] in self.params:
            self._alter(whole, line)
        else:
            self.changed.setdefault(whole, line)

    def _alter(self, name: str, line: int) -> None:
        param, _, rest = name.partition(".")
        self.altered.add(param)
        if param == self.first and rest:
            self.own_changed.add(rest.partition(".")[0])
        self.lines.setdefault(param, line)

    def _name_anew(self, node: ast.stmt | ast.expr) -> None:
        """Note a local name for a value of the module, for a parameter, or for what is in one: what is changed by that
        name is changed there."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ) if name not in self.free:
                self._alias(name, self._within(value), id(node) in self.always)
                if isinstance(value, ast.Call) and (made := dotted(value.func))[:1].isupper():
                    self.kinds[name] = made
                if id(node) in self.always:
                    self.params.discard(name)
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Tuple(elts=values)):
                for part, value in zip(parts, values, strict=False):
                    self._name_anew(ast.copy_location(ast.Assign([part], value), node))
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=of), attr=name)], value=value):
                if of == self.first and isinstance(value, ast.Call):
                    self.kinds[f".{name}"] = dotted(value.func)
                self._keep_displayed(value)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_], value=value):
                self._keep_displayed(value)
            case ast.AnnAssign(target=ast.Attribute(attr=name) as target, annotation=said):
                if isinstance(target.value, ast.Name) and target.value.id == self.first:
                    self.kinds[f".{name}"] = class_name(said)
                if node.value is not None:
                    self._keep_displayed(node.value)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                self._name_targets(target, value)
            case ast.Assign(targets=[ast.Tuple() | ast.List() as target], value=value):
                self._name_targets(target, value)
            case ast.Match(subject=subject, cases=cases):
                self._name_captured(self._within(subject), cases)

    def _name_targets(self, target: ast.expr, value: ast.expr) -> None:
        """Note what the names of a target stand for that takes elements of a value."""
        found = frozenset(name for part in self._gone_over(value) for name in part)
        for inner in ast.walk(target):
            if isinstance(inner, ast.Name) and inner.id not in self.free:
                self._alias(inner.id, found, False)

    def _name_captured(self, whole: frozenset[str], cases: list[ast.match_case]) -> None:
        """Note what the names of patterns stand for: the value, or something in it."""
        for inner in (part for case in cases for part in ast.walk(case.pattern)):
            match inner:
                case ast.MatchAs(name=str(name), pattern=None):
                    self._alias(name, whole | _items(whole), False)
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    self._alias(name, whole | _items(whole), False)

    def _name_elements(self, call: ast.Call) -> None:
        """Note what the parameters of functions stand for that are handed to a call with what it goes over."""
        parts = (*call.args, *(keyword.value for keyword in call.keywords))
        functions = [part for part in parts if isinstance(part, ast.Lambda)]
        if functions:
            others = [part for part in parts if not isinstance(part, ast.Lambda)]
            found = _items(frozenset().union(*map(self._within, others)))
            for function in functions:
                for arg in function.args.args:
                    self._alias(arg.arg, found, False)

    def _keep_displayed(self, value: ast.expr) -> None:
        for part in displayed(value):
            self._keep(part)

    def _alias(self, name: str, wholes: frozenset[str], always: bool) -> None:
        """Note what a name stands for; under a condition, it may be what it was."""
        if not always:
            wholes |= self.other_names.get(name, frozenset())
        if wholes:
            self.other_names[name] = wholes
        else:
            self.other_names.pop(name, None)

    def _of(self, value: ast.expr) -> list[str]:
        """What a value may be, or be taken out of, as far as that is named."""
        found = self._within(value)
        return sorted({_unmarked(n) for n in found if not n.endswith(_COPY) and RESULT not in n})

    def _within(self, value: ast.expr) -> frozenset[str]:
        """The same, marked where it is an item that is taken out of something, another thing with the same items, or
        the result of a function."""
        if name := dotted(value):
            head, _, rest = name.partition(".")
            if head in self.other_names:
                found = self.other_names[head]
                return frozenset(".".join((_unmarked(n), rest)) for n in found) if rest else found
            return frozenset({name}) if head in self.free or head in self.params else frozenset()
        match value:
            case ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self._within(inner)
            case ast.IfExp(body=one, orelse=other):
                return self._within(one) | self._within(other)
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts):
                return frozenset().union(*map(self._within, parts))
            case ast.List(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
                return _copies(frozenset().union(*map(self._within, parts)))
            case ast.Subscript(value=inner, slice=ast.Slice()):
                return _copies(self._within(inner))
            case ast.Subscript(value=inner):
                return _items(self._within(inner))
            case ast.Attribute(value=inner):
                return self._within(inner)
            case ast.Call():
                return self._given_by(value)
        return frozenset()

    def _given_by(self, call: ast.Call) -> frozenset[str]:
        """As `_within`, of the result of a call."""
        match call.func:
            case ast.Attribute(attr="copy", value=value):
                return _copies(self._within(value))
            case ast.Attribute(attr=name, value=value) if name in _TAKING:
                return _items(self._within(value))
        name = dotted(call.func)
        if name in _PICKING or name in _COPYING:
            found = frozenset().union(*map(self._within, call.args))
            return _items(found) if name in _PICKING else _copies(found)
        head = name.partition(".")[0]
        own = head in self.free and head not in self.params and head not in _BUILTINS
        return frozenset({name + RESULT}) if own else frozenset()

    def _gone_over(self, value: ast.expr) -> Iterator[frozenset[str]]:
        """What a loop takes its elements of, or the elements, if they are written out."""
        match value:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                yield from map(self._within, parts)
            case _:
                yield _items(self._within(value))


def _items(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.rstrip(_MARKS) + _ITEM for name in names)


def _copies(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.rstrip(_COPY) + _COPY for name in names)


def _unmarked(name: str) -> str:
    return name.rstrip(_MARKS)


_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMED: Final = frozenset({ast.Name, ast.Attribute, ast.Call})
