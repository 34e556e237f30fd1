from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from motet.entries import Entry
from motet.ports import NodeId
from motet.transport.addresses import Address, Deployment
from motet.transport.settings import Settings

VARIABLE: str
METRICS: Final = "prometheus_client"
TRACING: Final = "opentelemetry.trace"
PARSER: Final[ArgumentParser]

class UsageError(Exception): ...

@dataclass(frozen=True, slots=True)
class Options:
    key: str
    entry: Entry
    node: NodeId
    own: Address
    deployment: Deployment
    sizes: Mapping[str, int]
    arguments: Mapping[str, Any]
    settings: Settings
    ports: Mapping[str, Address]
    metrics: Address | None
    trace: int | None
    report: Path | None
    log_level: str

def read_options(
    location: type, entries: Mapping[str, Entry], arguments: Sequence[str] | None = None
) -> Options: ...
