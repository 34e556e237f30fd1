"""What a comprehension was at when it failed, where its variables are gone with it.

From Python 3.12 on a comprehension has no frame of its own (PEP 709): when an exception leaves it, the frame around
it has forgotten the element. It is looked for: what can be evaluated without calling anybody's code is evaluated
again, element by element, until the same exception comes.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from typing import Final

INLINED: Final = sys.version_info >= (3, 12)

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp
Names = dict[str, object]

_ELEMENTS: Final = "__elements"
_KINDS: Final = (list, tuple, set, frozenset, dict, range)
_HARMLESS: Final = frozenset(
    {abs, bool, bytes, chr, complex, dict, divmod, float, frozenset, hash, int, isinstance, len}
    | {list, max, min, ord, pow, range, repr, reversed, round, set, sorted, str, sum, tuple, zip}
)
_CALLING: Final = (ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda, ast.NamedExpr)


def failing_element(
    node: Comprehension, names: Mapping[str, object], error: BaseException
) -> Names:
    """The variables of the comprehension at the element that raises `error`; none if that cannot be told.

    `names` are those that its code sees: locals before globals.
    """
    try:
        for element in _elements(node, names):
            bound = _bound(node, names, element)
            if _raises(node, names, element, error):
                return bound
    except Exception:  # whatever the user's own classes do: nothing is told then
        return {}
    return {}


def _elements(node: Comprehension, names: Mapping[str, object]) -> Iterator[object]:
    """What it goes through, if it can be gone through once more."""
    source = node.generators[0].iter
    if len(node.generators) > 1 or node.generators[0].is_async or _calls(node, names):
        return
    found = _evaluate(source, names)
    if type(found) in _KINDS:
        yield from found  # type: ignore[misc]  # one of those


def _calls(node: ast.AST, names: Mapping[str, object]) -> bool:
    """Whether evaluating it may run code that is not the interpreter's."""
    inner = list(ast.walk(node))
    if any(isinstance(n, _CALLING) for n in inner):
        return True
    return not all(_is_harmless(n.func, names) for n in inner if isinstance(n, ast.Call))


def _is_harmless(function: ast.expr, names: Mapping[str, object]) -> bool:
    if not isinstance(function, ast.Name):
        return False
    called = names.get(function.id, getattr(builtins, function.id, None))
    return any(called is known for known in _HARMLESS)


def _bound(node: Comprehension, names: Mapping[str, object], element: object) -> Names:
    target = node.generators[0].target
    bound = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
    pairs = ast.Dict([ast.Constant(n) for n in bound], [ast.Name(n, ast.Load()) for n in bound])
    found = _evaluate(ast.ListComp(pairs, [_only(target, [])]), {**names, _ELEMENTS: [element]})
    assert isinstance(found, list)
    return dict(found[0])


def _raises(
    node: Comprehension, names: Mapping[str, object], element: object, error: BaseException
) -> bool:
    [generator] = node.generators
    once = [_only(generator.target, generator.ifs)]
    again: ast.expr
    if isinstance(node, ast.DictComp):
        again = ast.DictComp(node.key, node.value, once)
    else:
        again = type(node)(node.elt, once)
    try:
        _evaluate(again, {**names, _ELEMENTS: [element]})
    except Exception as found:
        return type(found) is type(error) and found.args == error.args
    return False


def _only(target: ast.expr, conditions: list[ast.expr]) -> ast.comprehension:
    return ast.comprehension(target, ast.Name(_ELEMENTS, ast.Load()), conditions, is_async=0)


def _evaluate(node: ast.expr, names: Mapping[str, object]) -> object:
    code = compile(ast.fix_missing_locations(ast.Expression(node)), "<element>", "eval")
    result: object = eval(code, dict(names))
    return result
