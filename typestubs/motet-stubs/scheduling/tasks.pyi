from collections.abc import Awaitable, Callable, Generator, Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from motet.ports import NodeId

class Resumable(Protocol):
    def resume(self, error: BaseException | None = None) -> None: ...

class Blocker(Protocol):
    waiter: Resumable | None

    def __str__(self) -> str: ...

class Action(Protocol):
    def step(self) -> bool: ...

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
    def step(self) -> bool: ...
    def close(self) -> None: ...

RUNNING: ContextVar[Task | None]

class Watcher:
    __slots__ = ("_call", "_inlet")

    def __init__(self, inlet: Blocker, call: Callable[[], None]) -> None: ...
    def resume(self, error: BaseException | None = None) -> None: ...

class Children:
    waiter: Resumable | None
    results: list[object]
    error: BaseException | None
    tasks: dict[int, Task]

    def __init__(self, node: NodeId, awaitables: Sequence[Awaitable[object]]) -> None: ...
    def close(self) -> None: ...
    def __str__(self) -> str: ...
