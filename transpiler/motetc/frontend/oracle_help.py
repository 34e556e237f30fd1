"""What to do about an error of mypy's that concerns an operator of live collections, or an operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from motetc.frontend.known_names import import_of
from motetc.frontend.live_words import source_elsewhere
from motetc.frontend.operation_forms import meant_alone
from motetc.frontend.oracle_operators import (
    argument,
    given_back,
    on_elements,
    overloaded,
    promised_to,
    split,
)

NOTHING = "Function does not return a value (it only ever returns None)"
"""Said of what a name is bound to where a location sends a `None`, among others."""

_Help = Callable[["re.Match[str]"], str]
_COLLECTION: Final = "(Stream|KeyedStream|Singleton|Optional|KeyedSingleton)"
_OVERLOADS: Final = re.compile(
    rf'No overload variant of "(\w+)" of "{_COLLECTION}" matches argument types? "(.*?)"'
)
_ARGUMENT: Final = re.compile(
    rf'Argument \S+ to "(\w+)" of "{_COLLECTION}" has incompatible type "(.*)"; expected "(.*)"$'
)
_SELF: Final = re.compile(
    rf'Invalid self argument "{_COLLECTION}\[(.*)\]" to attribute function "(\w+)" with type "(.*)"$'
)
_GIVEN: Final = re.compile(
    rf'Argument \S+ to "(\w+)"(?: of "(\w+)")? has incompatible type "{_COLLECTION}\[(.*)\]"; '
    rf'expected "{_COLLECTION}\[(.*)\]"$'
)
_RETURNED: Final = re.compile(rf'Incompatible return value type \(got "{_COLLECTION}\[')
_RESULT: Final = re.compile(
    rf'Incompatible return value type \(got "{_COLLECTION}\[(.*)\]", expected "{_COLLECTION}\[(.*)\]"\)$'
)
_PARAMETERS: Final = re.compile(
    rf'Type argument ".*" of "{_COLLECTION}" must be a subtype of ".*"$'
    rf'|"{_COLLECTION}" expects .*type arguments?, but '
)
_RETURNED_ANY: Final = re.compile(r'Returning Any from function declared to return "(.*)"$')
_VALUE: Final = re.compile(r"[\w.]+\.value\b")
_NUMBERS: Final = frozenset({("bool", "int"), ("bool", "float"), ("int", "float")})
_PARTS: Final = {
    "Stream": "element, location, order, delivery, bound: `Stream[T, L, Ordered, ExactlyOnce, Bounded]`",
    "KeyedStream": "key, value, location, order, delivery, bound: "
    "`KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded]`",
    "Singleton": "value, location, bound: `Singleton[T, L, Bounded]`",
    "Optional": "value, location, bound: `Optional[T, L, Bounded]`",
    "KeyedSingleton": "key, value, location, bound: `KeyedSingleton[K, V, L, Bounded]`",
}
_FAILS: Final = "`attempt` gives the result or a `Failure`: ask `isinstance(…, Failure)` first"
_RETURNS: Final = (
    "say what it gives in the return annotation, and of a choreography where: `-> At[T, Location]`"
)
_TYPED: Final = (
    "write its types, `-> None` if it gives nothing: generated modules are held to `mypy --strict`"
)


def operator_help(message: str) -> str:
    """The edit that mends it; "" where mypy's own words have to do."""
    for pattern, help in _RULES:
        if (found := pattern.match(message)) and (
            said := help if isinstance(help, str) else help(found)
        ):
            return said
    return ""


def value_help(message: str, lines: Sequence[str]) -> str:
    """The edit for what is `Any`, because of a member of an enum or of something else, and is returned."""
    wanted = _RETURNED_ANY.search(message)
    found = next((m for line in lines if (m := _VALUE.search(line))), None)
    if wanted is None:
        return ""
    if found is None:
        return (
            f"generated modules are held to `mypy --strict`: say its type in a statement before, "
            f"`result: {wanted[1]} = …`, and return `result`"
        )
    return (
        f"of a member that a condition has narrowed, mypy takes `value` for `Any`: say its type before, "
        f"`value: {wanted[1]} = {found[0]}`, and return `value`"
    )


def is_misplaced(message: str) -> bool:
    """Whether an argument of a collection's type is none of that place: then those behind it seldom are."""
    return _PARAMETERS.match(message) is not None


def is_of_collections(message: str) -> bool:
    """Whether it is about what a collection can do, or where it may go."""
    found = _GIVEN.match(message)
    own = found is not None and found[2] is None
    return own or any(x.match(message) for x in (_SELF, _OVERLOADS, _ARGUMENT, _RETURNED))


def is_of_same(message: str, other: str) -> bool:
    """Whether an operator that has no overload for its arguments is refused for what it is called on, too."""
    overloads, self = _OVERLOADS.match(message), _SELF.match(other)
    return overloads is not None and self is not None and overloads[1] == self[3]


def _undefined(found: re.Match[str]) -> str:
    return import_of(found[1]) or meant_alone(found[1])


def _of_id(found: re.Match[str]) -> str:
    if found[1] in ("id", "number", "position", "rank", "value"):
        return "the rank of a member is the `index` of its id: `….index`"
    return (
        f"an id is no location: of the cluster, write `cluster[id].{found[1]}(…)`; "
        "or open a session with each, `for member in cluster.each():`"
    )


def _positional(found: re.Match[str]) -> str:
    return f"say to whom it goes by name: `.{found[1]}({'' if found[2] in _PARTS else '…, '}to=…)`"


def _several(found: re.Match[str]) -> str:
    return (
        f"`{found[1]}` has one receiver; all of them hold what is shared: `….share(…, to=(a, b))`"
    )


def _no_source(found: re.Match[str]) -> str:
    if found[1]:
        return "a source is one of a location: `location.source(…)`, and not its class"
    return "a source is given what it goes through: a list, `[…]`, or whatever `for` or `async for` goes through"


def _perhaps(found: re.Match[str]) -> str:
    if found[1] != found[2]:
        return ""
    return f"say what it is without one: `… if … is not None else …`; or promise no more: `{found[1]} | None`"


def _sent(found: re.Match[str]) -> str:
    if found[3] == "None":
        return _RETURNS
    kind = _of_more(found[2], found[3])
    if kind:
        return (
            f"a `{found[3]}` may hold more than a `{found[2]}`, so one does not stand for the other: "
            f"send a new one, `{kind}(…)` of what is sent here"
        )
    return (
        f"`{found[1]}` gives what it is given, `{found[2]}`, and `{found[3]}` is wanted here: "
        "by the return annotation, by that of the name it is assigned to, or by what stands beside it; "
        f"if it is right as it is, give it a name in a statement before, `result = await ….{found[1]}(…)`, "
        "under an `if` where it stood behind `and` or `or`"
    )


def _of_more(given: str, wanted: str) -> str:
    """What makes a new collection, if a wider one of its kind is wanted; "" if that is not the matter."""
    (kind, _, inside), (other, _, more) = (text.partition("[") for text in (given, wanted))
    (*key, item), (*other_key, others) = (
        split(text.removesuffix("]")) or [""] for text in (inside, more)
    )
    if kind not in ("dict", "list", "set") or (kind, key) != (other, other_key):
        return ""
    fits = {*item.split(" | ")} < {*others.split(" | ")} and "[" not in others
    return kind if fits or (item, others) in _NUMBERS else ""


def _reading(found: re.Match[str]) -> str:
    stream = found[2].endswith("Stream")
    right = "batch" if stream else "snapshot"
    what = "elements" if stream else "a value"
    return "" if found[1] == right else f"`tick.{right}(…)` reads {what}"


def _parameters(found: re.Match[str]) -> str:
    of = found[1] or found[2]
    return f"the arguments of `{of}` are {_PARTS[of]}"


def _given(found: re.Match[str]) -> str:
    name, of, kind, has, other, needs = found.groups()
    return (
        promised_to(name, kind, split(has), split(needs), own=of is None) if kind == other else ""
    )


def _result(found: re.Match[str]) -> str:
    return given_back(split(found[2]), split(found[4])) if found[1] == found[3] else ""


_RULES: Final[Sequence[tuple[re.Pattern[str], str | _Help]]] = [
    (re.compile(pattern) if isinstance(pattern, str) else pattern, help)
    for pattern, help in (
        (
            "Cannot infer type of lambda$",
            "mypy does not know its parameters: leave those with a default out, since a lambda may use the "
            "names around it; or write a function with annotations",
        ),
        (r'Item "\w+" of "(?:.* \| Failure|Failure \| .*)" has no attribute', _FAILS),
        (r"Function is missing a (?:type|return type) annotation", _TYPED),
        (
            r'Need type annotation for "(\w+)" \(hint: "(\w+: \w+\[.*\]) = \.\.\."\)$',
            lambda found: (
                f"say what would be in it: `{found[2]}`, or give it a type before it is sent"
            ),
        ),
        (
            re.escape(NOTHING),
            "what is sent here is `None`, a signal, and so is what arrives: leave the name away that it is bound to",
        ),
        (
            rf'Incompatible types in "await" \(actual type "{_COLLECTION}\[',
            "a collection is declared, and what it comes to is awaited: `await ….collect()`",
        ),
        (
            r'Incompatible types in "await" \(actual type ',
            "what is awaited is there already: leave `await` away",
        ),
        (r'Value of type "Coroutine\[.*" must be used$', "write `await` in front of it"),
        (
            "No return value expected$",
            _RETURNS,
        ),
        (
            "Missing return statement$",
            "return a value on every path, or say that it gives none: `-> None`",
        ),
        (r'Name "(\w+)" is not defined$', _undefined),
        (
            r'"MemberId\[(?:\w+)\]" has no attribute "(\w+)"',
            _of_id,
        ),
        (r'"\w+" has no attribute "(\w+)"', lambda found: source_elsewhere(found[1])),
        (
            r'"(\w+)" is a type variable and only valid in type context',
            lambda found: (
                f"what is given as a value has to be one: let the caller give it, `of: type[{found[1]}]`"
            ),
        ),
        (
            r'"tuple\[MemberId\[.*\], \.\.\.\]" not callable$',
            "the members of a cluster are a tuple, and no method: leave the `()` away",
        ),
        (
            r'Invalid index type "int" for "(?:dict|Mapping)\[MemberId\[\w+\], .*\]"',
            "it is a dict by member, whose keys are ids: `…[cluster.members[i]]`",
        ),
        (
            r'Too many positional arguments for "(send|share|broadcast|demux|round_robin|gather|scatter)" of "(\w+)"',
            _positional,
        ),
        (
            r'Argument "to" to "(send|gather|scatter)" has incompatible type "(?:tuple|list)\[',
            _several,
        ),
        (
            r'Argument 1 to "stream" of "Slice" has incompatible type',
            "what leaves a slice as a stream is a list of elements: `tick.stream([…])`",
        ),
        (
            r'No overload variant of "source" matches argument type "((?:list|tuple|set|dict|range)\b)?',
            _no_source,
        ),
        (r'Incompatible return value type \(got "(.*) \| None", expected "(.*)"\)', _perhaps),
        (r'.*(?:got|expression has type|has incompatible type) "(?:[^"]* \| )?Failure\b', _FAILS),
        (r'Unsupported (?:left )?operand types? for \S+ \(.*"(?:[^"]* \| )?Failure\b', _FAILS),
        (
            r'Incompatible return value type \(got "(list|dict)\[(\w+, )?Coroutine\[',
            "these are awaitables: of a stream, `.resolve_futures_ordered()` gives what they give",
        ),
        (  # of a location; what else has a `send` is told with its class
            r'Argument 1 to "(send|share)" has incompatible type "(.*)"; expected "(.*)"$',
            _sent,
        ),
        (
            r'Argument \S+ to ".*has incompatible type "str"; expected "(Nondet|Proof)\b',
            lambda found: f'write `{found[1].lower()}("…")`, with the reason in it',
        ),
        (
            r'Missing positional argument "why" in call to',
            'it depends on timing: say why any outcome will do, `why=nondet("…")`',
        ),
        (
            r'Argument \S+ to "\w+" has incompatible type "(?:dict|Mapping)\[MemberId\[.*\]"; expected "Iterable\[',
            "it is a dict by member: its values are `….values()`",
        ),
        (
            r'No overload variant of "attempt" matches argument types? "(?!def |Callable)',
            "give it the function, and what it is called with apart: `attempt(f, x)`, and not `attempt(f(x))`",
        ),
        (
            r'No overload variant of "gather" of "Cluster" matches argument types '
            r'".*", ".*", "(?!int")[^"]*", "Nondet"$',
            "a quorum is a number of members: `at_least=2`",
        ),
        (
            r'No overload variant of "gather" of "Cluster" matches argument types .*"Nondet"$',
            "the reason is for a quorum, `at_least=n`; all answers are waited for without one: leave `why` away",
        ),
        (
            r'No overload variant of "shift" of "Cluster" ',
            "it is `shift(x, by=1, wrap=True)`: by how many places, an `int`, and whether round the end, a `bool`",
        ),
        (
            r'Dict entry \d+ has incompatible type ".*": ".*"; expected "MemberId\[\w+\]": ".*"$'
            r'|Key expression in dictionary comprehension has incompatible type ".*"; expected type "MemberId\['
            r'|Cannot infer value of type parameter "\w+" of "(?:scatter|all_to_all)" of ',
            "make it of the ids of those it goes to, with a value for each: `{m: … for m in ….members}`",
        ),
        (
            r'Unsupported target for indexed assignment \("Mapping\[',
            "it is the same for all members, and nobody changes it: make one of your own, `own = dict(…)`",
        ),
        (r'.*has no attribute "__aiter__" \(not async iterable\)', "write `for`, without `async`"),
        (
            r'Argument 2 to "(reduce|all_reduce)" of "Cluster" has incompatible type',
            lambda found: (
                f"`{found[1]}` calls its function with two values, and it gives one like them: "
                "`lambda x, y: …`"
            ),
        ),
        (
            rf'No overload variant of "(snapshot|batch)" of "Slice" matches argument types "{_COLLECTION}\[',
            _reading,
        ),
        (
            _OVERLOADS,
            lambda found: overloaded(found[1], found[2], found[3], '"Callable[' in found.string),
        ),
        (_GIVEN, _given),
        (_ARGUMENT, lambda found: argument(found[1], found[2], found[3], found[4])),
        (_PARAMETERS, _parameters),
        (_RESULT, _result),
        (_RETURNED, "what it comes to is awaited: `return await ….collect()`"),
        (_SELF, lambda found: on_elements(found[3], found[1], found[2], found[4])),
    )
]
"""What mypy says, and what to do about it: the first that says something is told."""
