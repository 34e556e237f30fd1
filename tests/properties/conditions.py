"""Random conditions around messages, in every place that a condition may have, and what plain Python makes of them.

All of what they ask is known to both locations, so the source runs as it is once a message gives what it is given.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

HEAD = '''"""Random conditions."""

from __future__ import annotations

from motet import At, Process, choreography
'''
_LOCATION = """

class {name}(Process):
    def __init__(self) -> None:
        self.log: list[int] = []

    def ask(self, n: int) -> bool:
        self.log.append(n)
        return (len(self.log) * {factor} + n) % 3 > 0

    def count(self, n: int) -> int:
        self.log.append(n)
        return (len(self.log) * 5 + n) % 4
"""
_HEADER = """

@choreography
async def f{number}(
    ann: Ann, ben: Ben, x: At[int, Ann | Ben], y: At[int, Ann | Ben]
) -> tuple[At[list[int], Ann], At[list[int], Ben]]:
"""
LOCATIONS = "".join(_LOCATION.format(name=n, factor=f) for n, f in (("Ann", 7), ("Ben", 11)))
_RETURN = "return ann.log, ben.log"


@dataclass(slots=True)
class Conditions:
    """Writes one choreography."""

    random: Random
    asked: int = 0
    lines: list[str] = field(default_factory=list)

    def choreography(self, number: int) -> str:
        """Its source."""
        for _ in range(self.random.randrange(2, 5)):
            self._statement()
        self.lines.append(_RETURN)
        return _HEADER.format(number=number) + "".join(f"    {line}\n" for line in self.lines)

    def _next(self) -> int:
        self.asked += 1
        return self.asked

    def _shared(self, method: str) -> str:
        who, other = self.random.choice((("ann", "ben"), ("ben", "ann")))
        return f"await {who}.share({who}.{method}({self._next()}), to={other})"

    def _number(self, depth: int) -> str:
        match self.random.randrange(4) if depth > 0 else 0:
            case 0:
                return self.random.choice(("x", "y", "3"))
            case 1:
                return f"({self._shared('count')})"
            case 2:
                less = depth - 1
                return f"({self._number(less)} if {self._test(less)} else {self._number(less)})"
        return f"({self._number(depth - 1)}) + ({self._number(depth - 1)})"

    def _test(self, depth: int) -> str:
        less = depth - 1
        match self.random.randrange(9) if depth > 0 else 0:
            case 0:
                return self.random.choice((f"x > {self.random.randrange(4)}", "y", "x < 2 < y + 2"))
            case 1 | 2:
                return self._shared("ask")
            case 3:
                return f"not ({self._test(less)})"
            case 4:
                return f"{self._test(less)} and {self._test(less)}"
            case 5:
                return f"{self._test(less)} or {self._test(less)}"
            case 6:
                return (
                    f"({self._test(less)}) {self.random.choice(('and', 'or'))} {self._test(less)}"
                )
            case 7:
                return f"({self._test(less)} if {self._test(less)} else {self._test(less)})"
        return f"({self._number(less)}) < (w := {self._number(less)}) < 5"

    def _statement(self) -> None:
        name, leave = f"v{self._next()}", self.random.choice(("break", "continue"))
        match self.random.randrange(7):
            case 0:
                new = [f"if {self._test(3)}:", "    await ann.send(1, to=ben)"]
                new += [f"elif {self._test(2)}:", "    ann.log.append(99)", "else:"]
                new += ["    ben.log.append(98)"]
            case 1:
                new = [f"{name} = 0", f"while {name} < 3 and ({self._test(2)}) or {name} < 1:"]
                new += [f"    {name} += 1", f"    if {self._test(2)}:", f"        {leave}"]
            case 2:
                new = [f"{name} = 0", f"while ({self._test(3)}) and {name} < 3:"]
                new += [f"    {name} += 1", "else:", "    ben.log.append(96)"]
            case 3:
                new = [f"{name} = {self._test(3)}", f"ann.log.append(int({name}))"]
            case 4:
                new = [f"{name} = {self._number(3)}", f"ben.log.append({name})"]
            case 5:
                new = [f"if {self._test(3)}:", f"    {_RETURN}"]
            case _:
                new = [f"for i in range({self._number(2)}):", f"    if {self._test(2)}:"]
                new += [f"        {leave}", "    ann.log.append(i)"]
        self.lines += new


def expected(text: str, name: str, x: int, y: int) -> tuple[list[int], list[int]]:
    """What a choreography comes to, as the Python that it is."""
    space: dict[str, Any] = {"Process": _Node, "choreography": lambda function: function}
    source = text.replace("from motet import At, Process, choreography\n", "")
    exec(compile(source, "conditions.py", "exec", dont_inherit=True), space)
    function: Callable[..., Any] = space[name]
    ann, ben = asyncio.run(function(space["Ann"](), space["Ben"](), x, y))
    return ann, ben


class _Node:
    """A location to which a message is what it carries."""

    async def share(self, value: object, *, to: object) -> object:
        return value

    async def send(self, value: object, *, to: object) -> object:
        return copy.deepcopy(value)
