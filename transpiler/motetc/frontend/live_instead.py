"""What to write instead of Python's operators and functions on live collections, and instead of plain values there."""

from __future__ import annotations

import libcst as cst

from motetc.frontend.live_graph import LiveGraph
from motetc.frontend.scope import code_of
from motetc.frontend.tree import nodes
from motetc.ir.operators import OPERATORS, Shape

_FUNCTIONS: dict[str, str] = {
    "all": "{0}.filter(lambda x: not x).is_empty()",
    "any": "{0}.filter(lambda x: bool(x)).is_empty().not_()",
    "enumerate": "{0}.enumerate()",
    "filter": "{1}.filter({0})",
    "len": "{0}.count()",
    "list": "await {0}.collect()",
    "map": "{1}.map({0})",
    "max": "{0}.max()",
    "min": "{0}.min()",
    "print": "{0}.for_each(print)",
    "set": "{0}.unique()",
    "sorted": "{0}.sort()",
    "sum": "{0}.fold(0, lambda total, x: total + x)",
    "zip": "{0}.enumerate().join({1}.enumerate())",
}  # of streams
_OPERATORS: dict[type[cst.CSTNode], str] = {
    cst.And: "{0}.and_({1})",
    cst.BitAnd: "{0}.and_({1})",
    cst.BitOr: "{0}.or_({1})",
    cst.Equal: "{0}.equals({1})",
    cst.NotEqual: "{0}.equals({1}).not_()",
    cst.Or: "{0}.or_({1})",
}  # of two values
_STREAMS: dict[type[cst.CSTNode], str] = {
    cst.Add: "{0}.merge_unordered({1})",
    cst.BitOr: "{0}.merge_unordered({1})",
    cst.Subtract: "{0}.filter_not_in({1})",
}
_AUGMENTED: dict[type[cst.CSTNode], cst.BaseBinaryOp] = {
    cst.AddAssign: cst.Add(),
    cst.BitOrAssign: cst.BitOr(),
    cst.SubtractAssign: cst.Subtract(),
}
_TAKE_VALUES = frozenset(
    {"and_", "cross_singleton", "equals", "filter_if", "or_", "unwrap_or", "zip"}
)
_TAKE_STREAMS = frozenset(
    {
        "anti_join",
        "chain",
        "cross_product",
        "cross_product_nested_loop",
        "filter_key_not_in",
        "filter_not_in",
    }
    | {"join", "merge_ordered", "merge_unordered"}
)


def instead(graph: LiveGraph, node: cst.CSTNode) -> str:
    """The operators for what Python's syntax is meant to do with a collection somewhere in `node`; "" if unknown."""
    every = [*nodes(node)]
    called = {id(n.func) for n in every if isinstance(n, cst.Call)}
    for one in every:
        uncalled = isinstance(one, cst.Attribute) and id(one) not in called
        if text := _call(graph, one) if uncalled else _meant(graph, one):
            return f"write `{text}`"
    return ""


def wrapped(graph: LiveGraph, op: str, location: str, expr: cst.BaseExpression) -> str:
    """The collection to pass to an operator instead of what is none."""
    if text := instead(graph, expr):
        return text
    code = graph.operations.module.code(expr)
    if op in _TAKE_VALUES:
        return f"make it a Singleton: `{location}.singleton({code})`"
    if op in _TAKE_STREAMS:
        return f"make it a stream: `{location}.source({code})`"
    return "pass a stream or a singleton"


def shape_of(graph: LiveGraph, expr: cst.CSTNode) -> Shape | None:
    """What kind of collection an expression is, by its syntax; None if it is none."""
    if isinstance(expr, cst.Name) and expr.value in graph.names:
        return graph.names[expr.value].shape
    if not isinstance(expr, cst.Call) or not graph.is_live(expr):
        return None
    assert isinstance(expr.func, cst.Attribute)
    name = expr.func.attr.value
    if graph.is_source(expr) or graph.is_leaving(expr.func):
        return "singleton" if name in ("singleton", "latest") else "stream"
    of = shape_of(graph, expr.func.value)
    rule = OPERATORS.get((of, name)) if of is not None else None
    return rule.gives[0] if rule is not None else None


def _call(graph: LiveGraph, node: cst.CSTNode) -> str:
    """The call of an operator that is only named."""
    assert isinstance(node, cst.Attribute)
    shape, code = shape_of(graph, node.value), graph.operations.module.code(node)
    if shape is None and not graph.is_live(node.value):
        return ""
    if node.attr.value == "collect":
        return f"await {code}()"
    known = {of: rule for (of, name), rule in OPERATORS.items() if name == node.attr.value}
    any_of = next(iter(known.values()), None)  # what a hop gives, only the roles tell
    rule = known.get(shape, any_of) if shape is not None else any_of
    return (
        f"{code}({'…' if rule.params or rule.why or rule.hop else ''})" if rule is not None else ""
    )


def _sent(graph: LiveGraph, kind: str, call: cst.Call) -> str:
    """A stream that sends its elements itself, instead of a location that sends the stream."""
    code = graph.operations.module.code
    stream = next((a.value for a in call.args if shape_of(graph, a.value) == "stream"), None)
    to = next(
        (a.value for a in call.args if a.keyword is not None and a.keyword.value == "to"), None
    )
    seat = graph.operations.seat(to) if to is not None else None
    if stream is None or seat is None or to is None:
        return ""
    return f"{code(stream)}.{'broadcast' if seat.whole and kind == 'send' else kind}(to={code(to)})"


def _meant(graph: LiveGraph, node: cst.CSTNode) -> str:
    match node:
        case cst.Call(func=cst.Attribute(value=of, attr=cst.Name(value="send" | "share" as kind))):
            return _sent(graph, kind, node) if graph.operations.seat(of) is not None else ""
        case cst.Call(func=cst.Name(value=name)) if name in _FUNCTIONS:
            return _called(graph, name, [a.value for a in node.args])
        case cst.AugAssign(target=target, operator=op, value=value) if type(op) in _AUGMENTED:
            text = _combined(graph, target, _AUGMENTED[type(op)], value)
            return f"{graph.operations.module.code(target)} = {text}" if text else ""
        case cst.UnaryOperation(operator=cst.Not() | cst.BitInvert(), expression=value):
            text, shape = _operand(graph, value)
            return f"{text}.not_()" if shape == "singleton" else ""
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=op, comparator=right)]
        ):
            return _combined(graph, left, op, right)
        case cst.BinaryOperation(left=left, operator=op, right=right):
            return _combined(graph, left, op, right)
        case cst.BooleanOperation(left=left, operator=op, right=right):
            return _combined(graph, left, op, right)
    return ""


def _operand(graph: LiveGraph, expr: cst.BaseExpression) -> tuple[str, Shape | None]:
    """The collection that an operand is or stands for, and its kind."""
    code, shape = graph.operations.module.code(expr), shape_of(graph, expr)
    if shape is None and (text := _meant(graph, expr)):
        return text, "singleton"
    return code, shape


def _called(graph: LiveGraph, name: str, given: list[cst.BaseExpression]) -> str:
    """An operator instead of one of Python's functions."""
    shapes = [shape_of(graph, x) for x in given]
    form = _FUNCTIONS[name]
    wanted = 2 if "{1}" in form else 1
    if len(given) != wanted or shapes[-1] != "stream":
        return ""
    return form.format(*(graph.operations.module.code(x) for x in given))


def _combined(
    graph: LiveGraph, left: cst.BaseExpression, op: cst.CSTNode, right: cst.BaseExpression
) -> str:
    """Operators instead of `left op right`."""
    one, first = _operand(graph, left)
    other, second = _operand(graph, right)
    sign = code_of(op).strip()
    both = f".map(lambda both: both[0] {sign} both[1])"
    match first, second:
        case (None, None):
            return ""
        case (None, _):
            return f"{other}.map(lambda x: {one} {sign} x)"
        case (_, None):
            return f"{one}.map(lambda x: x {sign} {other})"
        case ("stream", "stream"):
            form = _STREAMS.get(type(op), "")
            return form.format(one, other)
        case ("stream", "singleton" | "optional"):
            return f"{one}.cross_singleton({other}){both}"
        case ("singleton" | "optional", "singleton" | "optional"):
            form = _OPERATORS.get(type(op), "")
            return form.format(one, other) if form else f"{one}.zip({other}){both}"
    return ""
