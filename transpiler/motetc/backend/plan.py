"""What the back end must write: who plays which role of what, and what every module and net is called."""

from __future__ import annotations

import io
import token
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from motetc.backend.acting import Acting
from motetc.backend.codecs import Codecs
from motetc.backend.meetings import Meetings
from motetc.backend.openings import Openings
from motetc.backend.wire_names import Names, WireNames
from motetc.frontend.cycles import find_cycles
from motetc.frontend.program import Program
from motetc.frontend.tree import code_for
from motetc.ir.answers import TypeIn
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography, Comm, Each, Invoke, Op, Seat
from motetc.ir.pieces import (
    Copied,
    Exit,
    Fork,
    Fused,
    Line,
    Loop,
    Piece,
    Projection,
    Sessions,
    Switch,
    Touch,
    every,
    partner_name,
)
from motetc.ir.roles import Role
from motetc.ir.types import ClassDecl, Declared
from motetc.ir.walk import operations, statements

WIRE = "wire"
Play = tuple[str, str, str]  # a folder, a choreography and a role of it


@dataclass(frozen=True)
class Compiled:
    """One choreography after all passes."""

    choreography: Choreography
    facts: Facts
    projections: Mapping[str, Projection]
    names: Mapping[int, str]
    at_sender: Mapping[int, str]  # of operations that their sender calls otherwise
    leaders: Callable[[int], int]

    @cached_property
    def _operations(self) -> Mapping[int, Op]:
        found: dict[int, Op] = {}
        for op in operations(self.choreography.body):
            found.setdefault(op.uid, op)
        return found

    def operation(self, uid: int) -> Op | None:
        return self._operations.get(uid)

    def names_at(self, role: str) -> Mapping[int, str]:
        """What a role's net calls its endpoints, calls and sessions."""
        ops = ((uid, self.operation(uid)) for uid in self.at_sender)
        sent = {uid for uid, op in ops if isinstance(op, Comm) and op.sender.role == role}
        return {**self.names, **{uid: self.at_sender[uid] for uid in sent}} if sent else self.names

    @cached_property
    def several(self) -> frozenset[int]:
        """The leaders of channels whose constants say to whom: an operation of theirs has several receivers."""
        comms = (op for op in self._operations.values() if isinstance(op, Comm))
        return frozenset(self.leaders(op.uid) for op in comms if len(self.told(op)) > 1)

    def told(self, op: Comm) -> list[Seat]:
        """The receivers of an operation but those who know already."""
        return [seat for seat in op.receivers if id(seat) not in self.facts.elided]

    def lines(self, role: str) -> dict[int, tuple[int, ...]]:
        """The source lines of the endpoint that each operation has at a role."""
        names = self.names_at(role)
        grouped: dict[tuple[int, str], list[int]] = {}
        found = {u: op for u, op in self._operations.items() if self._has_part(role, op)}
        keys = {uid: (self.leaders(uid), names.get(uid, "")) for uid in found}
        for uid, op in found.items():
            grouped.setdefault(keys[uid], []).append(op.span.line)
        return {uid: tuple(dict.fromkeys(sorted(grouped[key]))) for uid, key in keys.items()}

    def _has_part(self, role: str, op: Op) -> bool:
        """Whether a role may have an end of an operation."""
        if not isinstance(op, Comm):
            return True
        return role in {op.sender.role, *(seat.role for seat in self.told(op))}


def _names_in(text: str) -> set[str]:
    """The names that a program's text uses; what comments and strings say is none."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {t.string for t in tokens if t.type == token.NAME}


@dataclass(slots=True)
class Plan:
    """The whole output. `package` is the output folder's name: generated modules import each other below it."""

    program: Program
    package: str
    compiled: Mapping[str, Compiled]
    decl: Declared
    type_of: TypeIn
    codecs: Codecs
    openings: Openings
    meetings: Meetings
    plays: set[Play] = field(default_factory=set)
    played: dict[str, set[Play]] = field(default_factory=dict)  # by the module in which it begins
    roles: dict[str, set[str]] = field(
        default_factory=dict
    )  # by choreography: those that are played
    used: dict[str, bool] = field(default_factory=dict)  # names of ours: whether a source has them
    names: WireNames = field(default_factory=WireNames)
    cycles: dict[str, frozenset[str]] = field(init=False)  # modules that import each other
    acting: Acting = field(init=False)

    def __post_init__(self) -> None:
        program = self.program
        imports = {m.name: {*program.imported_modules(m)} for m in program.modules.values()}
        self.cycles = find_cycles(imports)
        self.acting = Acting(program)

    def among(self, module: str, other: str) -> bool:
        """Whether two modules import each other, so that neither can count on the other while it is loaded."""
        return module != other and other in self.cycles.get(module, ())

    @property
    def own(self) -> frozenset[str]:
        """The top-level packages that are the project's own."""
        return frozenset({self.package, *(m.partition(".")[0] for m in self.program.everything)})

    def home(self, key: str) -> str:
        """The module of a choreography."""
        return self.compiled[key].choreography.module

    def find_plays(self, others: Iterable[Play] = ()) -> None:
        """Which location plays which role: its own in every choreography, and by calls those of type variables.

        And what `others` have said already.
        """
        for key, compiled in self.compiled.items():
            found = self.played.setdefault(compiled.choreography.module, set())
            for role in compiled.choreography.roles:
                if not role.variable:
                    folder = self.program.locations[role.location].folder
                    self._add_play(found, folder, key, role.name)
        self.plays = set(others).union(*self.played.values())
        for _, key, name in self.plays:
            self.roles.setdefault(key, set()).add(name)

    def _add_play(self, found: set[Play], folder: str, key: str, role: str) -> None:
        if (folder, key, role) in found:
            return
        found.add((folder, key, role))
        for op in operations(self.compiled[key].choreography.body):
            if isinstance(op, Invoke):
                for formal, seat in op.roles:
                    if seat.role == role:
                        self._add_play(found, folder, op.callee, formal)

    def function_name(self, choreography: Choreography, role: Role) -> str:
        """What a projection is called: the choreography's name, with the role where locations may rotate."""
        if not role.variable:
            return choreography.name
        name, number = f"{choreography.name}_at_{role.name}", 2
        while self.is_used(name):
            name, number = f"{choreography.name}_at_{role.name}_{number}", number + 1
        return name

    def is_used(self, name: str) -> bool:
        """Whether a source has a name of its own that is the same."""
        if name not in self.used:
            texts = [m.text for m in self.program.everything.values() if name in m.text]
            self.used[name] = any(name in _names_in(text) for text in texts)
        return self.used[name]

    def name_all(self, wire: Mapping[str, set[str]], known: Names, wanted: Iterable[str]) -> None:
        """Give nets and codecs their names, before anyone asks; `wire` is what of the source is in wire modules.

        What has a name in `known` keeps it; of the classes in `wanted` others want the codecs.
        """
        self.names = WireNames(wire, known)
        payloads = [t for c in self.compiled.values() for t in c.facts.travelling()]
        needed = (n for t in payloads for n in self.codecs.needed(t))
        for full in dict.fromkeys((*needed, *wanted)):
            self.codecs.name_class(full, self._codec_name)
        for compiled in self.compiled.values():
            for role in compiled.choreography.roles:
                scopes = compiled.projections[role.name].scopes.values()
                for scope in dict.fromkeys([(), *scopes]):
                    self.net_name(compiled.choreography, role, scope)

    def _codec_name(self, decl: ClassDecl, usual: str) -> str:
        forms = ("encode_{}", "decode_{}", "new_{}", "members_of_{}")
        return self.names.name(decl.module, usual, "codec", decl.name, forms=forms)

    def net_name(self, choreography: Choreography, role: Role, scope: tuple[int, ...] = ()) -> str:
        """`BuyAtSeller`; `ServeClientAtServer` for the sessions with `client`, by their `each`."""
        played = camel(role.name) if role.variable else role.class_name
        body = statements(choreography.body) if scope else ()
        eaches = {s.uid: s.variable for s in body if isinstance(s, Each)}
        inside = "".join(camel(eaches[uid]) for uid in scope)
        hint = f"{camel(choreography.name)}{inside}At{played}"
        return self.names.name(choreography.module, hint, choreography.key, role.name, scope)

    def net_names(self, module: str) -> set[str]:
        """The names of all nets of a module's choreographies."""
        return {
            self.net_name(c.choreography, role, scope)
            for c in self.compiled.values()
            if c.choreography.module == module
            for role in c.choreography.roles
            for scope in {(), *c.projections[role.name].scopes.values()}
        }

    def folders(self) -> list[str]:
        """Those of locations that play some role."""
        return sorted(c.folder for c in self.program.locations.values() if self._used(c.full_name))

    def _used(self, full_name: str) -> bool:
        return any(
            r.location == full_name for c in self.compiled.values() for r in c.choreography.roles
        )


def net_variables(compiled: Compiled) -> list[str]:
    """The type variables of a choreography's nets: those that are roles, and those of which values travel."""
    choreography = compiled.choreography
    return [r.location for r in choreography.roles if r.variable] + compiled.facts.carried


def camel(name: str) -> str:
    """`two_phase` and `TwoPhase` are both `TwoPhase`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def touches_of(pieces: Sequence[Piece]) -> Iterator[Touch]:
    """Every touch in some pieces, in order."""
    for piece in every(pieces):
        if isinstance(piece, (Line, Fork, Loop, Switch, Exit, Fused)):
            yield from piece.touches
        if isinstance(piece, Sessions):
            yield Touch(piece.uid, "call", piece.cluster)


def text_of(pieces: Sequence[Piece]) -> str:
    """All code of some pieces, for finding what it mentions."""
    parts: list[str] = []
    for piece in pieces:
        match piece:
            case Line() | Copied():
                parts.append(code_for(piece.node))
            case Exit():
                parts.append(code_for(piece.value) if piece.value is not None else "")
            case Fork():
                parts += [
                    code_for(piece.test),
                    text_of(piece.then),
                    text_of(piece.orelse),
                ]
            case Loop():
                parts += [
                    code_for(piece.head),
                    text_of(piece.body),
                    text_of(piece.orelse),
                ]
            case Switch():
                parts.append(code_for(piece.subject))
                parts += [text_of(a.body) for a in piece.arms]
                parts += [code_for(a.guard) for a in piece.arms if a.guard is not None]
            case Sessions():
                parts += [f"{piece.net}.{partner_name(piece.cluster)}", text_of(piece.body)]
            case Fused():
                parts += [piece.text, text_of(piece.body)]
    return "\n".join(parts)
