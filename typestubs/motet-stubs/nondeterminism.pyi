from dataclasses import dataclass

@dataclass(frozen=True, slots=True)
class Nondet:
    reason: str

def nondet(reason: str) -> Nondet: ...
