"""Lambdas as expressions: the body, with what the parameters stand for in their places.

A parameter becomes the text of its argument where that changes nothing: the argument is a name, or it is read exactly
once, unconditionally, before anything else that could have an effect. Otherwise the caller binds it to a variable.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import libcst as cst

from motetc.frontend.operations import in_order
from motetc.frontend.parentheses import in_parentheses
from motetc.frontend.scope import names_of
from motetc.frontend.tree import InPlaceOfNames, code_for

_FIXED = re.compile(r"""#|\"{3}|'{3}|\\\n""")  # what needs its line ends
_LINES = re.compile(r"\s*\n\s*")
_CONDITIONAL = (cst.Lambda, cst.BaseComp, cst.IfExp, cst.BooleanOperation, cst.Comparison)
_CONSUMERS = frozenset(
    [
        "all",
        "any",
        "dict",
        "frozenset",
        "len",
        "list",
        "max",
        "min",
        "set",
        "sorted",
        "sum",
        "tuple",
    ]
)  # of a generator that they are given
_STILL = (cst.Name, cst.BaseNumber, cst.SimpleString, cst.Attribute, cst.Arg)


def parameters(function: cst.Lambda) -> list[str] | None:
    """The names of a lambda's parameters; None if it has any that are not plain."""
    params = function.params
    plain = [*params.posonly_params, *params.params]
    others = (params.kwonly_params, params.star_kwarg, isinstance(params.star_arg, cst.Param))
    if any(others) or any(p.default is not None for p in plain):
        return None
    return [p.name.value for p in plain]


def uses(body: cst.BaseExpression, name: str) -> int:
    """How often a name is read in an expression, nested scopes included."""
    return sum(1 for node in _reads(body) if node.value == name)


def reads_first(body: cst.BaseExpression, name: str, text: str) -> bool:
    """Whether `text` may stand for `name`: it is evaluated for certain, and before anything with an effect.

    Unless the text calls nothing, also before anything that it could change: an attribute. In a string it may have no
    quotes of its own.
    """
    calm, plain = is_calm(text), not _SPECIAL.search(text)
    for node in evaluated(body):
        if isinstance(node, cst.Name) and node.value == name:
            return plain or not _is_within_string(body, name)
        if not isinstance(node, _STILL) or (isinstance(node, cst.Attribute) and not calm):
            return False
    return False


_SPECIAL = re.compile(r"""["'\\{}:!#]|\n""")


def _is_within_string(body: cst.CSTNode, name: str) -> bool:
    if isinstance(body, cst.FormattedString):
        return any(n.value == name for n in _reads(body))
    return any(_is_within_string(child, name) for child in _code_children(body))


def is_idle(text: str) -> bool:
    """Whether evaluating an expression does nothing that could be missed: arithmetic of what is still."""
    return _is_idle(cst.parse_expression(text))


def _is_idle(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.BinaryOperation):
        safe = isinstance(node.operator, (cst.Add, cst.Subtract, cst.Multiply))
        safe = safe or (isinstance(node.right, cst.Integer) and node.right.value != "0")
        return safe and _is_idle(node.left) and _is_idle(node.right)
    return _is_still(node)


def is_calm(text: str) -> bool:
    """Whether an expression calls nothing: names, literals, attributes and tuples of them."""
    return _is_still(cst.parse_expression(text), (cst.Attribute,))


def hides(body: cst.BaseExpression, names: frozenset[str]) -> bool:
    """Whether a scope inside the expression binds one of the names."""
    if isinstance(body, (cst.Lambda, cst.BaseComp, cst.NamedExpr)):
        return bool(_bound(body) & names) or any(_hides_below(c, names) for c in body.children)
    return any(_hides_below(c, names) for c in body.children)


def escapes(body: cst.BaseExpression, names: frozenset[str], eager: bool = False) -> bool:
    """Whether a function or generator that outlives the expression reads one of the names, or the expression is one.

    `eager`: the expression itself is iterated over at once.
    """
    if isinstance(body, cst.Yield):
        return True
    if isinstance(body, cst.Lambda):
        return any(n.value in names for n in _reads(body.body))
    if isinstance(body, cst.GeneratorExp) and not eager:
        inside = [n for n in _reads(body) if n.value in names]
        first = [n for n in _reads(body.for_in.iter) if n.value in names]
        return len(inside) > len(first)
    consumed = isinstance(body, cst.Call) and _consumes(body.func)
    return any(
        _escapes_below(child, names, consumed or (eager and isinstance(child, cst.GeneratorExp)))
        for child in body.children
    )


def _escapes_below(node: cst.CSTNode, names: frozenset[str], eager: bool) -> bool:
    if isinstance(node, cst.BaseExpression):
        return escapes(node, names, eager)
    return any(_escapes_below(child, names, eager) for child in node.children)


def _consumes(function: cst.BaseExpression) -> bool:
    """Whether a function is known to use up the generator that it is given."""
    if isinstance(function, cst.Attribute):
        return function.attr.value == "join"
    return isinstance(function, cst.Name) and function.value in _CONSUMERS


def items_of(text: str) -> list[str]:
    """The items of a tuple that is written out; none if it is not one."""
    parsed = cst.parse_expression(text)
    if not isinstance(parsed, cst.Tuple):
        return []
    if any(isinstance(e, cst.StarredElement) for e in parsed.elements):
        return []
    return [one_line(e.value) for e in parsed.elements]


def calls(text: str) -> bool:
    """Whether evaluating an expression calls, awaits or binds anything by name."""
    acting = (ast.Call, ast.Await, ast.NamedExpr, ast.Lambda, ast.Yield)
    return any(isinstance(x, acting) for x in ast.walk(ast.parse(text, mode="eval")))


def is_still(text: str) -> bool:
    """Whether evaluating an expression does nothing: names, literals and what is made of them."""
    return _is_still(cst.parse_expression(text))


def _is_still(node: cst.CSTNode, more: tuple[type[cst.CSTNode], ...] = ()) -> bool:
    if isinstance(node, cst.Tuple):
        return all(_is_still(e.value, more) for e in node.elements)
    if isinstance(node, cst.Attribute) and more:
        return _is_still(node.value, more)
    return isinstance(node, (cst.Name, cst.BaseNumber, cst.SimpleString))


def substituted(body: cst.BaseExpression, texts: Mapping[str, str]) -> str:
    """The body's text with names exchanged for texts."""
    swaps = {n: expression(t) for n, t in texts.items() if t != n}
    result = body.visit(Substitute(swaps)) if swaps else body
    assert isinstance(result, cst.BaseExpression)
    text = one_line(result)
    for swap in swaps.values():
        if swap.lpar and not isinstance(swap, cst.Tuple):
            text = _bare(text, one_line(swap.with_changes(lpar=(), rpar=())))
    return text


def _bare(text: str, inner: str) -> str:
    """The text without the brackets around `inner`, where they change nothing."""
    at = text.find(f"({inner})")
    while at >= 0:
        bare = f"{text[:at]}{inner}{text[at + len(inner) + 2 :]}"
        if not text[at - 1 : at].isidentifier() and _is_same(bare, text):
            text = bare
        at = text.find(f"({inner})", at + 1)
    return text


def _is_same(one: str, other: str) -> bool:
    """Whether two expressions mean the same, as far as their form tells."""
    try:
        return ast.dump(ast.parse(one, mode="eval")) == ast.dump(ast.parse(other, mode="eval"))
    except SyntaxError:
        return False


def one_line(expr: cst.BaseExpression) -> str:
    """An expression's text, within brackets if it needs several lines, or has those of the call that it stood in."""
    if is_bare(expr):
        return one_line(expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
    text = code_for(stripped(expr)).strip()
    if "\n" in text and not _FIXED.search(text):
        joined = _LINES.sub(" ", text)
        text = joined if _is_same(joined, f"({text})") else text
    return text if "\n" not in text else code_for(expr).strip()


def is_bare(expr: cst.BaseExpression) -> bool:
    """Whether it is a generator that has no brackets but those of the call whose only argument it is."""
    return isinstance(expr, cst.GeneratorExp) and not expr.lpar


def stripped(expr: cst.BaseExpression) -> cst.BaseExpression:
    """The expression without brackets that it does not need where it stands alone."""
    needed = isinstance(expr, (cst.GeneratorExp, cst.NamedExpr, cst.Tuple, cst.Yield))
    if needed or not expr.lpar:
        return expr
    return expr.with_changes(lpar=expr.lpar[1:], rpar=expr.rpar[1:])


def expression(text: str) -> cst.BaseExpression:
    """Parsed, within brackets where it needs them to stand anywhere."""
    parsed = cst.parse_expression(text)
    loose = (
        cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.IfExp, cst.Lambda,
        cst.NamedExpr, cst.UnaryOperation, cst.Await, cst.Tuple,
    )  # fmt: skip
    if isinstance(parsed, loose) and not parsed.lpar:
        return in_parentheses(parsed)
    return parsed


def _reads(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
        return
    for child in _code_children(node):
        yield from _reads(child)


def _code_children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children that are code: no labels of attributes and keywords."""
    if isinstance(node, cst.Attribute):
        return [node.value]
    if isinstance(node, cst.Arg):
        return [node.value]
    return list(node.children)


def evaluated(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What is evaluated for certain, in order: children before their parents."""
    if isinstance(node, (cst.Lambda, cst.BaseComp)):
        yield node
        return
    if isinstance(node, cst.Call):
        yield from evaluated(node.func.value if isinstance(node.func, cst.Attribute) else node.func)
        for arg in node.args:
            yield from evaluated(arg.value)
        yield node
        return
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        yield from evaluated(node.left)
        yield from evaluated(node.comparisons[0].comparator)
        yield node
        return
    if isinstance(node, _CONDITIONAL):
        first = in_order(node)[0]
        yield from evaluated(first)
        yield node
        return
    if isinstance(node, cst.Name):
        yield node
        return
    below = node.value if isinstance(node, (cst.Attribute, cst.Arg)) else None
    for child in [below] if below is not None else in_order(node):
        yield from evaluated(child)
    if isinstance(node, cst.BaseExpression):
        yield node


def _bound(node: cst.CSTNode) -> frozenset[str]:
    if isinstance(node, cst.Lambda):
        return frozenset(parameters(node) or ())
    if isinstance(node, cst.NamedExpr):
        return names_of(node).binds
    assert isinstance(node, cst.BaseComp)
    found: set[str] = set()
    loop: cst.CompFor | None = node.for_in
    while loop is not None:
        found |= {n.value for n in _reads(loop.target)}
        loop = loop.inner_for_in
    return frozenset(found)


def _hides_below(node: cst.CSTNode, names: frozenset[str]) -> bool:
    if isinstance(node, (cst.Lambda, cst.BaseComp, cst.NamedExpr)) and _bound(node) & names:
        return True
    return any(_hides_below(child, names) for child in node.children)


class Substitute(InPlaceOfNames):
    """Exchanges names for expressions, in strings too."""

    def __init__(self, swaps: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.swaps = swaps
        self.inside = 0  # of strings

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self.inside += 1

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.FormattedString:
        self.inside -= 1
        return super().leave_FormattedString(original_node, updated_node)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        swap = self.swaps.get(original_node.value)
        if self.inside and isinstance(swap, cst.SimpleString):
            return _requoted(swap)
        return swap.deep_clone() if swap is not None else updated_node


def _requoted(string: cst.SimpleString) -> cst.SimpleString:
    """A string that may stand inside of another."""
    return cst.SimpleString(repr(string.evaluated_value))
