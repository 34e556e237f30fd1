"""What mypy says of a live collection that is bound to a name which stands for one of another type."""

from __future__ import annotations

import re
from typing import Final

from motetc.frontend.oracle_operators import callable_of, split

_BOUND: Final = re.compile(r"\s*([^\W\d]\w*) = ")
_KINDS: Final = r"(?:Keyed)?(?:Stream|Singleton)|Optional"
_MADE: Final = re.compile(
    r'Argument \S+ to "(?:map|flat_map_(?:un)?ordered|filter_map|flatten_(?:un)?ordered|map_with_key|enumerate|scan)" '
    rf'of "(?:{_KINDS})" has incompatible type "(.*)"; expected "(.*)"$'
)
_ASSIGNED: Final = re.compile(
    rf'Incompatible types in assignment \(expression has type "({_KINDS})\[(.*)\]", '
    rf'variable has type "({_KINDS})\[(.*)\]"\)$'
)


def rebinding_help(message: str, line: str) -> str:
    """The edit for a name that is bound, in this line, to a collection of another type; "" if it is something else."""
    bound = _BOUND.match(line)
    if bound is None:
        return ""
    name = bound[1]
    made, assigned = _MADE.match(message), _ASSIGNED.match(message)
    if made is not None and re.match(rf"\s*{name} = {name}\.", line):
        given, wanted = callable_of(made[1]), callable_of(made[2])
        if wanted is not None and (given is None or given[0] == wanted[0]):
            return (
                f"`{name}` stands for a collection of another type: use another name for this one"
            )
    if assigned is not None:
        first, then = _elements(assigned[3], assigned[4]), _elements(assigned[1], assigned[2])
        if first != then:
            return f"`{name}` stands for {first}: use another name for {then}"
    return ""


def _elements(kind: str, arguments: str) -> str:
    """A kind of collection, and what it is of."""
    return f"a {kind} of `{', '.join(split(arguments)[: 2 if kind.startswith('Keyed') else 1])}`"
