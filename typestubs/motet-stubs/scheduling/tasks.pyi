from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Protocol

from motet.ports import NodeId

class Blocker(Protocol):
    waiter: Task | None

    def __str__(self) -> str: ...

class Wait:
    __slots__ = ("blockers",)
    blockers: Sequence[Blocker]

    def __init__(self, blockers: Sequence[Blocker]) -> None: ...
    def __await__(self) -> Generator[Wait]: ...

class Task:
    __slots__ = ("_closed", "_coroutine", "_finish", "node", "waits")
    node: NodeId
    waits: Sequence[Blocker]

    def __init__(
        self, node: NodeId, awaitable: Awaitable[object], finish: Callable[[object, Any], None]
    ) -> None: ...
    def resume(self, error: BaseException | None = None) -> None: ...
    def close(self) -> None: ...

class Children:
    waiter: Task | None
    results: list[object]
    error: BaseException | None
    tasks: dict[int, Task]

    def __init__(self, node: NodeId, awaitables: Sequence[Awaitable[object]]) -> None: ...
    def __str__(self) -> str: ...
