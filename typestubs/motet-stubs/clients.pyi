from dataclasses import dataclass

@dataclass(frozen=True, order=True, slots=True)
class ClientId:
    number: int

    def __repr__(self) -> str: ...
