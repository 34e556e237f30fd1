"""Puts other names and expressions in the place of names, without catching any that are free in what is put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import libcst as cst

from motetc.frontend.parentheses import in_parentheses
from motetc.frontend.scope import names_of
from motetc.frontend.tree import InPlaceOfNames, all_parameters

Env = Mapping[str, cst.BaseExpression]
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.BaseNumber, cst.BaseString, cst.List, cst.Dict)


class Renaming(InPlaceOfNames):
    """One substitution. `fresh` gives a name that nothing else has, after the one wished for."""

    def __init__(self, env: Env, fresh: Callable[[str], str]) -> None:
        super().__init__()
        self._scopes = [dict(env)]
        self._fresh = fresh
        self._readers: dict[str, set[str]] = {}  # free name -> names in whose place it is put
        for name, value in env.items():
            for free in names_of(value).reads:
                self._readers.setdefault(free, set()).add(name)

    def visit_Lambda(self, node: cst.Lambda) -> None:
        self._open(p.name.value for p in all_parameters(node.params))

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:
        self._scopes.pop()
        return updated_node

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _COMPREHENSIONS):
            self._open(_bound_by(node.for_in))
        return super().on_visit(node)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        if isinstance(original_node, _COMPREHENSIONS):
            self._scopes.pop()
        return super().on_leave(original_node, updated_node)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        found = self._scopes[-1].get(original_node.value)
        if found is None:
            return updated_node
        return found if isinstance(found, _ATOMS) else in_parentheses(found)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        whole = super().leave_Attribute(original_node, updated_node)
        if isinstance(whole.value, cst.Integer):
            return whole.with_changes(value=in_parentheses(whole.value))  # `3.real` is no number
        return whole

    def leave_MatchKeywordElement(
        self, original_node: cst.MatchKeywordElement, updated_node: cst.MatchKeywordElement
    ) -> cst.MatchKeywordElement:
        return updated_node.with_changes(key=original_node.key)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        """A lambda that was given and is called with plain arguments: what it computes of them."""
        func, args = updated_node.func, updated_node.args
        if isinstance(original_node.func, cst.Lambda) or not isinstance(func, cst.Lambda):
            return updated_node
        names = [p.name.value for p in func.params.params]
        plain = all(is_plain(a.value) and not a.star and a.keyword is None for a in args)
        if not plain or len(names) != len(args) or len(names) != len(all_parameters(func.params)):
            return updated_node
        env = {name: arg.value for name, arg in zip(names, args, strict=True)}
        body = func.body.visit(Renaming(env, self._fresh))
        assert isinstance(body, cst.BaseExpression)
        return body if isinstance(body, _ATOMS) else in_parentheses(body)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        value = updated_node.value
        put_in = isinstance(original_node.value, cst.Name) and not isinstance(value, _ATOMS)
        if put_in:
            value = value.with_changes(lpar=(), rpar=())
        return updated_node.with_changes(keyword=original_node.keyword, value=value)

    def _open(self, names: Iterable[str]) -> None:
        inner = dict(self._scopes[-1])
        for name in names:
            inner.pop(name, None)
            if self._readers.get(name, set()) - {name}:
                inner[name] = cst.Name(self._fresh(name))
        self._scopes.append(inner)


def is_plain(value: cst.BaseExpression) -> bool:
    """Whether an expression may stand wherever a parameter is used."""
    if isinstance(value, cst.Attribute):
        return is_plain(value.value)
    if isinstance(value, cst.UnaryOperation):
        return is_plain(value.expression)
    return isinstance(value, (cst.Name, cst.Lambda, cst.BaseNumber, cst.SimpleString))


def _bound_by(loop: cst.CompFor | None) -> set[str]:
    found: set[str] = set()
    while loop is not None:
        found |= names_of(loop.target).reads
        loop = loop.inner_for_in
    return found
