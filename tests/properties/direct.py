"""A direct evaluation of a choreography's source: one walk over it, every value held per node.

The oracle of the property tests. A value is a dict from node to what that node holds; an expression is evaluated at
every node that knows all its names, a message moves a value from one node to another and is counted. It shares no code
with the compiler: what both agree on is the language.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from motet.failure import Failure
from motet.locations import Cluster, identify
from motet.members import MemberId

Node = tuple[str, int | None]
Located = dict[Node, Any]


class Unknown(Exception):
    """A program asks for a value where nobody has it: the generator's mistake."""


class _Return(Exception):
    def __init__(self, value: object) -> None:
        self.value = value


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Parts(tuple[Any, ...]):
    """Several located results."""

    __slots__ = ()


@dataclass(slots=True)
class Frame:
    """One call: who plays its roles, and what they know."""

    function: ast.AsyncFunctionDef
    roles: dict[str, tuple[Node, ...]]  # by parameter
    clusters: frozenset[str]
    names: dict[str, Located] = field(default_factory=dict)

    def nodes(self, annotation: ast.expr) -> set[Node]:
        """The nodes of `A`, or of `A | B`, as annotations name them."""
        found = {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}
        return {
            node
            for param in self.function.args.args
            if isinstance(param.annotation, ast.Name) and param.annotation.id in found
            for node in self.roles.get(param.arg, ())
        }


@dataclass(frozen=True, slots=True)
class Result:
    """What a run comes to: results by class (a cluster's in member order), messages by pair of classes."""

    results: dict[str, Any]
    messages: dict[tuple[str, str], int]


class Direct:
    """Evaluates the choreographies of one module."""

    def __init__(
        self, world: Mapping[str, Any], sources: Sequence[str], sizes: Mapping[str, int]
    ) -> None:
        self.world = world
        self.sizes = sizes
        self.messages: Counter[tuple[str, str]] = Counter()
        self.instances: dict[Node, Any] = {}
        self.functions = {
            found.name: found
            for source in sources
            for found in ast.parse(source).body
            if isinstance(found, ast.AsyncFunctionDef)
        }
        self.frame: Frame
        self.active: set[Node] = set()

    def run(self, name: str, arguments: Mapping[str, Any]) -> Result:
        """Run a choreography from its start."""
        function = self.functions[name]
        roles: dict[str, tuple[Node, ...]] = {}
        for param in function.args.args:
            kind = self.world.get(getattr(param.annotation, "id", ""))
            if isinstance(kind, type):
                roles[param.arg] = self._nodes_of(kind)
        self.active = set(self.instances)
        frame = self._frame(function, roles)
        for param in function.args.args:
            if param.arg in arguments:
                frame.names[param.arg] = self._argument(frame, param, arguments[param.arg])
        value = self._call(frame)
        return Result(self._by_class(value), dict(self.messages))

    def _nodes_of(self, kind: type) -> tuple[Node, ...]:
        if not issubclass(kind, Cluster):
            self.instances[kind.__name__, None] = kind()
            return ((kind.__name__, None),)
        size = self.sizes[kind.__name__]
        for index in range(size):
            self.instances[kind.__name__, index] = kind()
            identify(self.instances[kind.__name__, index], index, size)
        return tuple((kind.__name__, index) for index in range(size))

    def _frame(self, function: ast.AsyncFunctionDef, roles: dict[str, tuple[Node, ...]]) -> Frame:
        clusters = frozenset(r for r, nodes in roles.items() if nodes[0][1] is not None)
        frame = Frame(function, roles, clusters)
        for role, nodes in roles.items():
            frame.names[role] = {node: self.instances[node] for node in nodes}
        return frame

    def _argument(self, frame: Frame, param: ast.arg, value: Any) -> Located:
        assert isinstance(param.annotation, ast.Subscript)
        assert isinstance(param.annotation.slice, ast.Tuple)
        return dict.fromkeys(frame.nodes(param.annotation.slice.elts[1]), value)

    def _by_class(self, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in value if isinstance(value, Parts) else (value,) if value is not None else ():
            for (name, index), held in sorted(part.items(), key=lambda item: item[0]):
                if index is None:
                    found[name] = held
                else:
                    found.setdefault(name, []).append(held)
        return found

    # Calls

    def _call(self, frame: Frame) -> object:
        outer = getattr(self, "frame", None)
        self.frame = frame
        try:
            self._body(frame.function.body)
        except _Return as end:
            return end.value
        finally:
            if outer is not None:
                self.frame = outer
        return None

    def _invoke(self, call: ast.Call) -> object:
        assert isinstance(call.func, ast.Name)
        function = self.functions[call.func.id]
        roles: dict[str, tuple[Node, ...]] = {}
        values: dict[str, Located] = {}
        given = [*zip((p.arg for p in function.args.args), call.args, strict=False)]
        given += [(k.arg, k.value) for k in call.keywords if k.arg]
        for name, argument in given:
            nodes = self._role(argument)
            if nodes is not None:
                roles[name] = nodes
            elif not _is_reason(argument):
                values[name] = self.value(argument)
        frame = self._frame(function, roles)
        for param in function.args.args:
            if param.arg in values:
                assert isinstance(param.annotation, ast.Subscript)
                assert isinstance(param.annotation.slice, ast.Tuple)
                wanted = frame.nodes(param.annotation.slice.elts[1])
                frame.names[param.arg] = _at(values[param.arg], wanted, ast.unparse(call))
        return self._call(frame)

    def _role(self, expr: ast.expr) -> tuple[Node, ...] | None:
        """The nodes that `a`, `workers` or `workers[i]` names."""
        frame = self.frame
        if isinstance(expr, ast.Name) and expr.id in frame.roles:
            return frame.roles[expr.id]
        if (
            isinstance(expr, ast.Subscript)
            and isinstance(expr.value, ast.Name)
            and expr.value.id in frame.clusters
        ):
            members = frame.roles[expr.value.id]
            index = _agreed(self.value(expr.slice), ast.unparse(expr))
            return (members[index.index if isinstance(index, MemberId) else index],)
        return None

    # Statements

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            getattr(self, f"_do_{type(statement).__name__}")(statement)

    def _do_Pass(self, _: ast.Pass) -> None:
        return

    def _do_Break(self, _: ast.Break) -> None:
        raise _Break

    def _do_Continue(self, _: ast.Continue) -> None:
        raise _Continue

    def _do_Expr(self, statement: ast.Expr) -> None:
        self.value(statement.value)

    def _do_Return(self, statement: ast.Return) -> None:
        raise _Return(self._returned(statement.value))

    def _returned(self, value: ast.expr | None) -> object:
        annotation = self.frame.function.returns
        assert annotation is not None
        if value is None or isinstance(annotation, ast.Constant):
            return None
        places = [part.slice.elts[1] for part in _located(annotation)]
        parts: Sequence[object]
        if len(places) == 1:
            parts = (self.value(value),)
        elif isinstance(value, ast.Tuple):
            parts = [self.value(part) for part in value.elts]
        else:
            found = self.value(value)
            assert isinstance(found, Parts)
            parts = found
        kept = [
            _at(part, self.frame.nodes(place), "return")
            for part, place in zip(parts, places, strict=True)
            if isinstance(part, dict)
        ]
        return kept[0] if len(kept) == 1 else Parts(kept)

    def _do_Assign(self, statement: ast.Assign) -> None:
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            values = [self.value(part) for part in value.elts]
            if not set.intersection(*map(set, values)):  # each at its own place
                for element, part in zip(target.elts, values, strict=True):
                    self._bind(element, part)
                return
        self._bind(target, self.value(value))

    def _do_AnnAssign(self, statement: ast.AnnAssign) -> None:
        assert statement.value is not None
        found = self.value(statement.value)
        for part in _located(statement.annotation):
            found = _at(found, self.frame.nodes(part.slice.elts[1]), ast.unparse(statement))
        self._bind(statement.target, found)

    def _do_AugAssign(self, statement: ast.AugAssign) -> None:
        load = ast.parse(ast.unparse(statement.target), mode="eval").body
        if any(isinstance(part, ast.Await) for part in ast.walk(statement.value)):
            value = self.value(statement.value)  # receives first, then adds
            added = self._apply(ast.BinOp(load, statement.op, _hole(0)), [value])
        else:
            added = self._apply(ast.BinOp(load, statement.op, statement.value), [])
        self._bind(statement.target, added)

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Tuple):
            if not isinstance(value, Parts):
                value = [{n: held[i] for n, held in value.items()} for i in range(len(target.elts))]
            for element, part in zip(target.elts, value, strict=True):
                self._bind(element, part)
        elif isinstance(target, ast.Name):
            self._rebind(target.id, value)
        else:
            assert isinstance(target, ast.Attribute)
            for node, instance in self.value(target.value).items():
                if node in value:
                    setattr(instance, target.attr, value[node])

    def _rebind(self, name: str, value: Located) -> None:
        """Members that do not take part keep their own copy."""
        old = self.frame.names.get(name, {})
        kept = {n: v for n, v in old.items() if n not in self.active or _is_copy(n, value)}
        self.frame.names[name] = {**kept, **value}

    def _do_If(self, statement: ast.If) -> None:
        decided = self.value(statement.test)
        answers = {bool(v) for v in decided.values()}
        if len(answers) == 1:
            self._body(statement.body if answers == {True} else statement.orelse)
            return
        outer = self.active  # members that answer differently: each does its own part
        for answer, body in ((True, statement.body), (False, statement.orelse)):
            self.active = {n for n, v in decided.items() if bool(v) == answer}
            self._body(body)
        self.active = outer

    def _do_While(self, statement: ast.While) -> None:
        rounds = 0
        while _agreed(self.value(statement.test), ast.unparse(statement.test)):
            rounds += 1
            if rounds > 200:
                raise Unknown("an endless loop")
            try:
                self._body(statement.body)
            except _Break:
                return
            except _Continue:
                continue
        self._body(statement.orelse)

    def _do_For(self, statement: ast.For) -> None:
        source = statement.iter.func if isinstance(statement.iter, ast.Call) else None
        if isinstance(source, ast.Attribute) and source.attr == "each":
            self._each(statement)
            return
        found = self.value(statement.iter)
        rows = {node: list(v) for node, v in found.items()}
        for number in range(len(_agreed(rows, ast.unparse(statement.iter)))):
            self._bind(statement.target, {node: row[number] for node, row in rows.items()})
            try:
                self._body(statement.body)
            except _Break:
                return
            except _Continue:
                continue
        self._body(statement.orelse)

    def _each(self, statement: ast.For) -> None:
        assert isinstance(statement.iter, ast.Call)
        assert isinstance(statement.iter.func, ast.Attribute)
        assert isinstance(statement.target, ast.Name)
        members = self._role(statement.iter.func.value)
        assert members is not None
        for member in members:
            names, roles = dict(self.frame.names), dict(self.frame.roles)
            self.frame.roles[statement.target.id] = (member,)
            self.frame.names[statement.target.id] = {member: self.instances[member]}
            self._body(statement.body)
            self.frame.names, self.frame.roles = names, roles

    def _do_Match(self, statement: ast.Match) -> None:
        subject = self.value(statement.subject)
        for case in statement.cases:
            met: set[bool] = set()
            bound: dict[str, Located] = {}
            for node, value in subject.items():
                names = self._matches(case, value, node)
                met.add(names is not None)
                for name, held in (names or {}).items():
                    bound.setdefault(name, {})[node] = held
            if len(met) != 1:
                raise Unknown(f"nodes disagree about {ast.unparse(case.pattern)}")
            if met == {True}:
                self.frame.names.update(bound)
                self._body(case.body)
                return

    def _matches(self, case: ast.match_case, value: object, node: Node) -> dict[str, Any] | None:
        space: dict[str, Any] = {"__subject": value, "__met": False}
        guard = f" if {ast.unparse(case.guard)}" if case.guard else ""
        text = f"match __subject:\n case {ast.unparse(case.pattern)}{guard}:\n  __met = True"
        known = {n: v[node] for n, v in self.frame.names.items() if node in v}
        exec(text, {**self.world, **self._everywhere(), **known}, space)
        met = space.pop("__met")
        space.pop("__subject")
        return space if met else None

    def _do_With(self, statement: ast.With) -> None:
        nodes = [n for item in statement.items for n in self._role(item.context_expr) or ()]
        block = _Shared(self.frame.clusters).visit(
            ast.parse("\n".join(map(ast.unparse, statement.body)))
        )
        code = compile(ast.fix_missing_locations(block), "<block>", "exec")
        results: dict[str, Located] = {}
        for node in nodes:
            if node not in self.active:
                continue
            space = {n: v[node] for n, v in self.frame.names.items() if node in v}
            before = dict(space)
            exec(code, {**self.world, **self._everywhere()}, space)
            for name, held in space.items():
                if name not in before or before[name] is not held:
                    results.setdefault(name, {})[node] = held
        for name, located in results.items():
            self._rebind(name, located)

    # Expressions

    def value(self, expr: ast.expr) -> Any:
        """What an expression is, wherever it is known."""
        if isinstance(expr, ast.Await):
            return self._awaited(expr.value)
        if not any(isinstance(part, (ast.Await, ast.NamedExpr)) for part in ast.walk(expr)):
            return self._apply(expr, [])
        match expr:
            case ast.BoolOp():
                return self._short_circuit(expr)
            case ast.IfExp():
                decided = _agreed(self.value(expr.test), ast.unparse(expr.test))
                return self.value(expr.body if decided else expr.orelse)
            case ast.NamedExpr():
                found = self.value(expr.value)
                self._bind(expr.target, found)
                return found
            case _:
                return self._parts(expr)

    def _short_circuit(self, expr: ast.BoolOp) -> Located:
        found: Located = {}
        for operand in expr.values:
            found = self.value(operand)
            decided = bool(_agreed({n: bool(v) for n, v in found.items()}, ast.unparse(operand)))
            if decided != isinstance(expr.op, ast.And):
                return found
        return found

    def _parts(self, expr: ast.expr) -> Any:
        """Evaluate the operands in order, then the operation itself."""
        values: list[Located] = []

        class Replace(ast.NodeTransformer):
            def visit(inner, node: ast.AST) -> Any:
                if isinstance(node, (ast.FormattedValue, ast.keyword)):
                    node.value = inner.visit(node.value)
                    return node
                if node is expr_copy or not isinstance(node, ast.expr):
                    return inner.generic_visit(node)
                if isinstance(node, (ast.Constant, ast.Lambda, ast.Slice)):
                    return node
                values.append(self.value(node))
                return _hole(len(values) - 1)

        expr_copy = ast.parse(ast.unparse(expr), mode="eval").body
        return self._apply(Replace().visit(expr_copy), values)

    def _apply(self, expr: ast.expr, values: Sequence[Located]) -> Located:
        """Evaluate an expression without messages at every node that knows its names."""
        tree = _Shared(self.frame.clusters).visit(ast.parse(ast.unparse(expr), mode="eval"))
        holes = {f"__hole{i}": value for i, value in enumerate(values)}
        known = {**self.frame.names, **self._located_everywhere(), **holes}
        names = [n for n in _free(tree.body) if n in known]
        unknown = [
            n
            for n in _free(tree.body)
            if n not in known and n not in self.world and not hasattr(builtins, n)
        ]
        if unknown:
            raise Unknown(f"{unknown} in {ast.unparse(expr)}")
        nodes = set(self.active)
        for name in names:
            nodes &= set(known[name])
        if not nodes:
            raise Unknown(f"nobody knows all of {ast.unparse(expr)}")
        code = compile(ast.fix_missing_locations(ast.Expression(tree.body)), "<expression>", "eval")
        return {
            n: eval(code, {**self.world, **{m: known[m][n] for m in names}})
            for n in sorted(nodes, key=_order)
        }

    def _everywhere(self) -> dict[str, Any]:
        return {
            f"__members_{role}": tuple(MemberId(i) for i in range(len(self.frame.roles[role])))
            for role in self.frame.clusters
        }

    def _located_everywhere(self) -> dict[str, Located]:
        return {
            name: dict.fromkeys(self.instances, value) for name, value in self._everywhere().items()
        }

    # Messages

    def _awaited(self, expr: ast.expr) -> Any:
        assert isinstance(expr, ast.Call)
        if isinstance(expr.func, ast.Name):
            if expr.func.id == "concurrently":
                return Parts(self.value(ast.Await(a)) for a in expr.args)
            return self._invoke(expr)
        assert isinstance(expr.func, ast.Attribute)
        senders = self._role(expr.func.value)
        assert senders is not None
        options = {k.arg: k.value for k in expr.keywords}
        operation: Callable[..., Located] = getattr(self, f"_op_{expr.func.attr}")
        return operation(senders, expr.args, options)

    def _receivers(self, to: ast.expr) -> Iterator[Node]:
        for part in to.elts if isinstance(to, ast.Tuple) else (to,):
            nodes = self._role(part)
            assert nodes is not None
            yield from nodes

    def _message(self, source: Node, target: Node) -> None:
        if source != target:
            self.messages[source[0], target[0]] += 1

    def _op_send(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        (sender,) = senders
        value = _at(self.value(args[0]), {sender}, ast.unparse(args[0]))[sender]
        received: Located = {}
        for node in self._receivers(options["to"]):
            self._message(sender, node)
            received[node] = value
        return received

    def _op_share(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        (sender,) = senders
        known: Located = self.value(args[0])
        if isinstance(args[0], ast.Constant):
            known = _at(known, {sender}, "a literal")
        value = _at(known, {sender}, ast.unparse(args[0]))[sender]
        for node in self._receivers(options["to"]):
            self._message(sender, node)
            known = {**known, node: value}
        return known

    def _op_gather(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        received: Located = {}
        for node in self._receivers(options["to"]):
            for sender in senders:
                self._message(sender, node)
            received[node] = {MemberId(s[1] or 0): values[s] for s in senders}
        if "at_least" in options:
            count = _agreed(self.value(options["at_least"]), "at_least")
            received = {n: dict([*v.items()][:count]) for n, v in received.items()}
        return received

    def _op_scatter(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        (sender,) = senders
        values = _at(self.value(args[0]), {sender}, ast.unparse(args[0]))[sender]
        received: Located = {}
        for node in self._receivers(options["to"]):
            self._message(sender, node)
            received[node] = values[MemberId(node[1] or 0)]
        return received

    def _op_reduce(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        gathered = self._op_gather(senders, args[:1], options)
        fold = self.value(args[1])
        return {node: _fold(fold[node], [*held.values()]) for node, held in gathered.items()}

    def _op_all_gather(self, senders: tuple[Node, ...], args: list[ast.expr], _: object) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        for source in senders:
            for target in senders:
                self._message(source, target)
        whole: dict[MemberId[Any], Any] = {MemberId(s[1] or 0): values[s] for s in senders}
        return dict.fromkeys(senders, whole)

    def _op_all_to_all(self, senders: tuple[Node, ...], args: list[ast.expr], _: object) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        for source in senders:
            for target in senders:
                self._message(source, target)
        return {
            target: {MemberId(s[1] or 0): values[s][MemberId(target[1] or 0)] for s in senders}
            for target in senders
        }

    def _op_all_reduce(self, senders: tuple[Node, ...], args: list[ast.expr], _: object) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        fold = self.value(args[1])
        for node in senders[1:]:
            self._message(node, senders[0])
            self._message(senders[0], node)
        result = _fold(fold[senders[0]], [values[s] for s in senders])
        return dict.fromkeys(senders, result)

    def _op_shift(
        self, senders: tuple[Node, ...], args: list[ast.expr], options: dict[str, ast.expr]
    ) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        by = args[1] if len(args) > 1 else options.get("by")
        distance = _agreed(self.value(by), "by") if by is not None else 1
        wrap = "wrap" not in options
        received: Located = dict.fromkeys(senders)
        for number, sender in enumerate(senders):
            target = number + distance
            if wrap or 0 <= target < len(senders):
                self._message(sender, senders[target % len(senders)])
                received[senders[target % len(senders)]] = values[sender]
        return received

    def _op_exchange(self, senders: tuple[Node, ...], args: list[ast.expr], _: object) -> Located:
        values = _at(self.value(args[0]), set(senders), ast.unparse(args[0]))
        partners = self.value(args[1])
        received: Located = {}
        for sender in senders:
            partner = partners[sender]
            self._message(sender, senders[partner])
            received[senders[partner]] = values[sender]
        return received

    def _op_attempt(self, senders: tuple[Node, ...], args: list[ast.expr], _: object) -> Located:
        functions = self.value(args[0])
        values = [self.value(a) for a in args[1:]]
        return {n: _attempt(functions[n], [v[n] for v in values]) for n in senders}


class _Shared(ast.NodeTransformer):
    """`w.members` and `len(w)` are known everywhere."""

    def __init__(self, clusters: frozenset[str]) -> None:
        self.clusters = clusters

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if (
            node.attr == "members"
            and isinstance(node.value, ast.Name)
            and node.value.id in self.clusters
        ):
            return ast.Name(f"__members_{node.value.id}", ast.Load())
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            argument = node.args[0]
            if isinstance(argument, ast.Name) and argument.id in self.clusters:
                node.args = [ast.Name(f"__members_{argument.id}", ast.Load())]
        self.generic_visit(node)
        return node


def _hole(number: int) -> ast.Name:
    return ast.Name(f"__hole{number}", ast.Load())


def _free(tree: ast.expr) -> list[str]:
    """The names that an expression reads from around it."""
    bound = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    bound |= {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - bound)


def _located(annotation: ast.expr) -> list[Any]:
    """Each `At[T, L]` and `Each[T, W]` of an annotation, in order."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        if annotation.value.id in ("At", "Each"):
            return [annotation]
        if annotation.value.id == "tuple" and isinstance(annotation.slice, ast.Tuple):
            return [found for part in annotation.slice.elts for found in _located(part)]
    return []


def _is_reason(expr: ast.expr) -> bool:
    return (
        isinstance(expr, ast.Call) and isinstance(expr.func, ast.Name) and expr.func.id == "nondet"
    )


def _is_copy(node: Node, value: Located) -> bool:
    """A member's own copy outlives what another member of its cluster binds."""
    return node[1] is not None and node not in value and all(n[0] == node[0] for n in value)


def _at(value: Located, nodes: set[Node], what: str) -> Located:
    missing = nodes - set(value)
    if missing:
        raise Unknown(f"{sorted(missing, key=_order)} does not know {what}")
    return {n: value[n] for n in sorted(nodes, key=_order)}


def _order(node: Node) -> tuple[str, int]:
    return (node[0], -1 if node[1] is None else node[1])


def _agreed(value: Located, what: str) -> Any:
    first = next(iter(value.values()))
    if any(held != first for held in value.values()):
        raise Unknown(f"nodes disagree about {what}: {value}")
    return first


def _fold(fold: Callable[[Any, Any], Any], values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = fold(result, value)
    return result


def _attempt(function: Callable[..., Any], values: list[Any]) -> Any:
    try:
        return function(*values)
    except Exception as problem:
        return Failure(type(problem).__name__, str(problem))
