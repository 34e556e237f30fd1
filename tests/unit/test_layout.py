"""What is laid out without black is what black would make of it, to the byte."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest
from blackened import blackened
from motetc.backend.layout import Layout, lay_out
from motetc.backend.spelling import is_settled

ROOT = Path(__file__).parents[2]
SOURCES = [
    *sorted((ROOT / "transpiler" / "motetc" / "backend").glob("*.py"))[::3],  # black is slow
    *sorted((ROOT / "runtime_stub" / "motet" / "wire").glob("*.py")),
    *sorted((ROOT / "examples").glob("*/*.py")),
    *sorted((ROOT / "examples").glob("*/generated/wire/**/*.py")),
    Path(__file__),
]

# Each is settled or not as black sees it; the last column tells whether we must see it, too.
LINES = [
    ("x = f(a, *b, c=1, **d)", True),
    ("x = f (a)", False),
    ("x = f(a, b,)", False),
    ("x: dict[str, int] = {}", True),
    ("x: int=3", False),
    ('x = "a" "b"', True),
    ("x = 'a'", False),
    ("x = 'say \"a\"'", True),
    ('x = "a\\n"', True),
    ('x = "\\xAB"', False),
    ("x = 0xABC", None),
    ("x = 0XABC", False),
    ("x = (a)", False),
    ("x = (a + b) * c", True),
    ("x = (a, b)", True),
    ("x = (a,)", True),
    ("(x,) = a", True),
    ("(x, y) = a", False),
    ("x = a,", False),
    ("x = a ** b", False),
    ("x = a if b else -c", True),
    ("x = a[1:b]", True),
    ("x = a[b + 1 :]", None),
    ("x = a[b+1:]", False),
    ("x = lambda a, b: a", True),
    ("x = lambda a=1: a", None),
    ("return (yield)", None),
    ("return not (a and b)", True),
    ("if (a):", False),
    ("if (a or b) and c:", True),
    ("if a: b", False),
    ("if a in (1, 2):", True),
    ("for x, y in z:", True),
    ("for x, in y:", False),
    ("for (x, y) in z:", False),
    ("while not x:", True),
    ("async def f(a: int, *, b: str = c, d=1) -> None:", True),
    ("def f(a: int=1):", False),
    ("def f(a = 1):", False),
    ("class A:", True),
    ("class A():", False),
    ("class A(B, metaclass=C):", True),
    ("from .a import b, c as d", True),
    ("from . import b", True),
    ("import a.b as c", True),
    ("del (a)", False),
    ("del a, b", True),
    ("assert a, b", True),
    ("await f(x)  # ← buyer, shop.py:3", True),
    ("await f(x) # said", False),
    ("await f(x)  #said", False),
    ("x; y", False),
    ("x = {**a, 'b': c}", False),
    ('x = {**a, "b": [c for c in d if e]}', True),
    ("print(* a)", False),
    ("x = f(x)(y)[z].w", True),
    ("x += 1", True),
    ("x = a<b", False),
    ("@a.b(c)", True),
    ("case A(b=c) | [d, *e] if f:", True),
    ("match x:", True),
    ("match(x):", False),
    ("except (A, B) as e:", True),
    ("except* A:", None),
]


@pytest.mark.parametrize(("code", "expected"), LINES, ids=[code for code, _ in LINES])
def test_lines(code: str, expected: bool | None) -> None:
    assert _stays(code) in (expected, True if expected is None else expected)
    assert is_settled(code) is bool(expected)


def test_no_line_is_settled_that_black_would_change() -> None:
    """Lines of our own sources, with a character lost, changed or added."""
    random = Random(1)
    lines = {line.strip() for path in SOURCES for line in path.read_text("utf-8").split("\n")}
    chosen = random.sample(
        sorted(line for line in lines if 0 < len(line) < 80 and line[0] != "#"), 900
    )
    changed = [_damaged(line, random) for line in chosen]
    settled = [line for line in (*chosen, *changed) if _parses(line) and is_settled(line)]
    assert len(settled) > 600
    assert [line for line in settled if not _stays(line)] == []


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_modules(path: Path) -> None:
    """Modules in another style, and the same in black's."""
    text = path.read_text("utf-8")
    for given in (text, blackened(text)):
        assert _finished(given) == blackened(text)


def test_nothing_is_asked_about_what_we_generate() -> None:
    texts = [path.read_text("utf-8") for path in SOURCES if "generated" in path.parts]
    asked = sum(len(question) for text in texts for question in _layout(text).questions())
    assert asked < sum(map(len, texts)) / 10


MODULES = {
    "overloads keep together": """
        @overload
        def f(x: int) -> int: ...
        @overload
        def f(x: str) -> str: ...
        def f(x):
            return x
        y = 1
        """,
    "definitions in a condition": """
        if a:
            def f():
                pass
        else:
            f = None
        b = 1
        """,
    "comments and blank lines": '''
        """Doc."""
        # one
        import a



        # two

        # three
        def f():
            # four

            x = 1
            # five

            def g():
                """Doc."""

                return 1
            # six
        # seven
        class A:

            """Doc."""
            x = 1
            # eight
            def h(self):
                pass
        ''',
    "docstrings": '''
        def f():
            """First.

              Deeper.
            """
            x = """not
        one"""
        def g():
            """ Spaced """
        def h():
            """First.

            Last."""
        def i():
            """
            Below.
            """
        ''',
    "brackets": """
        def f(
            a,
            b
        ):
            return g(
                a,
                b,
            )
        def h(
            value: dict[str, int],
        ) -> None:
            x = {
                "a": b(
                    c,
                ),
                "d": [
                    1,
                    2,
                ],
            }
            return (
                x,
            )
        """,
    "a condition in brackets": """
        if (
            type(value) is Withdrawal
            and type(value.account_of_the_customer) is str
            and type(value.cents) is int
        ):
            pass
        """,
    "two statements on a line": "a = 1; b = 2\nc = 3\n",
    "nothing": "\n\n",
    "only a comment": "#said\n",
    "formatting switched off": "# fmt: off\nx  =  1\n# fmt: on\n",
}


@pytest.mark.parametrize("text", list(MODULES.values()), ids=list(MODULES))
def test_odd_modules(text: str) -> None:
    assert _finished(dedent(text).lstrip("\n")) == blackened(dedent(text).lstrip("\n"))


def _layout(text: str) -> Layout:
    return lay_out(text, ast.parse(text))


def _finished(text: str) -> str:
    layout = _layout(text)
    return layout.finish({question: blackened(question) for question in layout.questions()})


def _damaged(line: str, random: Random) -> str:
    position = random.randrange(len(line))
    return (line[:position] + random.choice([" ", "", "(", ")", ",", "=", ":", "-", "*"])) + line[
        position + random.randrange(2) :
    ].rstrip()


_BEFORE = {"elif": "if x:\n    pass\n", "else": "if x:\n    pass\n", "except": "try:\n    pass\n"}


def _whole(code: str) -> str:
    """A line with what it needs around it."""
    head = next((text for word, text in _BEFORE.items() if code.startswith(word)), "")
    if code.startswith("finally"):
        head = "try:\n    pass\n"
    if code.startswith("case "):
        return f"match x:\n    {code}\n        pass\n"
    if code.startswith("match") and code.endswith(":"):
        return f"{code}\n    case _:\n        pass\n"
    if code.startswith("@"):
        return f"{code}\ndef f():\n    pass\n"
    bare = code.partition("  #")[0]
    return f"{head}{code}\n    pass\n" if bare.endswith(":") else f"{head}{code}\n"


def _parses(code: str) -> bool:
    try:
        ast.parse(_whole(code))
    except SyntaxError:
        return False
    return True


def _stays(code: str) -> bool:
    return blackened(_whole(code)) == _whole(code)
