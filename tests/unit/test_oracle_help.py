"""mypy's errors about operators of live collections come with an edit."""

from __future__ import annotations

import pytest
from motetc.frontend.oracle_help import operator_help, value_help

_STREAM = "Stream[int, A, Ordered, ExactlyOnce, Bounded]"
MESSAGES = {
    "Cannot infer type of lambda": "leave those with a default out",
    'Argument 1 to "map" of "Stream" has incompatible type "Callable[[Any, Any], Any]"; '
    'expected "Callable[[int], Any]"': "`map` calls its function with one argument: `lambda x: …`",
    'Argument 2 to "fold" of "Stream" has incompatible type "Callable[[int], int]"; '
    'expected "Callable[[int, tuple[int, str]], int]"': "`fold` calls its function with 2 "
    "arguments: `lambda x, y: …`",
    'Argument 1 to "filter" of "Stream" has incompatible type "Callable[[int], int]"; '
    'expected "Callable[[int], bool]"': "takes `int` and gives `bool`",
    'Argument 1 to "flat_map_ordered" of "Stream" has incompatible type "Callable[[int], '
    'set[int]]"; expected "Callable[[int], Reversible[Never] | Iterator[Never]]"': "or use "
    "`flat_map_unordered`",
    f'Invalid self argument "{_STREAM}" to attribute function "into_keyed" with type '
    '"Callable[[Stream[tuple[K2, U], L, O, R, B]], KeyedStream[K2, U, L, O, R, B]]"': "`into_keyed` "
    "needs elements `tuple[K2, U]`, and these are `int`: `.map(lambda x: (…, x)).into_keyed(…)`",
    'No overload variant of "fold" of "Stream" matches argument types "list[Never]", '
    '"Callable[[Any, Any], list[Any]]"': "made by a callable",
    f'Argument 1 to "numbered" has incompatible type "{_STREAM.replace("Ordered", "NoOrder")}"; '
    f'expected "{_STREAM}"': "or let `numbered` take `NoOrder`",
    f'Argument 1 to "p" has incompatible type "{_STREAM.replace("A", "B")}"; expected "{_STREAM}"': (
        "it is at `B`, and `p` wants it at `A`"
    ),
    'Type argument "Bounded" of "KeyedStream" must be a subtype of "NoOrder"': "key, value, location, order",
    '"Stream" expects 5 type arguments, but 2 given': "`Stream[T, L, Ordered, ExactlyOnce, Bounded]`",
    'Item "Failure" of "int | Failure" has no attribute "value"': "ask `isinstance(…, Failure)` first",
    'No overload variant of "attempt" matches argument type "int"': "`attempt(f, x)`, and not `attempt(f(x))`",
    'Dict entry 0 has incompatible type "int": "str"; expected "MemberId[Worker]": "str"': "for m in ….members",
    'Argument 1 to "send" of "Outbox" has incompatible type "int"; expected "str"': "",
    'Argument 1 to "f" has incompatible type "str"; expected "int"': "",
    'Argument 1 to "merge_unordered" of "Stream" has incompatible type "int"; expected "str"': "",
}


@pytest.mark.parametrize(("message", "help"), MESSAGES.items())
def test_the_help_of_a_message(message: str, help: str) -> None:
    found = operator_help(message)
    assert help in found
    assert bool(found) == bool(help)


ANY = 'Returning Any from function declared to return "str"'


@pytest.mark.parametrize(
    ("message", "line", "help"),
    [
        (ANY, "    return it.size.value", "`value: str = it.size.value`"),
        (ANY, "    return it.values", "`result: str = …`, and return `result`"),
        ("Missing return statement", "    return size.value", ""),
    ],
)
def test_the_value_of_a_narrowed_member_is_given_a_type(message: str, line: str, help: str) -> None:
    found = value_help(message, [line])
    assert help in found
    assert bool(found) == bool(help)
