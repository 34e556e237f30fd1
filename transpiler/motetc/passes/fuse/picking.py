"""Lambdas that read items of a tuple: `pair[0]` becomes the item, where the tuple is written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import libcst as cst

from motetc.passes.fuse.inline import (
    Substitute,
    evaluated,
    expression,
    is_calm,
    is_still,
    items_of,
    stripped,
    uses,
)

_STILL = (cst.Name, cst.BaseNumber, cst.SimpleString)
_THERE = "__there__"
HasItems = Callable[[str], bool]


def picked(body: cst.BaseExpression, name: str, items: Sequence[str]) -> cst.BaseExpression:
    """The body with items of a tuple for `name[0]`, `name[1]`, if that is all that is done with the name."""
    renamed = marked(body, {name: _THERE})  # an item may read what is called so
    result = renamed.visit(_Pick(_THERE, [expression(t) for t in items]))
    assert isinstance(result, cst.BaseExpression)
    return body if uses(result, _THERE) else result


def marked(body: cst.BaseExpression, marks: Mapping[str, str]) -> cst.BaseExpression:
    """The body with other names for its parameters."""
    result = body.visit(Substitute({name: cst.Name(mark) for name, mark in marks.items()}))
    assert isinstance(result, cst.BaseExpression)
    return result


def reads_items_alone(body: cst.BaseExpression, name: str, count: int) -> bool:
    """Whether an expression reads nothing of a name but some of its first `count` items."""
    return all(path and path[0] < count for path in _paths(body, name))


def reads_inner_items_alone(body: cst.BaseExpression, name: str) -> bool:
    """The same of the items of `(x, (y, z))`."""
    paths = [*_paths(body, name)]
    return all(p[:1] == (0,) or p[:2] in ((1, 0), (1, 1)) for p in paths)


class _Pick(cst.CSTTransformer):
    def __init__(self, name: str, items: Sequence[cst.BaseExpression]) -> None:
        super().__init__()
        self.name = name
        self.items = items

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        if updated_node.value is original_node.value or original_node.star:
            return updated_node
        return updated_node.with_changes(value=stripped(updated_node.value))

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        value, index = original_node.value, _index_of(original_node)
        if index is None:
            return updated_node
        if isinstance(value, cst.Name) and value.value == self.name and index < len(self.items):
            return self.items[index].deep_clone()
        inner = updated_node.value
        if inner is not value and isinstance(inner, cst.Tuple) and index < len(inner.elements):
            return inner.elements[index].value
        return updated_node


def _index_of(node: cst.Subscript) -> int | None:
    """The literal index of a subscript."""
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return None
    value = node.slice[0].slice.value
    return int(value.value) if isinstance(value, cst.Integer) and value.value.isdigit() else None


def looked_up(
    body: cst.BaseExpression, name: str, text: str, has_items: HasItems
) -> cst.BaseExpression | None:
    """The body with the items of a tuple that is nowhere else; None if that could change what it means.

    The items only look something up, each is read once, and nothing happens before.
    """
    items = items_of(text)
    if items and all(map(is_still, items)) and reads_items_alone(body, name, len(items)):
        return picked(
            body, name, items
        )  # variables and literals may be read at any time, any number of times
    if items and (turned := _in_turn(body, name, items)) is not None:
        return turned
    if not items or not all(_looks_up(cst.parse_expression(item), has_items) for item in items):
        return None
    paths = [*_paths(body, name)]
    if len({*paths}) < len(paths) or () in paths or not _nothing_before(body, name, len(paths)):
        return None
    result = picked(body, name, items)
    return None if result is body else result


def _in_turn(
    body: cst.BaseExpression, name: str, items: Sequence[str]
) -> cst.BaseExpression | None:
    """The body with the items, if it reads each once, one after the other, and nothing else comes in between."""
    read = [path[0] if path else -1 for path in _paths(body, name)]
    if read != sorted({*read}) or -1 in read or not read or read[-1] >= len(items):
        return None
    if not all(is_still(item) for index, item in enumerate(items) if index not in read):
        return None
    calm = all(is_calm(items[index]) for index in read)
    if not _nothing_before(body, name, len(read), calm):
        return None
    result = picked(body, name, items)
    return None if result is body else result


def _looks_up(node: cst.CSTNode, has_items: HasItems) -> bool:
    match node:
        case cst.Tuple():
            return all(_looks_up(e.value, has_items) for e in node.elements)
        case cst.Attribute():
            return _looks_up(node.value, has_items)
        case cst.Subscript(value=cst.Name(value=name)):
            return has_items(name) and (_index_of(node) is not None or _is_named(node))
        case _:
            return isinstance(node, _STILL)


def _is_named(node: cst.Subscript) -> bool:
    """Whether the index is a name."""
    match node.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=cst.Name()))]:
            return True
    return False


def _paths(node: cst.CSTNode, name: str) -> Iterator[tuple[int, ...]]:
    """The items of a name that an expression reads: (1, 0) for `name[1][0]`, () for all of it."""
    path = _path(node, name)
    if path is not None:
        yield path
        return
    for child in node.children:
        yield from _paths(child, name)


def _path(node: cst.CSTNode, name: str) -> tuple[int, ...] | None:
    if isinstance(node, cst.Name):
        return () if node.value == name else None
    if not isinstance(node, cst.Subscript):
        return None
    inner, index = _path(node.value, name), _index_of(node)
    return None if inner is None or index is None else (*inner, index)


def _nothing_before(body: cst.BaseExpression, name: str, count: int, calm: bool = True) -> bool:
    """Whether all reads of a name come before anything that has an effect, or (not `calm`) that looks anything up."""
    harmless = (*_STILL, cst.Attribute, cst.Subscript) if calm else _STILL
    for node in evaluated(body):
        if isinstance(node, cst.Name) and node.value == name:
            count -= 1
            if not count:
                return True
        elif not isinstance(node, harmless) and _path(node, name) is None:
            return False
    return False
