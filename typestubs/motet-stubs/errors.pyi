from typing import Final

MESSAGE: Final[int]

def text_of(error: BaseException) -> str: ...
def sendable(text: str) -> str: ...

class MotetError(Exception): ...

class NotProjectedError(MotetError, RuntimeError):
    def __init__(self, what: str) -> None: ...

def describe_place(location: str, member: int | None) -> str: ...

class PeerLost(MotetError):
    location: str
    member: int | None
    reason: str

    def __init__(self, location: str, member: int | None, reason: str) -> None: ...
    @property
    def peer(self) -> str: ...
    def __reduce__(self) -> tuple[type[PeerLost], tuple[str, int | None, str]]: ...

class PeerAborted(MotetError):
    location: str
    member: int | None
    line: str | None
    reason: str

    def __init__(
        self, location: str, member: int | None, line: str | None, reason: str
    ) -> None: ...
    @property
    def peer(self) -> str: ...
    def __reduce__(self) -> tuple[type[PeerAborted], tuple[str, int | None, str | None, str]]: ...

class BadMessage(MotetError):
    channel: str
    sender: str
    reason: str

    def __init__(self, channel: str, sender: str, reason: str) -> None: ...

class UnsendableValue(MotetError):
    channel: str
    reason: str

    def __init__(self, channel: str, reason: str) -> None: ...
    @classmethod
    def of(cls, channel: str, problem: Exception) -> UnsendableValue: ...

class CollectiveError(MotetError, ValueError): ...
