"""After an edit a part of the program is compiled, and the outcome is what all of it would have come to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli.projects import write_files
from motetc.build import Built, compile_built, write
from motetc.config import load_config
from motetc.state import State

FILES = {
    "pyproject.toml": "[tool.motet]\n",
    "parties.py": """
        from fractions import Fraction

        from ask import Note
        from motet import Process, register_codec


        class Buyer(Process):
            def __init__(self) -> None:
                self.budget = 10


        class Seller(Process):
            def price(self, title: str) -> int:
                return len(title)


        class Bank(Process): ...


        def shown(title: str) -> str:
            return title.title()


        KNOWN: list[str] = []


        def known(found: type) -> type:
            return found


        register_codec(Fraction, str, Fraction)
    """,
    "goods/__init__.py": '"""What is sold."""\n',
    "goods/model.py": """
        from dataclasses import dataclass
        from enum import Enum


        class Kind(Enum):
            BOOK = 1
            MAP = 2


        @dataclass(frozen=True)
        class Item:
            title: str
            kind: Kind = Kind.BOOK

            def shown(self) -> str:
                return self.title


        @dataclass(frozen=True)
        class Offer:
            item: Item
            cents: int
    """,
    "goods/chance.py": """
        import random


        def thrown(most: int) -> int:
            return random.randint(1, most)


        def drawn(most: int) -> int:
            return most
    """,
    "goods/words.py": """
        def shorter(text: str) -> str:
            return text[:3]


        def longer(text: str) -> str:
            return text + text
    """,
    "ask.py": """
        from dataclasses import dataclass
        from typing import TypeVar

        from goods.model import Item
        from motet import At, Process, choreography

        A = TypeVar("A", bound=Process)
        B = TypeVar("B", bound=Process)


        @dataclass(frozen=True)
        class Note:
            text: str


        @choreography
        async def tell(a: A, b: B, item: At[Item, A]) -> At[Item, B]:
            # whoever plays
            return await a.send(item, to=b)
    """,
    "buy.py": """
        from ask import tell
        from goods.model import Item, Kind, Offer
        from goods.words import shorter
        from motet import At, choreography
        from parties import Buyer, Seller


        @choreography
        async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[int, Buyer]:
            wanted = await tell(buyer, seller, Item(title, Kind.BOOK))
            await buyer.send(buyer.budget, to=seller)
            with seller:
                name = shorter(wanted.title)
                offer = Offer(wanted, seller.price(name))
            answer = await seller.send(offer, to=buyer)
            return answer.cents
    """,
    "pay.py": """
        from fractions import Fraction

        from goods.chance import drawn
        from goods.words import longer
        from motet import At, choreography
        from parties import Bank, Buyer, known


        @known
        class Coin: ...


        @choreography
        async def pay(buyer: Buyer, bank: Bank, part: At[Fraction, Buyer]) -> At[str, Bank]:
            paid = await buyer.send(part, to=bank)
            with buyer, bank:
                drawn(3)
            return longer(str(paid))
    """,
    "day.py": """
        from fractions import Fraction

        import buy
        from motet import At, choreography
        from parties import Bank, Buyer, Seller
        from pay import pay


        @choreography
        async def day(buyer: Buyer, seller: Seller, bank: Bank, title: At[str, Buyer]) -> None:
            cents = await buy.buy(buyer, seller, title)
            await pay(buyer, bank, Fraction(cents))
    """,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> tuple[Path, Path]:
    """Where the project is, and what is there once it has been built."""
    root = write_files(tmp_path_factory.mktemp("project"), FILES)
    (root / ".motet_cache").mkdir()
    (shared_cache / "mypy").mkdir(exist_ok=True)
    (root / ".motet_cache" / "mypy").symlink_to(shared_cache / "mypy")
    write(made(root), State(load_config(root)))
    return root, shutil.copytree(root, root.with_name("kept"), symlinks=True)


@pytest.fixture
def project(built: tuple[Path, Path]) -> Path:
    """A project that has been built."""
    root, kept = built
    shutil.rmtree(root)
    return Path(shutil.copytree(kept, root, symlinks=True))


def made(root: Path, state: State | None = None) -> Built:
    return compile_built(load_config(root), state=state)


def put(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def edit(root: Path, path: str, old: str, new: str) -> Built:
    """What is made of an edit with what is kept of the build before, which is what is made of all."""
    put(root, path, old, new)
    state = State(load_config(root))
    part, whole = made(root, state), made(root)
    assert part.compilation.diagnostics == whole.compilation.diagnostics
    assert part.texts == whole.texts
    if whole.files:
        assert part.manifest == whole.manifest
        maps = {file.path: file.map for file in whole.files}
        assert {file.path: file.map for file in part.files} == maps
        write(part, state)
    return part


PARTLY = {
    "a line of a choreography": ("buy.py", "answer.cents", "answer.cents + 1", {"buy", "day"}),
    "a block": ("buy.py", "        name =", "        more = 1\n        name =", {"buy", "day"}),
    "a comment": ("day.py", "    await pay", "    # at last\n    await pay", {"day"}),
    "a type that travels": ("pay.py", "(part, to=", "((part, 1), to=", {"day", "pay"}),
    "plain code": ("goods/words.py", "text[:3]", "text[:4]", {"goods.words"}),
    "lines in plain code": (
        "goods/words.py",
        "return text[:3]",
        "# all\n    return text",
        {"goods.words"},
    ),
    "what plain code offers": (
        "goods/words.py",
        "def shorter(text: str)",
        "def shorter(text: str, most: int = 3)",
        {"buy", "day", "goods.words", "pay"},
    ),
    "what it gives, by its body": (
        "parties.py",
        "self.budget = 10",
        "self.budget = ''",
        {"buy", "day", "parties", "pay"},
    ),
    "a method": ("parties.py", "return len(title)", "price = 3\n        return price", {"parties"}),
    "a method of what travels": (
        "goods/model.py",
        "return self.title",
        "return '!'",
        {"goods.model"},
    ),
    "what a method needs": (
        "parties.py",
        "return len(title)",
        "return len(shown(title))",
        {"parties"},
    ),
    "lines before": ("pay.py", "\n@chor", "\nLIMIT = 3\n\n\n@chor", {"pay"}),
    "a function that is new": (
        "parties.py",
        "def shown(",
        "# Loud.\ndef louder(words: list[str], most: int = 3) -> str:\n    return ''\n\n\ndef shown(",
        {"parties"},
    ),
    "a constant that is called as something elsewhere": (
        "parties.py",
        "KNOWN: list",
        "cents: int = 3\nKNOWN: list",
        {"buy", "day", "parties"},
    ),
    "a constant in which something registers": (
        "parties.py",
        "return found",
        "MORE.append(found)\n    return found\n\n\nMORE: list[type] = []",
        {"buy", "day", "parties", "pay"},
    ),
    "a constant that something is called for": (
        "parties.py",
        "KNOWN: list",
        "MORE = sorted([2, 1])\nKNOWN: list",
        {"buy", "day", "parties", "pay"},
    ),
    "what a decorator does": (
        "parties.py",
        "return found",
        "KNOWN.append(found.__name__)\n    return found",
        {"buy", "day", "parties", "pay"},
    ),
    "a base": (
        "parties.py",
        "class Bank(Process)",
        "class Bank(Buyer)",
        {"buy", "day", "parties", "pay"},
    ),
    "one name less": ("pay.py", "longer(str(paid))", "str(paid)", {"day", "pay"}),
}


@pytest.mark.parametrize("name", PARTLY)
def test_an_edit_that_nobody_else_sees(project: Path, name: str) -> None:
    path, old, new, again = PARTLY[name]
    assert edit(project, path, old, new).compilation.again == again


WHOLLY = {
    "what is imported": ("goods/model.py", "title: str\n", "title: str = ''\n"),
    "what a method wants elsewhere": (
        "parties.py",
        "return len(title)",
        "return len(Note(title).text)",
    ),
    "another location": ("day.py", "\n@chor", "\nclass Tax(Buyer): ...\n\n\n@chor"),
    "another choreography": (
        "pay.py",
        "\n@chor",
        "\n@choreography\nasync def hi(bank: Bank) -> None: ...\n\n\n@chor",
    ),
    "another type of others": ("buy.py", "send(offer,", "send((offer, Kind.MAP),"),
    "a class that nobody sent": ("pay.py", "send(part,", "send((part, Offer),"),
    "a role in a call": ("buy.py", "tell(buyer, seller,", "tell(seller, buyer,"),
    "a codec": ("parties.py", "register_codec(Fraction, str, Fraction)", ""),
    "a name of ours": ("pay.py", "\n@chor", "\ntell_at_a = 1\n\n\n@chor"),
}


@pytest.mark.parametrize("name", WHOLLY)
def test_an_edit_that_concerns_others(project: Path, name: str) -> None:
    assert edit(project, *WHOLLY[name]).compilation.again is None


WRONG = {
    "chance at two locations": ("goods/chance.py", "return most", "return thrown(most)"),
    "a type": ("buy.py", "return answer.cents", "return answer.item"),
    "a place": ("buy.py", "return answer.cents", "return offer.cents"),
    "both": ("pay.py", "longer(str(paid))", "longer(part)"),
    "a name": ("pay.py", "longer(str(paid))", "wider(str(paid))"),
    "an import": ("pay.py", "import longer", "import wider"),
    "syntax": ("pay.py", "return longer(", "return longer(("),
    "what is called": ("goods/words.py", "def longer(text: str)", "def longer(text: bytes)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_as_ever(project: Path, name: str) -> None:
    assert edit(project, *WRONG[name]).compilation.diagnostics


def test_one_edit_after_the_other(project: Path) -> None:
    for path, old, new, _ in PARTLY.values():
        edit(project, path, old, new)
        put(project, path, new, old)  # what the next edit is held against
        state = State(load_config(project))
        write(made(project, state), state)


@pytest.mark.parametrize(
    "what", ["generated/seller/buy.py", "more.py", "mypy.ini", "goods/words.pyi"]
)
def test_whatever_else_changes_all_is_compiled(project: Path, what: str) -> None:
    path = project / what
    path.write_text(path.read_text() + "\n" if path.exists() else "")
    assert edit(project, "buy.py", "answer.cents", "answer.cents + 1").compilation.again is None
