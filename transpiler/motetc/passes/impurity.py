"""Whether a call is known to be pure: what several locations compute must come out the same at each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.program import Program, dotted_name
from motetc.frontend.reaches import inner_imports, may_import_within
from motetc.frontend.source import SourceModule
from motetc.ir.answers import TypeOf
from motetc.ir.mutability import has_pure_methods
from motetc.ir.nodes import Choreography
from motetc.ir.purity import (
    LOCAL_TIME,
    NAMED_TUPLE_METHODS,
    READING_METHODS,
    TEXTS,
    is_exception,
    is_pure_function,
    is_unstable,
)
from motetc.ir.types import ClassDecl, Declared, Type
from motetc.passes.chance import Chance, asking
from motetc.passes.typed_asks import FUNCTIONS, TypedAsks, asks_identity


@dataclass(frozen=True, slots=True)
class Impure:
    """A call not known to be pure; `unstable` if it is known to differ from node to node."""

    text: str
    node: cst.CSTNode
    unstable: bool
    asks: str = ""  # what it is known to call itself, see `chance`
    acts: str = ""  # what it is known to do besides, in words
    names: tuple[str, ...] = ()  # the full names of what may be called

    @property
    def iterates(self) -> bool:
        """Whether it is no call, but a walk over a set."""
        return self.text.startswith("iteration")

    @property
    def is_value(self) -> bool:
        """Whether it is no call, but a name of a module that each location has for itself."""
        named = isinstance(self.node, cst.Name)
        return named or (bool(self.asks) and isinstance(self.node, cst.Attribute))

    @property
    def shown(self) -> str:
        """As messages name it."""
        asks = f", which {asking(self.asks)}," if self.asks else ""
        return self.text if self.iterates else f"`{self.text}`{asks}"


@dataclass(slots=True)
class Purity:
    """What the calls in one choreography do besides giving a result."""

    program: Program
    module: SourceModule
    choreography: Choreography
    type_of: TypeOf
    declared: Declared
    chance: Chance
    inner: Mapping[str, str] = field(init=False)
    """What imports within the choreography bind, and the full names of that."""

    def __post_init__(self) -> None:
        imports = may_import_within(self.module.text)
        code = self.module.code(self.choreography.node) if imports else ""
        self.inner = dict(inner_imports(code, self.module.package))

    def resolve(self, node: cst.CSTNode) -> str | None:
        """The full name that a dotted expression stands for, by imports within the choreography, too."""
        head, _, rest = (dotted_name(node) or "").partition(".")
        if head in self.inner:
            return self.program.canonical(".".join(filter(None, [self.inner[head], rest])))
        return self.program.resolve(self.module, node)

    def _impurity(self, node: cst.Call, hidden: frozenset[str]) -> Impure | None:
        return self._impurity_of(node.func, node, hidden)

    def _impurity_of(
        self, func: cst.BaseExpression, node: cst.BaseExpression, hidden: frozenset[str]
    ) -> Impure | None:
        """Why calling `func`, which `node` does or stands for, is not known to be pure."""
        text = self.module.code(func)
        named = func.value if isinstance(func, cst.Subscript) else func  # `frozenset[str]()`
        if self._is_global(named) and not _head(named) & (hidden - self.inner.keys()):
            full = self.program.unaliased(self.resolve(named) or "")
            if is_unstable(full):
                return Impure(text, node, True)
            if full in self.program.pure or is_pure_function(full):
                return None
            if self._constructs(node, full):
                if asks := self.chance.made(full, node):
                    return Impure(text, node, True, asks)
                acts = self.chance.making(full)
                return Impure(text, node, False, acts=acts) if acts else None
            if asks := self.chance.asked(full):
                return Impure(text, node, False, asks)
        if isinstance(func, cst.Attribute):
            if func.attr.value in (
                "__hash__",
                "cache_info",
            ):  # each location has a cache of its own
                return Impure(text, node, True)
            if func.attr.value in NAMED_TUPLE_METHODS and self._is_named_tuple(func.value):
                return None
            receiver = self.type_of(func.value)
            if func.attr.value in LOCAL_TIME and _is_moment(receiver):
                return Impure(text, node, True, "the local time zone")
            if receiver is not None and has_pure_methods(receiver):
                return None
            methods = self.methods(func)
            if any(is_unstable(name) for name in methods if name.startswith("pathlib.")):
                return Impure(text, node, True)
            if methods and all(name in self.program.pure for name in methods):
                return None
            if self._elementwise(receiver, func.attr.value):
                return None
            asks = next(filter(None, map(self.chance.asked, methods)), "")
            return Impure(text, node, False, asks, names=tuple(methods))
        called = self.resolve(named) if self._is_global(named) else None
        return Impure(text, node, False, names=(called,) if called else ())

    def asked_by_types(self, call: Impure) -> str:
        """What a call of a function of this module asks that only types tell."""
        asks = TypedAsks(self.chance, self.module, self.type_of, self.declared)
        return next(filter(None, map(asks.first, call.names)), "")

    def raised(self, node: cst.BaseExpression) -> Impure | None:
        """What is done where a class is raised, which makes an exception of it."""
        full = self.resolve(node) if self._is_global(node) else None
        decl = self.declared(self.program.unaliased(full)) if full is not None else None
        if decl is None or not self._is_exception(decl):
            return None
        if asks := self.chance.made(decl.name, node):
            return Impure(self.module.code(node), node, True, asks)
        acts = self.chance.making(decl.name)
        return Impure(self.module.code(node), node, False, acts=acts) if acts else None

    def property(self, node: cst.Attribute) -> Impure | None:
        """What reading an attribute does, if it is a property of a class of the program."""
        found = [name for name in self.methods(node) if self.chance.is_property(name)]
        return self._by_methods(found, node)

    def matched(self, node: cst.MatchClass) -> Impure | None:
        """What a pattern does that reads properties."""
        full = self.resolve(node.cls) or ""
        names = (f"{full}.{kwd.key.value}" for kwd in node.kwds)
        return self._by_methods(filter(self.chance.is_property, names), node.cls)

    def special(self, operand: cst.BaseExpression, node: cst.BaseExpression) -> Impure | None:
        """What operators, and functions that call special methods, do with a value, whatever is in it."""
        found = self.type_of(operand)
        return self._by_methods(self.specials(found), node) if found is not None else None

    def _by_methods(self, methods: Iterable[str], node: cst.BaseExpression) -> Impure | None:
        for name in methods:
            if asks := self.chance.asked(name):
                return Impure(self.module.code(node), node, True, asks)
            if acts := self.chance.acts(name):
                return Impure(self.module.code(node), node, False, acts=acts)
        return None

    def identity(self, node: cst.Comparison) -> Impure | None:
        """`is`, of what may be two equal objects at one location, and one at another."""
        asks = asks_identity(node, self.type_of)
        return Impure(self.module.code(node), node, True) if asks else None

    def specials(self, found: Type, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The special methods of the classes of a value and all that is in it."""
        for arg in found.args:
            yield from self.specials(arg, seen)
        decl = self.declared(found.name) if found.kind == "class" else None
        if decl is None or found.name in seen:
            return
        for full in (found.name, *decl.bases):
            yield from self.chance.specials(full)
        for part in decl.fields:
            yield from self.specials(part.type, seen | {found.name})

    def _is_named_tuple(self, receiver: cst.BaseExpression) -> bool:
        """Whether it is a named tuple, or the class of one."""
        found = self.type_of(receiver)
        full = self.resolve(receiver) if self._is_global(receiver) else None
        decls = [self.declared(name) for name in (found.name if found else "", full) if name]
        return any(decl is not None and decl.kind == "namedtuple" for decl in decls)

    def methods(self, func: cst.Attribute) -> list[str]:
        """The full names of what `x.f` may be, by the type of `x`."""
        receiver = self.type_of(func.value)
        if receiver is None:
            return []
        types = receiver.args if receiver.kind == "union" else (receiver,)
        return [f"{t.name}.{func.attr.value}" for t in types if t.name != "None"]

    def _elementwise(self, receiver: Type | None, method: str) -> bool:
        """Reading methods of builtin containers repeat as long as nobody writes, and agreement rules writers out."""
        reading = {
            "get",
            "keys",
            "values",
            "items",
            "count",
            "index",
            "copy",
            "union",
            "intersection",
            "difference",
        }
        if receiver is not None and method in READING_METHODS.get(receiver.name, ()):
            return True
        return receiver is not None and receiver.kind == "collection" and method in reading

    def _constructs(self, node: cst.BaseExpression, full: str) -> bool:
        """Constructors of frozen dataclasses, NamedTuples, TypedDicts, enums, NewTypes and exceptions."""
        decl = self.declared(full)
        if decl is None:
            made = self.type_of(node)
            decl = self.declared(made.name) if made is not None and made.name == full else None
            if made is not None and made.kind == "newtype" and made.name == full:
                return True
        if decl is None:
            return False
        return (
            decl.kind in ("namedtuple", "typeddict", "enum", "newtype")
            or (decl.kind == "dataclass" and decl.frozen)
            or self._is_exception(decl)
        )

    def _is_exception(self, decl: ClassDecl) -> bool:
        """Whether a class is derived from one of Python's own exceptions."""
        above = (self.declared(base) for base in decl.bases if base != decl.name)
        return any(map(is_exception, decl.bases)) or any(
            kind is not None and self._is_exception(kind) for kind in above
        )

    def _is_global(self, func: cst.CSTNode) -> bool:
        dotted = dotted_name(func)
        if dotted is None:
            return False
        head = dotted.partition(".")[0]
        return head not in self.choreography.locals or head in self.inner

    def _called_back(self, arg: cst.BaseExpression, hidden: frozenset[str]) -> Impure | None:
        """A function that is handed to a pure one is called by it."""
        found = self.type_of(arg)
        known = found is not None and found.kind == "other" and found.name.startswith(FUNCTIONS)
        if not known or isinstance(arg, cst.Lambda):
            return None
        return self._impurity_of(arg, arg, hidden)

    def _keeps_order(self, node: cst.Call) -> bool:
        """Whether the result shows the order in which an argument was iterated over."""
        named = node.func.value if isinstance(node.func, cst.Subscript) else node.func
        full = self.resolve(named) if self._is_global(named) else None
        if full is None:
            method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
            return method in _IN_ORDER
        name = full.removeprefix("builtins.")
        if name in ("min", "max", "sorted"):
            return any(a.keyword is not None and a.keyword.value == "key" for a in node.args)
        if name in ("sum", "math.prod"):
            return any(_of_floats(self.type_of(a.value)) for a in node.args)
        return name in _IN_ORDER or full.startswith("itertools.")

    def _is_unordered(self, node: cst.Call, given: cst.BaseComp) -> bool:
        """Whether the result is made of all that a comprehension gives, in whatever order."""
        full = self.resolve(node.func) if self._is_global(node.func) else None
        name = (full or "").removeprefix("builtins.")
        if name == "sum":
            found = self.type_of(given.elt) if isinstance(given, cst.BaseSimpleComp) else None
            return found is not None and found.name in ("int", "bool")
        return name in _OF_ALL and not self._keeps_order(node)

    def _shown(self, node: cst.Call) -> Sequence[cst.Arg]:
        """The arguments of which the result is the text, with all that is in them."""
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
            return node.args
        named = isinstance(node.func, cst.Name) and node.func.value in TEXTS
        if named or (self._is_global(node.func) and self.resolve(node.func) in _DUMPS):
            return [arg for arg in node.args if arg.keyword is None]
        return ()


def operands_of(node: cst.CSTNode) -> Sequence[cst.BaseExpression]:
    """The values on which an operator calls a special method."""
    match node:
        case (
            cst.BinaryOperation(left=left, right=right)
            | cst.BooleanOperation(left=left, right=right)
        ):
            return (left, right)
        case cst.IfExp(test=operand) | cst.CompIf(test=operand):
            return (operand,)
        case cst.If(test=operand) | cst.While(test=operand) | cst.Assert(test=operand):
            return (operand,)
        case cst.Comparison(left=left, comparisons=others):
            plain = [
                c.comparator for c in others if not isinstance(c.operator, (cst.Is, cst.IsNot))
            ]
            return (left, *plain) if plain else ()
        case (
            cst.UnaryOperation(expression=operand)
            | cst.FormattedStringExpression(expression=operand)
        ):
            return (operand,)
        case cst.Subscript(value=operand):
            return (operand,)
    return ()


_DUMPS = frozenset({"json.dumps", "marshal.dumps", "pickle.dumps"})
_OF_ALL = frozenset({"frozenset", "len", "max", "min", "set", "sorted"})
_IN_ORDER = frozenset(
    [
        "collections.Counter",
        "collections.OrderedDict",
        "dict",
        "dict.fromkeys",
        "enumerate",
        "extend",
        "filter",
        "functools.reduce",
        "heapq.merge",
        "heapq.nlargest",
        "heapq.nsmallest",
        "iter",
        "join",
        "list",
        "map",
        "next",
        "statistics.mode",
        "statistics.multimode",
        "str.join",
        "tuple",
        "zip",
    ]
)


def _is_moment(found: Type | None) -> bool:
    return found is not None and found.name == "datetime.datetime"


def _of_floats(found: Type | None) -> bool:
    """Whether sums of the elements depend on their order."""
    return found is not None and any(a.name in ("float", "complex") for a in found.args)


def _head(func: cst.CSTNode) -> frozenset[str]:
    dotted = dotted_name(func)
    return frozenset({dotted.partition(".")[0]}) if dotted else frozenset()
