"""What travels between the locations of inventory/model.py."""

from __future__ import annotations

from motet.codec import decode_tuple, encode_tuple, misfit, mistyped

from inventory.model import Line, Order


def encode_order(value: Order) -> object:
    if type(value) is Order and type(value.number) is int:
        return [value.number, encode_tuple(value.lines, encode_line, "lines")]
    raise mistyped(value, Order, number=int)


def decode_order(data: object) -> Order:
    if type(data) is list and len(data) == 2:
        number, lines = data
        if type(number) is int:
            return Order(number, decode_tuple(lines, decode_line, "lines"))
    raise misfit(data, Order, number=int, lines=object)


def encode_line(value: Line) -> object:
    if (
        type(value) is Line
        and type(value.article) is str
        and type(value.quantity) is int
    ):
        return [value.article, value.quantity]
    raise mistyped(value, Line, article=str, quantity=int)


def decode_line(data: object) -> Line:
    if type(data) is list and len(data) == 2:
        article, quantity = data
        if type(article) is str and type(quantity) is int:
            return Line(article, quantity)
    raise misfit(data, Line, article=str, quantity=int)
