"""Expressions whose values are changed, by type: each made of a location, and of what makes parts of it."""

from __future__ import annotations

from collections.abc import Callable

Maker = Callable[[str, Callable[..., str]], str]


def _text(text: str) -> Maker:
    return lambda at, part: text


def _text_sum(parts: list[str]) -> str:
    if any("f'" in part for part in parts):
        return f"len(str({parts[0]}))"
    return f"sum(f'{''.join(f'{{ {part} }}' for part in parts)}'.encode()) % 97"


FROM_A_LIST = {
    "int": "len({})",
    "list": "{}",
    "bag": "Bag(1, {})",
    "table": '{{"a": {}, "b": []}}',
    "two": "Two({0}, {0})",
    "rows": "[{}]",
}
NEW = {"int": "{n}", "list": "[{n}]", "bag": "Bag({n}, [{n}])", "table": '{"a": [{n}], "b": []}'}
TYPES_MADE = ("list", "list", "list", "bag", "table", "two", "rows", "int")
LEAVES: dict[str, list[Maker]] = {
    "int": [_text("{n}")],
    "list": [_text("[{n}]")],
    "bag": [_text("Bag({n}, [{n}, {n}])")],
    "table": [_text('{"a": [{n}], "b": []}')],
    "two": [_text("Two([{n}], [])")],
    "rows": [_text("[[{n}], []]")],
}
OWN_LEAVES: dict[str, list[Maker]] = {
    "int": [_text("{p}.next()"), _text("{p}.bag.n"), _text("{p}.n")],
    "list": [
        _text("{p}.rows"),
        _text('{p}.table["a"]'),
        _text("{p}.bag.items"),
        _text("{p}.grow({n})"),
    ],
    "bag": [_text("{p}.bag")],
    "table": [_text("{p}.table")],
    "two": [_text("{p}.swap()"), _text("Two({p}.rows, {p}.rows)")],
    "rows": [_text("[{p}.rows, {p}.rows]"), _text("list({p}.table.values())")],
}
TREES: dict[str, list[Maker]] = {
    "int": [
        lambda at, part: f"len({part('list')})",
        lambda at, part: f"sum({part('list')})",
        lambda at, part: f"({part('int')} * 3 + {part('int')}) % 97",
        lambda at, part: f"pushed({part('list')}, {part('int')})",
        lambda at, part: f"{part('bag')}.put({part('int')})",
        lambda at, part: _text_sum([part("list"), part("int"), part("list")]),
        lambda at, part: f"({part('int')} < {part('int')} < {part('int', True)})",
    ],
    "list": [
        lambda at, part: f"[*{part('list')}, {part('int')}]",
        lambda at, part: f"[*{part('list')}, {part('int')}, *{part('list')}, {part('int')}]",
        lambda at, part: f"[{part('int')}, {part('int')}, *{part('list')}]",
        lambda at, part: f"({part('list')} + {part('list')})[:6]",
        lambda at, part: f"{part('list')}[:3]",
        lambda at, part: f"{part('list')}[{part('int')} % 2 :]",
        lambda at, part: f"grown({part('list')}, {part('int')})",
        lambda at, part: f"joined({part('list')}, {part('list')})",
        lambda at, part: f"[x + {part('int', True)} for x in {part('list', True)}[:4]]",
        lambda at, part: f"{part('bag')}.items",
        lambda at, part: f"{part('two')}.one",
        lambda at, part: f"{part('two')}.other",
        lambda at, part: f'{part("table")}["a"]',
        lambda at, part: f'{part("table")}.setdefault("c", {part("list")})',
        lambda at, part: f"({part('list')} or {part('list', True)})",
        lambda at, part: f"({part('list', True)} if {part('int')} % 2 else {part('list', True)})",
    ],
    "bag": [lambda at, part: f"Bag({part('int')}, {part('list')})"],
    "table": [
        lambda at, part: f'{{"a": {part("list")}, "b": {part("list")}}}',
        lambda at, part: f'{{**{part("table")}, "c": {part("list")}}}',
    ],
    "two": [lambda at, part: f"Two({part('list')}, {part('list')})"],
    "rows": [
        lambda at, part: f"[{part('list')}, {part('list')}]",
        lambda at, part: f"[{part('list')}] * 2",
    ],
}
OWN_TREES: dict[str, list[Maker]] = {
    "int": [],
    "list": [
        lambda at, part: f"{at}.grow({part('int')})",
        lambda at, part: f"{at}.keep({part('list')})",
    ],
    "bag": [],
    "table": [],
    "two": [],
    "rows": [],
}
