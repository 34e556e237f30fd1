"""The warehouse: the one location with a database, and the only one that imports sqlite3."""

from __future__ import annotations

import sqlite3

from motet import Process

from inventory import schema as sql
from inventory.model import Line, Order


class Warehouse(Process):
    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute(sql.CREATE)
        self.db.executemany(sql.FILL, sql.OPENING)

    def missing(self, order: Order) -> tuple[str, ...]:
        return tuple(
            line.article for line in order.lines if line.quantity > self.in_stock(line)
        )

    def in_stock(self, line: Line) -> int:
        row: tuple[int] | None = self.db.execute(sql.READ, (line.article,)).fetchone()
        return row[0] if row else 0

    def take(self, order: Order) -> None:
        with self.db:
            self.db.executemany(
                sql.TAKE, [(line.quantity, line.article) for line in order.lines]
            )

    def left(self) -> dict[str, int]:
        return dict(self.db.execute(sql.LEFT).fetchall())
