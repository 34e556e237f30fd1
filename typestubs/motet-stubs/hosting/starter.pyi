import socket
from typing import Final, NamedTuple

COMMON: Final[tuple[str, ...]]
HEAD: Final = 8
GRACE: Final = 2.0

class Order(NamedTuple):
    words: list[str]
    handles: list[int]
    @property
    def arguments(self) -> list[str]: ...

class Starter:
    def __init__(self, control: socket.socket, spawns: bool) -> None: ...
    def serve(self) -> Order | None: ...

def look_in(path: str) -> None: ...
def main() -> None: ...
