"""What the oracle answers about expressions: snippets with «marks», and the types expected there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from motetc.frontend.types import SourceFile, TypeFacts, ask
from motetc.ir.types import Type

SHOP = """
from __future__ import annotations
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple, NewType, TypedDict
from motet import At, Cluster, MemberId, Process, choreography

Cents = NewType("Cents", int)
class Colour(Enum):
    RED = 1
    BLUE = 2
@dataclass(frozen=True)
class Quote:
    title: str
    cents: Cents
class Point(NamedTuple):
    x: int
    y: int
class Options(TypedDict):
    deep: bool
class Buyer(Process):
    budget: int = 3
class Seller(Process):
    def quote(self, title: str) -> Quote | None:
        return None
    def ship(self) -> date:
        return date(2026, 1, 1)
class Worker(Cluster): ...
"""
IN_SHOP = "from __future__ import annotations\nfrom shop import *\n"

# name -> (snippet, expected at each mark in order of appearance)
CASES: dict[str, tuple[str, list[str]]] = {
    "scalars": (
        "«x» = 3\n«y» = «'é'» + «str(x)»\nz = «x / 2»\n",
        ["int", "str", "str", "str", "float"],
    ),
    "final is not literal": (
        "from typing import Final\nK: Final = 'a'\nz = «K», «3», «b''»\n",
        ["str", "int", "bytes"],
    ),
    "declared literals stay": (
        "from typing import Literal\ndef f(m: Literal['a', 'b'] | None, n: int) -> None:\n"
        "    «m»\n    if m: «m»\n    if m == 'a': «m»\n    if n == 3: «n»\n",
        ["Literal['a', 'b'] | None", "Literal['a', 'b']", "Literal['a']", "int"],
    ),
    "narrowed scalars are not literals": (
        "def f(b: bool, s: str, n: int) -> None:\n    if b:\n        «c» = «b»\n"
        "    «t» = «s and n»\n    «(b, s)»\n",
        ["bool", "bool", "str | int", "str | int", "(bool, str)"],
    ),
    "narrowed enums are not literals": (
        IN_SHOP
        + "def f(c: Colour) -> None:\n    if c is Colour.RED:\n        «d» = «c»\n    «Colour.RED»\n",
        ["shop.Colour"] * 3,
    ),
    "the value of a narrowed enum": (
        IN_SHOP + "def f(c: Colour, d: Colour | None) -> None:\n    if c is Colour.RED: «c.value»\n"
        "    if d is not None and d is not Colour.RED: «d.value»\n    if d: «d.value»\n",
        ["int", "int", "int"],
    ),
    "the value of a narrowed enum that makes its own": (
        IN_SHOP + "from enum import Enum, auto\n"
        "class Made(Enum):\n    A = 1\n    B = auto()\n"
        "    def __new__(cls, x: int) -> Made:\n        return object.__new__(cls)\n"
        "def f(m: Made) -> None:\n    if m is Made.A: «m.value»\n",
        ["Any(explicit)"],
    ),
    "declared enum literals stay": (
        IN_SHOP + "def f(c: Literal[Colour.RED]) -> None:\n    «c»\n",
        ["Literal[shop.Colour.RED]"],
    ),
    "unions keep their order": (
        "def f(a: None | str | int, b: bytes | None) -> None:\n    x = «a» if «b» else «b»\n    «x»\n",
        ["None | str | int", "bytes | None", "bytes | None", "None | str | int | bytes"],
    ),
    "narrowing": (
        IN_SHOP
        + "def f(s: Seller) -> None:\n    «q» = s.quote('a')\n    if «q» is not None:\n        «q.cents»\n"
        "        «q»\n    assert isinstance(q, Quote)\n    «q»\n",
        ["shop.Quote | None", "shop.Quote | None", "shop.Cents(int)", "shop.Quote", "shop.Quote"],
    ),
    "containers": (
        "from collections.abc import Mapping, Sequence, Set\nfrom collections import deque\n"
        "def f(a: Mapping[str, int], b: Sequence[bytes], c: Set[int], d: tuple[int, ...], e: deque[int]):\n"
        "    «a»; «b»; «c»; «d»; «e»\n    «[a]»; «{1: 'a'}»; «{1}»; «frozenset({1})»; «(1, ('a', None))»; «()»\n",
        [
            "collections.abc.Mapping[str, int]",
            "collections.abc.Sequence[bytes]",
            "collections.abc.Set[int]",
            "(int, ...)",
            "collections.deque[int]",
            "list[collections.abc.Mapping[str, int]]",
            "dict[int, str]",
            "set[int]",
            "frozenset[int]",
            "(int, (str, None))",
            "()",
        ],
    ),
    "library scalars": (
        "from datetime import *\nfrom decimal import Decimal\nfrom uuid import uuid4\n"
        "«datetime.now()»; «date.today()»; «time()»; «timedelta(1)»; «Decimal(1)»; «uuid4()»; «1j»\n",
        [
            "datetime.datetime",
            "datetime.date",
            "datetime.time",
            "datetime.timedelta",
            "decimal.Decimal",
            "uuid.UUID",
            "complex",
        ],
    ),
    "payload classes": (
        IN_SHOP
        + "«Point(1, 2)»; «Cents(3)»; o: Options = «{'deep': True}»; «o»; «Colour.RED.name»\n",
        ["shop.Point", "shop.Cents(int)", "shop.Options", "shop.Options", "str"],
    ),
    "locations and members": (
        IN_SHOP + "def f(b: Buyer, w: Worker, i: MemberId[Worker]) -> None:\n"
        "    «b»; «b.budget»; «w»; «w.members»; «w[i]»; «len(w)»\n    for «m» in w.members: «m»\n",
        [
            "@shop.Buyer",
            "int",
            "@shop.Worker",
            "(MemberId[@shop.Worker], ...)",
            "@shop.Worker",
            "int",
            "MemberId[@shop.Worker]",
            "MemberId[@shop.Worker]",
        ],
    ),
    "a choreography": (
        IN_SHOP + "@choreography\n"
        "async def buy(«buyer»: Buyer, seller: Seller, title: At[str, Buyer]) -> At[date | None, Buyer]:\n"
        "    «wanted» = «await buyer.send(«title», to=seller)»\n"
        "    quote = «await seller.send(«seller.quote(wanted)», to=buyer)»\n"
        "    if «await buyer.share(«quote is not None and quote.cents <= buyer.budget», to=seller)»:\n"
        "        return await seller.send(«seller.ship()», to=buyer)\n    return None\n"
        "@choreography\nasync def again(b: Buyer, s: Seller) -> None:\n    x = «await buy(b, s, 'a')»\n",
        [
            "@shop.Buyer",
            "str",
            "str",
            "str",
            "shop.Quote | None",
            "shop.Quote | None",
            "bool",
            "bool",
            "datetime.date",
            "datetime.date | None",
        ],
    ),
    "clusters": (
        IN_SHOP + "@choreography\nasync def f(b: Buyer, w: Worker, n: At[int, Buyer]) -> None:\n"
        "    all_n = «await b.share(n, to=w)»\n    «answers» = «await w.gather(all_n, to=b)»\n"
        "    x: At[list[int], Buyer] = «[]»\n    «x»\n",
        [
            "int",
            "dict[MemberId[@shop.Worker], int]",
            "dict[MemberId[@shop.Worker], int]",
            "list[int]",
            "list[int]",
        ],
    ),
    "type variables": (
        "from typing import TypeVar\nT = TypeVar('T')\ndef f(x: T, y: list[T]) -> T:\n    «x»; «y»\n    return x\n",
        ["T", "list[T]"],
    ),
    "self types": (
        "from typing import Self\nclass A:\n    def me(self) -> Self:\n        return «self»\n«A().me()»\n",
        ["self_types.A", "self_types.A"],
    ),
    "aliases": (
        "from __future__ import annotations\nfrom typing import TypeAlias, Union\n"
        "Id: TypeAlias = int | str\nJson: TypeAlias = 'Union[None, str, list[Json]]'\n"
        "def f(i: Id, j: list[Json], k: Json) -> None:\n    «i»; «j»; «k»\n",
        ["int | str", "list[~aliases.Json]", "~aliases.Json"],
    ),
    "generic dataclass": (
        "from dataclasses import dataclass\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\n"
        "@dataclass\nclass Box(Generic[T]):\n    item: T\n«Box(1)»; «Box('a').item»\n",
        ["generic_dataclass.Box[int]", "str"],
    ),
    "any": (
        "from typing import Any\nimport nowhere\ndef f(a, b: Any, c: list) -> None:\n    «a»; «b»; «c»; «nowhere.x»\n",
        [
            "Any(unannotated)",
            "Any(explicit)",
            "list[Any(omitted type arguments)]",
            "Any(missing import any.nowhere)",
        ],
    ),
    "others": (
        "from collections.abc import Iterator\nasync def c() -> int: return 1\ndef f(i: Iterator[int]) -> None:\n"
        "    y = «c()»; «f»; «i»; «int»; «(n for n in i)»\nclass Plain: ...\n«Plain()»\n",
        [
            "?typing.Coroutine[Any, Any, int]",
            "?def (i: typing.Iterator[int])",
            "?typing.Iterator[int]",
            "?Overload(",
            "?typing.Generator[int, None, None]",
            "others.Plain",
        ],
    ),
    "targets": (
        "import io\n«a», («b», *«c») = 1, ('x', 2.0, 3.0)\nfor «i», «j» in [(1, 'a')]: pass\n"
        "with io.StringIO() as «s»: pass\n«d» = []\nd.append(1)\nfirst, *«rest» = [1, 2]\n"
        "xs: dict[str, float] = {}\n«xs['a']» = 1\n[«k» for «k» in 'ab' if («n» := 3)]\n"
        "try: pass\nexcept (ValueError, OSError) as «e»: pass\ny: int | None = None\n«y» = 3\n",
        [
            "int",
            "str",
            "list[float]",
            "int",
            "str",
            "_io.StringIO",
            "list[int]",
            "list[int]",
            "float",
            "str",
            "str",
            "int",
            "builtins.ValueError | builtins.OSError",
            "int | None",
        ],
    ),
    "match": (
        "def f(o: int | str | list[int], d: dict[str, int]) -> None:\n    match o:\n"
        "        case int() as «n»: «n»\n        case str(): «o»\n        case [«x», *«more»]: pass\n"
        "        case «w»: «w»\n    match d:\n"
        "        case {'a': «v», **«rest»}: print(rest)\n        case _: «d»\n",
        [
            "int",
            "int",
            "str",
            "int",
            "list[int]",
            "int | str | list[int]",
            "list[int]",
            "int",
            "dict[str, int]",
            "dict[str, int]",
        ],
    ),
    "parentheses": (
        "a = 1\nx = («(a), 'b'»); y = ( # one\n  «a, # two\n  (a),»  # three\n)\n"
        "z = («i for i in (1, 2) if (i)» ); t = «a,»; p = ((«a») + («2»))\n"
        "b = «(a) and ('b')» and 2.0; c = «a» or «'x'»\nf = lambda «q»=1: 2\n",
        [
            "(int, str)",
            "(int, int)",
            "?typing.Generator[",
            "(int,)",
            "int",
            "int",
            "int | str",
            "int",
            "str",
            "Any(unannotated)",
        ],
    ),
    "f-strings": (
        "x, y = 1, 'é'\na = «f'é {«x»} é {«x + 1»:>{«x»}} {«y»!r}'»\nb = f'''é\n {«y»} {«(y)[0]»} {«y»}'''\n",
        ["str", "int", "int", "int", "str", "str", "str", "str"],
    ),
    "wide characters, tabs, CRLF": (
        "x = 1\r\né = '😀'; «ü» = «x»\r\nif x:\r\n\tñ = '😀é', «x + 1»; «y» = 'a'; «y»\r\n",
        ["int", "int", "int", "str", "str"],
    ),
    "nested functions": (
        "async def g() -> str: return 'a'\nasync def f(n: int) -> None:\n    def h(«s»: str) -> bytes:\n"
        "        return «s.encode()»\n    m = [«await g()» for _ in range(«n»)]\n    «m»; «h('a')»\n",
        ["str", "bytes", "str", "int", "list[str]", "bytes"],
    ),
    "methods": (
        "class A:\n    def __init__(«self», n: int) -> None:\n        «self.n» = «n»\n"
        "        self.m: set[int] = «set()»\n"
        "    @property\n    def p(self) -> str: return 'a'\na = A(1)\n«a.n»; «a.m»; «a.p»\n",
        ["methods.A", "int", "int", "set[int]", "int", "set[int]", "str"],
    ),
}


def show(found: Type | None) -> str:
    """A type, short enough to write in a table."""
    if found is None:
        return "nothing"
    args = ", ".join(map(show, found.args))
    bracketed = f"[{args}]" if args else ""
    return {
        "union": " | ".join(map(show, found.args)),
        "tuple": f"({args}{',' if len(found.args) == 1 else ''})",
        "vartuple": f"({args}, ...)",
        "literal": f"Literal[{', '.join(show_value(found, value) for value in found.values)}]",
        "newtype": f"{found.name}({args})",
        "member": f"MemberId{bracketed}",
        "location": f"@{found.name}{bracketed}",
        "alias": f"~{found.name}{bracketed}",
        "any": f"Any({found.name})",
        "other": f"?{found.name}",
    }.get(found.kind, f"{found.name}{bracketed}")


def show_value(found: Type, value: object) -> str:
    return f"{found.name}.{value}" if found.name else repr(value)


def module_name(title: str) -> str:
    return re.sub(r"\W+", "_", title).strip("_")


def strip_marks(marked: str) -> tuple[str, list[tuple[int, int, int, int]]]:
    """The text without «marks», and the marks' places in order of their starts."""
    places: list[tuple[int, int, int, int]] = []
    opened: list[int] = []
    line, column = 1, 0
    for char in marked:
        if char == "«":
            opened.append(len(places))
            places.append((line, column, 0, 0))
        elif char == "»":
            start = opened.pop()
            places[start] = (*places[start][:2], line, column)
        elif char == "\n":
            line, column = line + 1, 0
        else:
            column += 1
    return marked.replace("«", "").replace("»", ""), places


@pytest.fixture(scope="module")
def facts(shared_cache: Path) -> TypeFacts:
    root = Path("/project")
    files = [SourceFile(root / "shop.py", "shop", SHOP)]
    for title, (marked, _) in CASES.items():
        name = module_name(title)
        files.append(SourceFile(root / f"{name}.py", name, strip_marks(marked)[0]))
    return ask(files, cache_dir=shared_cache / "oracle", search=[root])


@pytest.mark.parametrize("title", CASES)
def test_types_at_marks(facts: TypeFacts, title: str) -> None:
    marked, expected = CASES[title]
    _, places = strip_marks(marked)
    found = [show(facts.type_of(module_name(title), *place)) for place in places]
    shortened = [
        f[: len(e)] if e.startswith("?") else f for f, e in zip(found, expected, strict=True)
    ]
    assert shortened == expected


def test_the_table_is_sound(facts: TypeFacts) -> None:
    """Nothing in the table is wrong to mypy but what is meant to be."""
    assert {(Path(f.span.path).stem, f.code) for f in facts.findings} == {("any", "import-error")}
