from collections.abc import Mapping
from dataclasses import dataclass

from motet.entries import Entry
from motet.hosting.manifests import Manifest
from motet.hosting.report import Report
from motet.transport.addresses import Address, Deployment
from motet.transport.hub import Hub

@dataclass(frozen=True, slots=True)
class Session:
    location: type
    entry: Entry
    hub: Hub
    own: Address
    deployment: Deployment
    sizes: Mapping[str, int]
    arguments: Mapping[str, object]
    manifest: Manifest

@dataclass(frozen=True, slots=True)
class Ending:
    report: Report
    explanation: str = ...
    unmet: bool = ...

async def run_session(session: Session) -> Ending: ...
