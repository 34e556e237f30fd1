"""The locations that programs of `moving` import: what they note, in their order, shows what they did."""

from __future__ import annotations

_HEAD = '''"""Locations that note what they do."""

from __future__ import annotations

from motet import Process, pure


@pure
def mix(left: int, right: int = 3) -> int:
    return (left * 5 + right) % 41


@pure
def pair(left: int, *, right: int = 1) -> tuple[int, int]:
    return left, right
'''
_LOCATION = """

class {name}(Process):
    def __init__(self) -> None:
        self.n = {n}
        self.sum = 0
        self.log: list[int] = []
        self.items = [{n}, 4, 6]
        self.table = {{0: {n}, 1: 5, 2: 7}}
        self.pair = ({n}, 2)

    def note(self, x: int) -> int:
        self.log.append(x)
        self.n = (self.n * 3 + x) % 50
        return self.n

    def asks(self, x: int) -> bool:
        return self.note(x) % 3 > 0

    @property
    def last(self) -> int:
        return self.note(9)

    async def slow(self, x: int, by: int = 2) -> int:
        return self.note(x * by)

    def risky(self, x: int) -> int:
        if self.note(x) % 4 == 0:
            raise ValueError(f"{{x}} of {{self.n}}")
        return x

    def show(self) -> str:
        return f"{{self.n}} {{self.sum}} {{self.log}} {{self.items}} {{self.table}} {{self.pair}}"
"""


def world_source() -> str:
    """The module that all programs import."""
    places = enumerate(("Ann", "Ben", "Cat"))
    return _HEAD + "".join(_LOCATION.format(name=name, n=n) for n, name in places)
