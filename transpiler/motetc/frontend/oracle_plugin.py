"""A plugin for mypy: `Cents: TypeAlias = int` stays an alias in the types of the program. Only imported when mypy runs.

mypy puts `int` for such an alias as soon as it reads it, to be fast; what `Cents | None` is, it remembers. Folds of a
cluster are held to what no annotation can say; and what is sent keeps the type that it has by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mypy.nodes import TypeAlias
from mypy.plugin import AnalyzeTypeContext, MethodContext, Plugin
from mypy.types import Instance, TypeAliasType
from mypy.types import Type as MypyType

from motetc.frontend.operation_forms import KINDS
from motetc.frontend.oracle_alone import alone, message_name
from motetc.frontend.oracle_folds import FOLDS, folded

_MESSAGES: Final = tuple(f".{kind}" for kind in KINDS)
_LIBRARIES: Final = ("builtins.", "typing.", "typing_extensions.", "collections.", "motet.")


class MotetPlugin(Plugin):
    """Aliases are kept of what has no parameters, as mypy does for those of Python 3.12."""

    def get_type_analyze_hook(
        self, fullname: str
    ) -> Callable[[AnalyzeTypeContext], MypyType] | None:
        if fullname.startswith(_LIBRARIES):
            return None
        found = self.lookup_fully_qualified(fullname)
        node = found.node if found is not None else None
        if not isinstance(node, TypeAlias) or not _is_plain(node):
            return None
        return lambda context: _alias(node, context)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], MypyType] | None:
        return _sent if fullname.endswith(_MESSAGES) else None


def _sent(context: MethodContext) -> MypyType:
    """What a message gives, if it is one."""
    result, name = context.default_return_type, message_name(context)
    if not name:
        return result
    found = alone(context)
    if name in FOLDS:
        return found or folded(context)
    return result


def _is_plain(alias: TypeAlias) -> bool:
    target = alias.target
    return (
        alias.no_args
        and not alias.eager
        and isinstance(target, Instance)
        and not target.type.type_vars
    )


def _alias(node: TypeAlias, context: AnalyzeTypeContext) -> MypyType:
    return TypeAliasType(node, [], line=context.type.line, column=context.type.column)
