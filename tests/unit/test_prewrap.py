"""Lines are broken as black breaks them, and a comment of ours never breaks a statement."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from blackened import blackened
from motetc.backend import blacken
from motetc.backend.format import Formatter
from motetc.backend.prewrap import prewrap

AGREED = {
    "an import": "from generated.wire.shop import Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta, Theta, Iota, Kappa\n",
    "an import in a block": """\
        if TYPE_CHECKING:
            from generated.wire.shop import Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta, Theta, Iota
        """,
    "a channel": """\
        TRADE_ACCEPT_TO_SELLER: Final[Channel[Buyer, Seller, bool]] = Channel("accept", encode_bool, decode_bool)
        """,
    "a signature": """\
        class BookAtClient(Net):
            def __init__(self, site: Site[Client], coordinator: Peer[Coordinator], agencies: Group[Agency]) -> None:
                super().__init__(site)
        """,
    "a signature that fits on two lines": """\
        async def book_all(client: Client, net: BookAllAtClient, wanted: list[Journey]) -> list[bool]:
            return []
        """,
    "a call in a call": """\
        def charge(customer: str) -> str:
            return str(uuid.uuid5(uuid.NAMESPACE_OID, "a name that is long enough to be broken", customer))
        """,
    "a tuple": """\
        def encode(value: Order) -> object:
            return (value.title_of_the_order, value.amount, encode_tuple(value.notes, encode_str, "notes"))
        """,
    "a condition": """\
        def decode(data: object) -> None:
            if type(value) is Order11 and type(value.title) is str and type(value.amount_of_it) is int:
                pass
        """,
    "entries": """\
        ENTRIES = {
            "travel:book": Entry(book, BookAtAgency, plays="agencies", roles={"a": Role("Client"), "b": Role("Bank")}),
        }
        """,
    "blank lines": """\
        \"\"\"What travels.\"\"\"
        from motet.wire import Net



        class A(Net):
            pass

        class B(Net):
            pass

        LIMIT = 3

        """,
}


@pytest.mark.parametrize("text", list(AGREED.values()), ids=list(AGREED))
def test_black_has_nothing_left_to_do(text: str):
    broken = prewrap(dedent(text))
    assert broken == blackened(dedent(text))


OPERANDS = (
    "counted_by_kind[key] = (acc[0] + 1, acc[1]) if kind is Kind.VIEW else (acc[0], acc[1] + 1)",
    "answers_of_all = first_of_the_answers(server) + second_of_the_answers(server) + (third, fourth)",
    "is_what_was_wanted = kind is Kind.VIEW and is_seen_by_whoever_asked(key) or known_to_all(key, kind)",
)


@pytest.mark.parametrize("text", OPERANDS)
def test_where_operands_are_broken_is_left_to_black(text: str):
    assert blackened(prewrap(f"{text}\n")) == blackened(f"{text}\n")


def test_a_comment_that_makes_a_line_too_long_goes_above_it():
    text = (
        "async def place(till: Till, net: PlaceAtTill) -> None:\n"
        "    order = await net.order.share(till.order(basket))  # → office, store, inventory/orders.py:22\n"
        "    if await net.approved.recv():  # ← office, inventory/orders.py:25\n"
        "        pass\n"
        "    largest: int = await net.largest.all_reduce(order.amount, max)  # ⇄ tills, inventory/orders.py:27\n"
    )
    assert Formatter(None).format_all({"a.py": text})["a.py"] == (
        "async def place(till: Till, net: PlaceAtTill) -> None:\n"
        "    # → office, store, inventory/orders.py:22\n"
        "    order = await net.order.share(till.order(basket))\n"
        "    if await net.approved.recv():  # ← office, inventory/orders.py:25\n"
        "        pass\n"
        "    # ⇄ tills, inventory/orders.py:27\n"
        "    largest: int = await net.largest.all_reduce(order.amount, max)\n"
    )


def test_a_comment_is_not_moved_before_what_belongs_to_the_statement_above():
    """Where a name only begins as such a word does, it is moved."""
    text = (
        "async def treat(doctor: Doctor, net: TreatAtDoctor) -> None:\n"
        "    case: tuple[Level, Patient] | None = await net.case.recv()  # ← nurse, hospital/shift.py:23\n"
        "    elapsed: dict[MemberId[Nurse], float] = await net.elapsed.gather()  # ← nurse, shift.py:24\n"
        "    match case:\n"
        "        case (Level.RED, Patient(name=name_of_the_patient)):  # ← nurse, hospital/shift.py:25\n"
        "            pass\n"
    )
    assert prewrap(text).splitlines()[1:6] == [
        "    # ← nurse, hospital/shift.py:23",
        "    case: tuple[Level, Patient] | None = await net.case.recv()",
        "    # ← nurse, shift.py:24",
        "    elapsed: dict[MemberId[Nurse], float] = await net.elapsed.gather()",
        "    match case:",
    ]
    assert prewrap(text).splitlines()[6:] == text.splitlines()[4:]


def test_where_a_line_comes_from_is_above_it_beside_a_comprehension_that_is_too_long():
    text = (
        "async def elect(booth: Booth, net: ElectAtBooth) -> None:\n"
        "    errors: dict[MemberId[Voter], str] = await net.errors.gather()  # ← voters, voting.py:54\n"
        "    table = {p.value: c for p, c in sorted(booth.box.items(), key=lambda pair: pair[0].value)}\n"
    )
    assert prewrap(text).splitlines()[1:] == [
        "    # ← voters, voting.py:54",
        "    errors: dict[MemberId[Voter], str] = await net.errors.gather()",
        text.splitlines()[2],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TEXT = 'a bracket ( in a string that is rather long, so that the line is too long', other(1, 2)\n",
        'TEXT = """a text over several lines that is long enough to look at, from x import a, b, c\n\n\n\nend"""\n',
        "if first(argument, another_argument) or second(argument, another_argument) and third(an, a):\n    pass\n",
        "x = some_function(argument)[another_function(argument)](third_function(argument), fourth_function(arg))\n",
        "value = first_function(argument) + second_function(argument) * third_function(argument, argument)\n",
        "",
    ],
)
def test_whatever_it_does_the_program_stays_the_same(text: str):
    assert ast.dump(ast.parse(prewrap(text))) == ast.dump(ast.parse(text))


def test_many_modules_are_formatted_by_several_processes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blacken, "WORTH_SHARING", 5_000)
    monkeypatch.setattr(blacken.os, "cpu_count", lambda: 2)
    asked: list[object] = []
    ask = blacken._ask
    monkeypatch.setattr(blacken, "_ask", lambda share: asked.append(ask(share)) or asked[-1])
    odd = "".join(f"y = {{'a':1,'b':{n}}}\n" for n in range(50))
    modules = {f"m{n}.py": f"x = {n}\nif x:\n" + odd.replace("y", f"    y{n}") for n in range(8)}
    formatted = Formatter(None).format_all(modules)
    assert [helper.returncode for helper in asked] == [0]
    assert list(formatted) == list(modules)
    assert formatted["m3.py"].startswith('x = 3\nif x:\n    y3 = {"a": 1, "b": 0}\n')


def test_values_for_several_names_have_a_line_each():
    text = (
        "def step() -> None:\n"
        "    partial[key], done = (acc[0] + 1, acc[1] and vote), acc[0] + 1 == len(net.voters) or not vote\n"
    )
    assert prewrap(text).splitlines()[1:] == [
        "    partial[key], done = (",
        "        (acc[0] + 1, acc[1] and vote),",
        "        acc[0] + 1 == len(net.voters) or not vote,",
        "    )",
    ]
    assert Formatter(None).format_all({"m.py": prewrap(text)}) == {"m.py": prewrap(text)}
