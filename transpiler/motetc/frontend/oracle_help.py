"""What to do about an error of mypy's that concerns an operator of live collections, or an operation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from motetc.frontend.known_names import import_of
from motetc.frontend.live_words import source_elsewhere
from motetc.frontend.operation_forms import meant_alone

_COLLECTION = "(Stream|KeyedStream|Singleton|Optional|KeyedSingleton)"
_OVERLOADS = re.compile(
    rf'No overload variant of "(\w+)" of "{_COLLECTION}" matches argument types? "(.*?)"'
)
_ARGUMENT = re.compile(
    rf'Argument \S+ to "(\w+)" of "{_COLLECTION}" has incompatible type "(.*)"; expected "(.*)"$'
)
_SELF = re.compile(
    rf'Invalid self argument "{_COLLECTION}\[(.*)\]" to attribute function "(\w+)" with type "(.*)"$'
)
_GIVEN = re.compile(
    rf'Argument \S+ to "(\w+)" has incompatible type "{_COLLECTION}\[(.*)\]"; '
    rf'expected "{_COLLECTION}\[(.*)\]"$'
)
_RETURNED = re.compile(rf'Incompatible return value type \(got "{_COLLECTION}\[')
_RESULT = re.compile(
    rf'Incompatible return value type \(got "{_COLLECTION}\[(.*)\]", expected "{_COLLECTION}\[(.*)\]"\)$'
)
_PARAMETERS = re.compile(
    rf'Type argument ".*" of "{_COLLECTION}" must be a subtype of ".*"$'
    rf'|"{_COLLECTION}" expects .*type arguments?, but '
)
_ATTEMPTED = re.compile(r'Item "\w+" of "(?:.* \| Failure|Failure \| .*)" has no attribute')
_WANTED = {
    "Ordered": "give it an order: `.sort()`, if it ends; or accept any: "
    '`.assume_ordering(nondet("…"))`',
    "ExactlyOnce": 'drop the repeats: `.unique()`; or accept them: `.assume_retries(nondet("…"))`',
    "Bounded": "end it: `.take(n)`",
}
_ORDERED_BY = {
    "Stream": "element, location, order, delivery, bound: `Stream[T, L, Ordered, ExactlyOnce, Bounded]`",
    "KeyedStream": "key, value, location, order, delivery, bound: "
    "`KeyedStream[K, V, L, Ordered, ExactlyOnce, Bounded]`",
    "Singleton": "value, location, bound: `Singleton[T, L, Bounded]`",
    "Optional": "value, location, bound: `Optional[T, L, Bounded]`",
    "KeyedSingleton": "key, value, location, bound: `KeyedSingleton[K, V, L, Bounded]`",
}
_UNDEFINED = re.compile(r'Name "(\w+)" is not defined$')
_TYPE_VARIABLE = re.compile(r'"(\w+)" is a type variable and only valid in type context')
_MISSING = re.compile(r'"\w+" has no attribute "(\w+)"')
_OF_ID = re.compile(
    r'"MemberId\[(\w+)\]" has no attribute "(send|share|scatter|attempt|gather|each)"'
)
_MEMBERS = re.compile(r'"tuple\[MemberId\[.*\], \.\.\.\]" not callable$')
_POSITIONAL = re.compile(
    r'Too many positional arguments for "(send|share|broadcast|demux|round_robin|gather|scatter)" of "(\w+)"'
)
_NO_ASYNC = re.compile(r'has no attribute "__aiter__" \(not async iterable\)')
_FOLDED = re.compile(r'Argument 2 to "(reduce|all_reduce)" of "Cluster" has incompatible type')
_EMPTY = re.compile(r'Need type annotation for "(\w+)" \(hint: "(\w+: \w+\[.*\]) = \.\.\."\)$')
_SEVERAL = re.compile(r'Argument "to" to "(send|gather|scatter)" has incompatible type "(?:tuple|list)\[')
_LEAVES = re.compile(r'Argument 1 to "stream" of "Slice" has incompatible type')
_NO_SOURCE = re.compile(r'No overload variant of "source" matches argument type "((?:list|tuple|set|dict|range)\b)?')
_PERHAPS = re.compile(r'Incompatible return value type \(got "(.*) \| None", expected "(.*)"\)')
_FAILS = re.compile(r'(?:got|expression has type|has incompatible type) "(?:[^"]* \| )?Failure\b')
_AWAITABLES = re.compile(r'Incompatible return value type \(got "(list|dict)\[(\w+, )?Coroutine\[')
_SENT = re.compile(  # of a location; what else has a `send` is told with its class
    r'Argument 1 to "(send|share)" has incompatible type "(.*)"; expected "(.*)"$'
)
_BY_MEMBER = re.compile(
    r'Argument \S+ to "\w+" has incompatible type "(?:dict|Mapping)\[MemberId\[.*\]"; expected "Iterable\['
)
_NO_TYPES = ("Function is missing a type annotation", "Function is missing a return type annotation")
NOTHING = "Function does not return a value (it only ever returns None)"
"""Said of what a name is bound to where a location sends a `None`, among others."""
_AWAITED = 'Incompatible types in "await" (actual type '
_RETURNED_ANY = re.compile(r'Returning Any from function declared to return "(.*)"$')
_CALLED_BEFORE = re.compile(r'No overload variant of "attempt" matches argument types? "(?!def |Callable)')
_HANDED = re.compile(
    r'Dict entry \d+ has incompatible type ".*": ".*"; expected "MemberId\[\w+\]": ".*"$'
)
_VALUE = re.compile(r"[\w.]+\.value\b")
_FOLDS = ("fold", "scan", "generator", "fold_early_stop")
_STEPS = {
    "fold": "value, element)` and gives the next value",
    "fold_early_stop": "value, element)` and gives `(value, done)`: whether the key has had enough",
    "generator": "state, element)` and gives `(state, Yield(x) | Return(x) | Break() | Continue())`",
    "reduce": "value, element)` and gives the next value",
    "scan": "state, element)` and gives `(state, result)`, or `None` to end the stream",
}
_PROVABLE = ("fold", "reduce", "reduce_watermark", "transform", "for_each", "dest_sink")
_PROVED = (
    'elements without an order need `commutative=proof("…")`, those that may repeat '
    '`idempotent=proof("…")`'
)
_LAMBDA = (
    "mypy does not know its parameters: leave those with a default out, since a lambda may use the "
    "names around it; or write a function with annotations"
)


def operator_help(message: str) -> str:
    """The edit that mends it; "" where mypy's own words have to do."""
    if message == "Cannot infer type of lambda":
        return _LAMBDA
    if _ATTEMPTED.match(message):
        return "`attempt` gives the result or a `Failure`: ask `isinstance(…, Failure)` first"
    if message.startswith(_NO_TYPES):
        return "write its types, `-> None` if it gives nothing: generated modules are held to `mypy --strict`"
    if found := _EMPTY.match(message):
        return f"say what would be in it: `{found[2]}`, or give it a type before it is sent"
    if message == NOTHING:
        return "what is sent here is `None`, a signal, and so is what arrives: leave the name away that it is bound to"
    if message.startswith(_AWAITED):
        return "what is awaited is there already: leave `await` away"
    if found := _UNDEFINED.match(message):
        return import_of(found[1]) or meant_alone(found[1])
    if found := _OF_ID.match(message):
        return (
            f"an id is no location: of the cluster, write `cluster[id].{found[2]}(…)`; "
            "or open a session with each, `for member in cluster.each():`"
        )
    if found := _MISSING.match(message):
        return source_elsewhere(found[1])
    if found := _TYPE_VARIABLE.match(message):
        return f"what is given as a value has to be one: let the caller give it, `of: type[{found[1]}]`"
    if _MEMBERS.match(message):
        return "the members of a cluster are a tuple, and no method: leave the `()` away"
    if found := _POSITIONAL.match(message):
        what = "" if found[2] in _ORDERED_BY else "…, "
        return f"say to whom it goes by name: `.{found[1]}({what}to=…)`"
    if found := _SEVERAL.match(message):
        return f"`{found[1]}` has one receiver; all of them hold what is shared: `….share(…, to=(a, b))`"
    if _LEAVES.match(message):
        return "what leaves a slice as a stream is a list of elements: `tick.stream([…])`"
    if found := _NO_SOURCE.match(message):
        of_class = "a source is one of a location: `location.source(…)`, and not its class"
        given = "a source is given what it goes through: a list, `[…]`, or whatever `for` or `async for` goes through"
        return of_class if found[1] else given
    if (found := _PERHAPS.match(message)) and found[1] == found[2]:
        return f"say what it is without one: `… if … is not None else …`; or promise no more: `{found[1]} | None`"
    if _FAILS.search(message):
        return "`attempt` gives the result or a `Failure`: ask `isinstance(…, Failure)` first"
    if _AWAITABLES.match(message):
        return (
            "these are awaitables: of a stream, `.resolve_futures_ordered()` gives what they give"
        )
    if found := _SENT.match(message):
        return (
            f"`{found[1]}` gives what it is given, `{found[2]}`, and `{found[3]}` is wanted here: "
            "by the return annotation, by that of the name it is assigned to, or by what stands beside it; "
            f"if it is right as it is, give it a name in a statement before, `result = await ….{found[1]}(…)`, "
            "under an `if` where it stood behind `and` or `or`"
        )
    if _BY_MEMBER.match(message):
        return "it is a dict by member: its values are `….values()`"
    if _CALLED_BEFORE.match(message):
        return "give it the function, and what it is called with apart: `attempt(f, x)`, and not `attempt(f(x))`"
    if _HANDED.match(message):
        return "make it of the members' ids, with a value for each: `{m: … for m in ….members}`"
    if _NO_ASYNC.search(message):
        return "write `for`, without `async`"
    if found := _FOLDED.match(message):
        return f"`{found[1]}` calls its function with two values, and it gives one like them: `lambda x, y: …`"
    if found := _OVERLOADS.match(message):
        return _overloaded(found[1], found[2], found[3], '"Callable[' in message)
    if found := _ARGUMENT.match(message):
        return _argument(found[1], found[2], found[3], found[4])
    if found := _PARAMETERS.match(message):
        of = found[1] or found[2]
        return f"the arguments of `{of}` are {_ORDERED_BY[of]}"
    if found := _GIVEN.match(message):
        return _promised(found[1], found[2], split(found[3]), split(found[5]))
    if (found := _RESULT.match(message)) and found[1] == found[3]:
        return _result(split(found[2]), split(found[4]))
    if found := _SELF.match(message):
        return _element(found[3], found[1], found[2], found[4])
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
    return any(found.match(message) for found in (_SELF, _GIVEN, _OVERLOADS, _ARGUMENT, _RETURNED))


def is_of_same(message: str, other: str) -> bool:
    """Whether an operator that has no overload for its arguments is refused for what it is called on, too."""
    overloads, self = _OVERLOADS.match(message), _SELF.match(other)
    return overloads is not None and self is not None and overloads[1] == self[3]


def _overloaded(name: str, of: str, given: str, stepping: bool) -> str:
    """What to say instead of every variant of an operator."""
    if given == "None":
        return _called(name)
    if name in _FOLDS and given.startswith(("list[", "dict[", "set[")):
        return "a first value that can change is made by a callable: `list[int]`, `lambda: {0: 1}`"
    if name in _FOLDS and given.startswith("Callable[[Any, Any]"):
        return f"the first value comes first: `.{name}(first, f)`"
    if stepping and name in _STEPS:
        return f"{_stepped(name)}{f'; {_PROVED}' if name in _PROVABLE else ''}"
    if name in _PROVABLE:
        return f"without a proof it depends on order and on repeats: {_PROVED}"
    return f"its operators are told in the documentation of {of}, each with what it needs"


def _called(name: str) -> str:
    return f"`{name}` takes the function itself, not called: `.{name}(f)`, and not `.{name}(f(…))`"


def _stepped(name: str) -> str:
    return f"the function of `{name}` is called as `f({_STEPS[name]}"


def _argument(name: str, of: str, given: str, expected: str) -> str:
    wanted = callable_of(expected)
    if wanted is None:
        return ""
    if given == "None":
        return _called(name)
    params, result = wanted
    takes = " and ".join(f"`{param}`" for param in params)
    wants = f"`{name}` wants a function that takes {takes} and gives `{result}`"
    if result == "bool" and len(params) == 1:
        return f"{wants}: `lambda x: bool(…)`"
    has = callable_of(given)
    if has is not None and len(has[0]) != len(params):
        count = "one argument" if len(params) == 1 else f"{len(params)} arguments"
        if len(params) == 1 and params[0].startswith("tuple["):
            return f"`{name}` calls its function with one argument, the tuple: `lambda pair: … pair[0] … pair[1] …`"
        if of.startswith("Keyed") and len(has[0]) == 2 and name in ("map", "filter", "filter_map", "inspect"):
            return f"`{name}` gives its function the value alone; the key, too: `.{name}_with_key(lambda key, x: …)`"
        names = ", ".join("xyz"[: len(params)])
        return f"`{name}` calls its function with {count}: `lambda {names}: …`"
    if name in _STEPS and params[0] == "tuple[()]" and has is not None and has[0][0].startswith("tuple["):
        return f"`()` is a tuple that stays empty: give the type, which is called for the first value, `{has[0][0]}`"
    if name in _STEPS:
        return _stepped(name)
    if "Reversible[" in result:
        other = name.replace("_ordered", "_unordered")
        return f"what it gives must have an order, as a list has: `sorted(…)`; or use `{other}`"
    return wants


def _promised(name: str, of: str, has: Sequence[str], needs: Sequence[str]) -> str:
    """What a collection lacks that is given to a pipeline."""
    place = 2 if of.startswith("Keyed") else 1
    for index, (mine, wanted) in enumerate(zip(has, needs, strict=False)):
        if mine == wanted:
            continue
        if index == place:
            return f"it is at `{mine}`, and `{name}` wants it at `{wanted}`: send it there first"
        if wanted in _WANTED:
            return f"{_WANTED[wanted]}; or let `{name}` take `{mine}`"
    return ""


def _result(has: Sequence[str], promised: Sequence[str]) -> str:
    """What a collection lacks that a pipeline gives."""
    for mine, wanted in zip(has, promised, strict=False):
        if mine != wanted and wanted in _WANTED:
            return f"{_WANTED[wanted]}; or promise `{mine}` in its type, or ask a parameter for `{wanted}`"
    return ""


def _element(name: str, of: str, given: str, function: str) -> str:
    """What differs where an operator is for streams of other elements."""
    wanted = receiver_of(function)
    if not wanted:
        return ""
    if "At[_Place" in wanted and "Atomic[" in given:
        return f"end the section first: `.end_atomic().{name}(…)`"
    index = 1 if of.startswith("Keyed") else 0
    has, needs = split(given), split(wanted.partition("[")[2].removesuffix("]"))
    if len(needs) <= index or needs[index] in ("object", "Any", "T", "U", "V"):
        return ""
    for mine, need in zip(has, needs, strict=False):
        if need in _WANTED and mine != need:
            return _WANTED[need]
    made = "(…, x)" if needs[index].startswith("tuple[") else "…"
    return (
        f"`{name}` needs elements `{needs[index]}`, and these are `{has[index]}`: "
        f"`.map(lambda x: {made}).{name}(…)`"
    )


def receiver_of(function: str) -> str:
    """The type of what a method is called on; "" if it is not told."""
    if function.startswith("def "):
        return split(function.partition("(self: ")[2] + ")")[0]
    found = callable_of(function)
    return found[0][0] if found is not None and found[0] else ""


def callable_of(text: str) -> tuple[Sequence[str], str] | None:
    """The parameters and the result of a function's type."""
    if not text.startswith("Callable[[") or not text.endswith("]"):
        return None
    parts = split(text.removeprefix("Callable[").removesuffix("]"))
    if len(parts) != 2:
        return None
    return split(parts[0][1:-1]), parts[1]


def split(text: str) -> list[str]:
    """What stands between the commas that are in no bracket."""
    found, depth = [""], 0
    for char in text:
        depth += (char in "[(") - (char in "])")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return [part.strip() for part in found if part.strip()]
