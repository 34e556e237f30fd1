"""The rows of `links.py`: what each module asks of others, and of the program as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from motetc.backend.closure import Wanted
from motetc.backend.links import Part, Row
from motetc.backend.plan import Compiled, Plan, Play
from motetc.backend.wire_names import Names
from motetc.files import sha256
from motetc.frontend.program import Program

Noted = tuple[str, Row]  # by a module
Request = tuple[str, str, str, str]  # by a module: a folder, a module, and a name in it


class Coming:
    """What modules that are not compiled again ask of those that are; nothing, if all are."""

    def __init__(self, part: Part | None) -> None:
        self.plays: list[Play] = []
        self.wire: list[Wanted] = []
        self.requests: list[Request] = []
        self.codecs_by: dict[str, list[str]] = {}
        self.names: Names = {}
        if part is None:
            return
        self.names = part.names
        self.plays += [(row[2], row[3], row[4]) for _, row in part.coming("play")]
        self.wire += [(by, row[0], row[2]) for by, row in part.coming("wire")]
        self.requests += [(by, row[2], row[0], row[3]) for by, row in part.coming("request")]
        for by, row in sorted(part.coming("codec"), key=lambda found: int(found[1][2])):
            self.codecs_by.setdefault(by, []).append(row[3])

    @property
    def codecs(self) -> list[str]:
        """The classes whose codecs are wanted."""
        return [full for fulls in self.codecs_by.values() for full in fulls]


def declared(program: Program) -> Iterator[Noted]:
    """Locations, and what holds for the whole program wherever it is said."""
    for location in program.locations.values():
        row = ("", "location", location.full_name, location.folder, str(location.cluster))
        yield location.module, row
    for module, names in program.registering.items():
        yield from ((module, ("", "registered", name)) for name in names)
    for module, names in program.bounding.items():
        yield from ((module, ("", "bound", name)) for name in names)


def join(program: Program, part: Part) -> bool:
    """Tell a part of a program what the rest of it declares; False if it does not itself declare what it did before."""
    now = {(by, row) for by, row in declared(program) if by in part.again}
    kinds = ("location", "registered", "bound")
    if now != {(by, row) for by, row in part.before.leaving(part.again) if row[1] in kinds}:
        return False
    for by, name in part.before.of_kind("registered", part.modules):
        program.registering.setdefault(by, set()).add(name)
    for by, name in part.before.of_kind("bound", part.modules):
        program.bounding.setdefault(by, set()).add(name)
    return True


def asked(
    plan: Plan, codecs: Mapping[str, Iterable[str]], wanted: Iterable[Wanted]
) -> Iterator[Noted]:
    """Definitions in wire modules, the codecs of classes in the order in which they are wanted, and roles in calls."""
    for by, module, name in wanted:
        yield by, (module, "wire", name)
    for by, fulls in codecs.items():
        count: dict[str, int] = {}
        for full in fulls:
            decl = plan.decl(full)
            home = decl.module if decl is not None else ""
            count[home] = count.get(home, 0) + 1
            yield by, (home, "codec", str(count[home]), full)
    for by, plays in plan.played.items():
        yield from (
            (by, (plan.home(key), "play", folder, key, role)) for folder, key, role in plays
        )


def entered(plan: Plan) -> Iterator[Noted]:
    """What the `__main__.py` of locations have of each choreography."""
    for key, compiled in plan.compiled.items():
        shown = sha256(repr(list(_entry(plan, compiled))).encode())
        yield compiled.choreography.module, ("", "entry", key, shown)


def _entry(plan: Plan, compiled: Compiled) -> Iterator[object]:
    choreography = compiled.choreography
    yield choreography.open, plan.openings.watched_by(choreography)
    for role in choreography.roles:
        net = "" if role.variable else plan.net_name(choreography, role)
        ports = [port.name for port in plan.openings.ports_at(choreography, role.name)]
        apart = plan.meetings.apart(choreography, role)
        yield role.name, role.location, role.variable, role.cluster, net, ports, apart
