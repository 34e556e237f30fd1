"""What travels between the locations of inventory/model.py."""

from __future__ import annotations

from motet.codec import INTEGERS, constructor, misfit, misfit_in, mistyped, mistyped_in

from inventory.model import Line, Order


def encode_order(value: Order) -> object:
    if type(value) is Order and type(value.number) in INTEGERS:
        return [value.number, _encode_order_lines(value.lines, "lines")]
    raise mistyped(value, Order, number=int)


new_order = constructor(Order)


def decode_order(data: object) -> Order:
    if type(data) is list and len(data) == 2:
        number, lines = data
        if type(number) in INTEGERS:
            return new_order(number, _decode_order_lines(lines, "lines"))
    raise misfit(data, Order, number=int, lines=object)


def _encode_order_lines(value: tuple[Line, ...], at: str = "") -> object:
    if type(value) is tuple:
        fields: list[object] = []
        for line in value:
            if not (
                type(line) is Line
                and type(line.article) is str
                and type(line.quantity) in INTEGERS
            ):
                break
            fields.append(line.article)
            fields.append(line.quantity)
        else:
            return fields
    raise mistyped_in(value, tuple, encode_line, at=at)


def _decode_order_lines(data: object, at: str = "") -> tuple[Line, ...]:
    if type(data) is list and len(data) % 2 == 0:
        fields = iter(data)
        items: list[Line] = []
        for row in zip(fields, fields):
            article, quantity = row
            if not (type(article) is str and type(quantity) in INTEGERS):
                break
            items.append(new_line(*row))
        else:
            return tuple(items)
    raise misfit_in(data, tuple, 2, decode_line, at=at)


def encode_line(value: Line) -> object:
    if (
        type(value) is Line
        and type(value.article) is str
        and type(value.quantity) in INTEGERS
    ):
        return [value.article, value.quantity]
    raise mistyped(value, Line, article=str, quantity=int)


new_line = constructor(Line)


def decode_line(data: object) -> Line:
    if type(data) is list and len(data) == 2:
        article, quantity = data
        if type(article) is str and type(quantity) in INTEGERS:
            return new_line(article, quantity)
    raise misfit(data, Line, article=str, quantity=int)
