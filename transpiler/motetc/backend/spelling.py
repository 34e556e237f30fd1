"""Tells whether a statement on one line is spelled as black would spell it; "no" may also mean "not known".

Most lines that are generated, and most that people write, black would read and leave alone. Here they are read by
rules that are a small part of black's own, so that black need only be asked about the rest.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

_TOKEN: Final = re.compile(
    r"( *)(?:"
    r'([fb]?"(?:[^"\\]|\\[nrt\\])*"|(?:r|rb|rf)"(?:[^"\\]|\\[^"\'])*"'  # a string,
    r"|(?:[fbr]|rb|rf)?'[^'\"\\]*\"[^'\\]*'"  # a string with quotes in it,
    r"|[^\W\d]\w*"  # a name or a keyword,
    r"|\d[\d_]*(?:\.\d+)?(?![\w.]))"  # or a plain number
    r"|(\.\.\.|:=|->|!=|<<=|>>=|//=|\*\*=?|<<|>>|//|[-+*/%&|^@=<>]=?|[.,:()\[\]{}])"  # an operator
    r"|(#.*)"  # a comment
    r")"
)
_SLICE: Final = re.compile(r"(?<=[\w)\]])\[(?:[a-z_]\w*|\d+)?:(?:[a-z_]\w*|\d+)?\]")
_RELATIVE: Final = re.compile(r"(?<=from )\.+(?=\w)")
_PACKAGE: Final = re.compile(r"(?<=from )\.+(?= import )")
_LAMBDA: Final = re.compile(r"\blambda(?: [^\W\d]\w*(?:, [^\W\d]\w*)*)?: ")
_COMMENT: Final = re.compile(r"#[ #!:'](?! *type:)(?:.*\S)?")
_SOFT: Final = frozenset({"match", "case", "type"})
_KEYWORDS: Final = frozenset(keyword.kwlist) - {"None", "True", "False"}
# No keyword, no part of a string that says how it is read, and nothing behind a backslash.
_NAME: Final = re.compile(
    rf"(?<![\w\\])(?!(?:{'|'.join([*keyword.kwlist, *_SOFT])})\b)[^\W\d]\w*+(?![\"'])"
)
_BLOCKS: Final = _SOFT | frozenset(
    "if elif else for while with try except finally def class async".split()  # noqa: SIM905
)
_BINARY: Final = frozenset("+ - * / // % & | ^ << >> @ == != < <= > >= :=".split())  # noqa: SIM905
_AUGMENTED: Final = frozenset("+= -= *= /= //= %= &= |= ^= <<= >>= @=".split())  # noqa: SIM905
_STARS: Final = frozenset({"*", "**"})
_STARRED_AFTER: Final = frozenset({"(", ",", "{", "["})
_UNARY: Final = "unary"
_PARENTHESIZING: Final = frozenset({"", "return", "in", "=", "if", "elif", "while", "except"})
_LOGICAL: Final = frozenset({"and", "or", "not", "else", "is"})
_LOOSE: Final = "loose"  # a closing parenthesis that black keeps only if the expression goes on
_GOING_ON: Final = _BINARY | {".", "(", "[", "and", "or", "is", "in", "not"}

Kind = Literal["call", "parameters", "group", "list", "index", "dict"]


def is_settled(code: str) -> bool:
    """Whether black, given room enough, would not touch this line; it starts with no space and may end in a comment."""
    if "[" in code and ":" in code:
        code = _SLICE.sub("[0]", code)
    if "lambda" in code:
        code = _LAMBDA.sub("not ", code)
    if code.startswith("from ."):
        code = _RELATIVE.sub("", _PACKAGE.sub("_", code))
    return _is_settled(_NAME.sub("a", code))


@lru_cache(maxsize=65536)
def _is_settled(code: str) -> bool:
    """The same for a line in which one name is as good as another: there are far fewer of these."""
    tokens = _TOKEN.findall(code)
    if sum(map(len, map("".join, tokens))) != len(code):
        return False
    reader = _Reader()
    return all(reader.read(*token) for token in tokens) and reader.may_end()


@dataclass(slots=True)
class _Bracket:
    """An open bracket. What is `needed` only as a tuple would lose its parentheses around one thing."""

    kind: Kind
    needed: bool = False
    commas: int = 0
    annotated: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads a line token by token; any answer of no is final."""

    first: str = ""
    last: str = ""
    count: int = 0
    operand: bool = False  # whether the last token ends a value
    gap: int = 0  # the spaces that belong before the next token, if it starts one
    closed: bool = False  # the colon of a block was read
    ended: bool = False
    open: list[_Bracket] = field(default_factory=list)

    def read(self, spaces: str, word: str, operator: str, comment: str) -> bool:
        gap = len(spaces)
        if self.ended or (self.closed and not comment):
            return False
        if self.last == _LOOSE and not {operator, word} & _GOING_ON:
            return False
        if word:
            return self._word(gap, word)
        if operator:
            return self._operator(gap, operator)
        self.ended = True
        return gap == 2 and self.count > 0 and _COMMENT.fullmatch(comment) is not None

    def may_end(self) -> bool:
        return not self.open and self.last not in (",", _LOOSE)

    @property
    def _inside(self) -> Kind | None:
        return self.open[-1].kind if self.open else None

    def _took(self, token: str, operand: bool, gap: int) -> None:
        self.last, self.operand, self.gap = token, operand, gap
        self.count += 1

    def _word(self, gap: int, word: str) -> bool:
        quoted = word[-1] in "\"'"
        is_keyword = word in _KEYWORDS or (not self.count and word in _SOFT)
        if word == "lambda" or (not self.count and quoted):
            return False
        if self.last == "," and is_keyword and word not in ("await", "not"):
            return False  # `for x, in y`: a tuple of one
        if self.last == ".":
            fits = gap == 0 and not is_keyword and not quoted
        elif self.operand:
            fits = gap == 1 and (is_keyword or (quoted and self.last[-1] in "\"'"))
        else:
            fits = gap == self.gap
        self.first = self.first or ("(" if self.open else word)
        self._took(word, operand=not is_keyword, gap=int(is_keyword))
        return fits

    def _operator(self, gap: int, token: str) -> bool:
        if token in "([{":
            return self._opens(gap, token)
        if token in ")]}":
            return self._closes(gap, token)
        if token == ",":
            return self._comma(gap)
        if token == ":":
            return self._colon(gap)
        if token == "=":
            return self._equals(gap)
        if token == ".":
            fits = self.operand and gap == 0 and not self.last[0].isdigit()
            self._took(token, operand=False, gap=0)
            return fits
        if token == "...":
            fits = gap == self.gap and not self.operand and self.count > 0
            self._took(token, operand=True, gap=0)
            return fits
        return self._arithmetic(gap, token)

    def _opens(self, gap: int, token: str) -> bool:
        if not self.operand:
            kind: Kind = "list" if token == "[" else "dict" if token == "{" else "group"
            if token == "(" and not self._may_group():
                return False
            self.open.append(_Bracket(kind, token == "(" and self.last in _PARENTHESIZING))
            fits = gap == self.gap
        else:
            kind = "index" if token == "[" else "parameters" if self._names_function() else "call"
            self.open.append(_Bracket(kind))
            fits = gap == 0 and token != "{" and self.last[-1] not in "\"'"
            fits = fits and not (token == "[" and self._names_function())
        self._took(token, operand=False, gap=0)
        return fits

    def _may_group(self) -> bool:
        """Black leaves parentheses alone that stand inside others, and those around a tuple in a few places."""
        if self.last in _BINARY or self.last in _LOGICAL:
            return True
        return self.last in ("(", "[", ",", "=") if self.open else self.last in _PARENTHESIZING

    def _names_function(self) -> bool:
        """`def name` or `async def name` is all that has been read."""
        return (self.first == "def" and self.count == 2) or (
            self.first == "async" and self.count == 3 and self.last != "def"
        )

    def _closes(self, gap: int, token: str) -> bool:
        if not self.open:
            return False
        bracket = self.open.pop()
        empty = self.last in ("(", "[", "{")
        alone = self.last == "," and bracket.kind == "group" and bracket.commas == 1
        fits = gap == 0 and (self.operand or empty or alone)
        if self.first == "(" and not self.open and not alone:
            return False
        bare_class = empty and self.first == "class" and self.count == 3
        loose = bracket.needed and not self.open and not bracket.commas and not empty
        self._took(_LOOSE if loose else token, operand=True, gap=0)
        return fits and not bare_class

    def _comma(self, gap: int) -> bool:
        fits = gap == 0 and (self.operand or (self.last == "*" and self._inside == "parameters"))
        if self.open:
            self.open[-1].commas += 1
            self.open[-1].annotated = False
        self._took(",", operand=False, gap=1)
        return fits

    def _colon(self, gap: int) -> bool:
        if gap or self._inside not in (None, "parameters", "dict"):
            return False
        if self._inside == "parameters":
            self.open[-1].annotated = True
        self.closed = not self.open and self.first in _BLOCKS
        fits = self.operand or (self.closed and self.last in _KEYWORDS)
        self._took(":", operand=False, gap=1)
        return fits

    def _equals(self, gap: int) -> bool:
        if not self.operand or self._inside not in (None, "call", "parameters"):
            return False
        wanted = int(not self.open or self.open[-1].annotated)
        self._took("=", operand=False, gap=wanted)
        return gap == wanted

    def _arithmetic(self, gap: int, token: str) -> bool:
        if self.operand:
            fits = token in _BINARY or token == "->" or token in _AUGMENTED
            fits = fits and gap == 1 and (token in _BINARY or not self.open)
            self._took(token, operand=False, gap=1)
            return fits
        if token in _STARS:
            fits = self.last in _STARRED_AFTER and self._inside != "index"
        elif token == "@":
            fits = self.count == 0
        else:
            fits = token == "-" and self.last != _UNARY
        fits = fits and gap == self.gap
        self._took(_UNARY if token == "-" else token, operand=False, gap=0)
        return fits
