from dataclasses import dataclass

@dataclass(frozen=True, slots=True)
class Proof:
    reason: str

def proof(reason: str) -> Proof: ...
