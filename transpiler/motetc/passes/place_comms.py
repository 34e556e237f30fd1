"""The places of communications: who must know what is sent, and who knows it then."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Iterable
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import NEVER_REACHED, UNTYPED
from motetc.ir.aliases import folded
from motetc.ir.nodes import (
    Comm,
    Root,
    Seat,
)
from motetc.ir.place import EVERYWHERE, NOWHERE, ONE, OWN, SAME, Place, at, describe
from motetc.ir.types import Type
from motetc.passes.amounts import number_in
from motetc.passes.cures import BRIEF, COROUTINE, class_at_fault, cure
from motetc.passes.immutables import immutable_instead
from motetc.passes.payloads import payload_type
from motetc.passes.place_members import MemberPlaces
from motetc.passes.place_repeats import sent, where
from motetc.passes.uses import Atom, Use


@dataclass(slots=True)
class CommPlaces(MemberPlaces):
    """Who knows the result of a communication, and whether its ends know what they must."""

    @abstractmethod
    def _ops(self, root: Root) -> None:
        """Place the operations within an expression, in the order in which they run."""

    def _comm(self, op: Comm) -> Place:
        if self._left_session((op.sender, *op.receivers), op.node):
            return EVERYWHERE
        if op.sender.whole and op.kind in ("send", "share"):
            return self._no_speaker(op)
        sender = at(op.sender.role, op.sender.mode)
        self._ops(op.value)
        ends = Place({s.role: s.mode for s in (op.sender, *op.receivers)})
        told = {name for s in (op.sender, *op.receivers) for name in self._index(s, ends)}
        before = len(self.findings)
        natural = self._value(op, sender, told)
        alone = self._check_ends(op, known=len(self.findings) == before)
        self._extras(op)
        if len(self.findings) == before:
            self._check_keys(op)
        self._payload(op)
        if op.kind == "share":
            self._known_already(op, natural)
            for seat in op.receivers:
                natural = natural.join(at(seat.role, received(seat)))
            self._agree_shared(op, natural)
            return natural.join(self.told.get(id(op), NOWHERE))
        return EVERYWHERE if alone else result_place(op).join(self.told.get(id(op), NOWHERE))

    def _no_speaker(self, op: Comm) -> Place:
        """A cluster as a whole says nothing to anyone; who would be told, is not at fault."""
        self._error(
            "wrong-sender",
            op.node,
            f"`{op.sender}` is a cluster: which of its members would `{op.kind}`?",
            f"let one speak, `{op.sender}[0].{op.kind}(…)`, or collect from all: `{op.sender}.gather(…, to=…)`",
        )
        return result_place(op)

    def _value(self, op: Comm, sender: Place, told: Container[str]) -> Place:
        """Check that the sender knows the value; give who knows it by now. `told`: names with a finding already."""
        use = self.reader.read(op.value.expr)
        natural = use.place()
        help = self._other_sender(op, use)
        before = len(self.findings)
        for atom in use.atoms:
            if atom.text not in told and not (help and len(self.findings) > before):
                self._require(atom, sender, "wrong-sender", f"`{op.sender}` sends it", help)
        self._finish(use, sender)
        named = any(a.named for a in use.atoms)
        self.facts.root_place[id(op.value)] = sender
        self._walrus(op.value, sender)
        if op.kind != "share":
            return natural
        if self._lose(op.node, any(map(self._is_refused, use.atoms))):
            return sender
        if natural.everywhere and named and not use.impure and not op.value.ops:
            return natural
        bare = isinstance(op.value.expr, cst.Name) and named
        if not bare or (not natural and not natural.everywhere):
            pure_elsewhere = not use.impure and use.atoms and natural and not natural.everywhere
            natural = natural if pure_elsewhere else sender
        if op.sender.key and natural.mode(op.sender.role) == OWN:
            natural = Place({**natural.modes, op.sender.role: op.sender.mode})
        return natural

    def _other_sender(self, op: Comm, use: Use) -> str:
        """A location's state is sent by that location, if it is not the one that receives it."""
        natural = use.place()
        speaker = next(iter(natural.modes), "")
        states = any(a.full for a in use.atoms)
        ends = {s.role for s in (op.sender, *op.receivers)}
        if natural == at(*_only(op.receivers)) and not self._comes(op.sender, use):
            return self._from_receiver(op, natural.modes.get(speaker, ""))
        if (
            not natural.is_single()
            or not states
            or natural.modes[speaker] != ONE
            or speaker in ends
        ):
            return ""
        to = ", ".join(map(str, op.receivers))
        to = f"({to})" if len(op.receivers) > 1 else to
        sent = f"await {speaker}.{op.kind}({self._code(op.value.expr)}, to={to})"
        return f"let `{speaker}` send it: `{sent}`"

    def _comes(self, sender: Seat, use: Use) -> bool:
        """Whether an edit that has been told brings a value to its sender."""
        helps = ((self._unknown_help(a, sender.role, sender.mode, None, ""), a) for a in use.atoms)
        return any(self._is_mended(help, self._where(atom)) for help, atom in helps)

    def _from_receiver(self, op: Comm, mode: str) -> str:
        """The message from whom it would go to."""
        receiver, code = op.receivers[0], self._code(op.value.expr)
        if op.kind not in ("send", "share"):
            return ""
        call = f"{receiver}[0].{op.kind}" if receiver.whole else f"{receiver}.{op.kind}"
        if mode == OWN:
            call = f"{receiver}.gather"
        return f"the other way round: `await {call}({code}, to={op.sender})`"

    def _known_already(self, op: Comm, natural: Place) -> None:
        known = [
            s for s in op.receivers if natural.knows(s.role, received(s) if s.whole else s.mode)
        ]
        if not known:
            return
        if self.choreography.polymorphic:
            for seat in known:
                self.facts.elided.add(id(seat))
            return
        if self._is_broken():
            return  # who knows it is what the sender is to be told first
        code, told = self._code(op.value.expr), ", ".join(f"`{seat}`" for seat in known)
        self._error(
            "already-known",
            op.node,
            f"`{code}` is known {where(natural)} already, so telling {told} sends nothing new",
            f"leave the `share` out: `{code}`"
            if len(known) == len(op.receivers)
            else f"only tell those who do not know: not {told}",
        )

    def _check_ends(self, op: Comm, known: bool) -> bool:
        """That nobody is at both ends; whether somebody is, so that it is open who is meant to get it. `known`: the
        sender has what it sends, so that it is the right one."""
        seen: set[tuple[str, str]] = set()
        alone = False
        for seat in op.receivers:
            ident = (seat.role, seat.key)
            if ident in seen:
                self._error(
                    "role-aliasing",
                    seat.node,
                    f"`{seat}` is named twice as a receiver",
                    "name it once",
                )
            seen.add(ident)
            itself = seat.role == op.sender.role and seat.key == op.sender.key
            if known and itself and op.kind == "send":
                alone = True
                self._error(
                    "role-aliasing",
                    op.node,
                    f"`{seat}` would send to itself",
                    f"bind the value there: `with {seat}: …`",
                )
        own = next((s for s in op.receivers if s.picked and s.role == op.sender.role), None)
        if own is not None and own.key != op.sender.key and op.kind == "share":
            text = (
                f"`{op.sender}` and `{own}` would both know this value, and the other members not"
            )
            help = f"`send` it to `{own}`, or share it with all of `{op.sender.role}`"
            self._error("unsupported-syntax", op.node, text, help)
        for cluster in sorted({s.role for s in op.receivers if s.picked}):
            if sum(s.role == cluster for s in op.receivers) > 1:
                text = f"several members of `{cluster}` among the receivers"
                help = f"send to each in a statement of its own, or share with all of `{cluster}`"
                self._error("unsupported-syntax", op.node, text, help)
        return alone

    def _left_session(self, seats: Iterable[Seat], node: cst.CSTNode) -> bool:
        """Whether members take part who are in sessions of their own, and would not come."""
        members = {role: variable for variable, role in self.operations.sessions.items()}
        for seat in seats:
            if seat.role in members and not seat.session:
                self._error(
                    "unsupported-syntax",
                    node,
                    f"`{seat}` takes part in a session of one member of its own cluster, `{members[seat.role]}`",
                    f"use a collective of the cluster outside the sessions, or `{members[seat.role]}` in them",
                )
                return True
        return False

    def _extras(self, op: Comm) -> None:
        """`f`, `at_least`, `by` and `partner` must be known to those who use them."""
        receiver = op.receivers[0] if op.receivers else op.sender
        self._partner_type(op)
        self._quorum(op)
        for root, seat, mode in (
            (op.function, receiver, SAME if op.kind == "all_reduce" else receiver.mode),
            (op.at_least, receiver, receiver.mode),
            (op.by, op.sender, SAME),
            (op.partner, op.sender, OWN),
        ):
            if root is None:
                continue
            use = self.reader.read(root.expr)
            wanted = at(seat.role, mode)
            help = ""
            if root is op.partner and self.operations.seat(root.expr) is not None:
                help = f"name a member by its id, for example `{op.sender}.members[0]`"
            for atom in use.atoms:
                why = f"`{op.kind}` needs it at `{seat}`"
                self._require(atom, wanted, "unknown-value", why, help)
            if root is op.partner:
                self._one_partner(op, root, use)
            self._finish(use, wanted)
            self.facts.root_place[id(root)] = wanted
            self._walrus(root, wanted)

    def _quorum(self, op: Comm) -> None:
        """`at_least` that is written out is one answer or more."""
        least = number_in(op.at_least.expr) if op.at_least is not None else None
        if op.at_least is not None and least is not None and least < 1:
            code = self._code(op.at_least.expr)
            text = f"`{op.kind}` is to wait for `{code}` answers, and a quorum is one or more"
            self._error("unsupported-syntax", op.at_least.expr, text, "write `at_least=1`, or more")

    def _one_partner(self, op: Comm, partner: Root, use: Use) -> None:
        """Members that all name one partner: it can name one of them back."""
        if self._is_broken() or use.place().mode(op.sender.role) == OWN or use.impure:
            return
        cluster, code = op.sender.role, self._code(partner.expr)
        self._error(
            "wrong-member",
            partner.expr,
            f"every member of `{cluster}` has the partner `{code}`, which has one partner itself: the others would "
            "wait for ever",
            f"a partner is each member's own: `{op.kind}(…, len({cluster}) - 1 - {cluster}.me.index)`; what one has "
            f"is shared: `{cluster}[…].share(…, to={cluster})`",
        )

    def _payload(self, op: Comm) -> None:
        found = payload_type(op, self.type_of)
        if found is None and not self.choreography.results_known:
            return
        if found is None and self.type_of(op.node) is None:
            text = f"{NEVER_REACHED}, so nothing here has a type"
            help = "leave it out; or widen the type that the condition before it asks for, such as `T | None`"
            self._error("missing-type", op.node, text, help)
            return
        if found is None:
            self._error(
                "missing-type",
                op.value.expr,
                f"{UNTYPED}`{self._code(op.value.expr)}`",
                "annotate the name it is bound to",
            )
            return
        result = self.type_of(op.node) if found.kind == "alias" else None
        self.facts.unfolded[op.uid] = result or found
        found = self.facts.payload[op.uid] = folded(found, self.declared)
        why = self.unserializable(found)
        refused = why is None or any(map(self._is_refused, self.reader.read(op.value.expr).atoms))
        if refused or self._is_broken():
            return
        code = self._code(op.value.expr)
        if found.name.startswith(COROUTINE):
            text = f"`{code}` is a call of an `async` function, and is not awaited"
            self._error("not-awaited", op.value.expr, text, f"write `await {code}`")
            return
        if self._has_told_class(op, found):
            return
        text = f"`{code}` cannot travel: {why}"
        help = cure(found, self.program, self.declared, self._operand(op))
        self._error("not-serializable", op.value.expr, text, help)

    def _has_told_class(self, op: Comm, found: Type) -> bool:
        """Whether it was told of another message that the class in this one cannot travel."""
        at_fault = class_at_fault(found, self.declared, self.unserializable)
        here = self.reader.module.span(op.value.expr)
        first = self.stranded.setdefault(at_fault, here) if at_fault else here
        if first != here and ("not-serializable", first) in self.findings.found:
            return True
        self.stranded[at_fault] = here
        return False

    def _operand(self, op: Comm) -> str:
        """What is sent, as an operand of the edit that mends it."""
        code = self._code(op.value.expr)
        plain = isinstance(op.value.expr, cst.Name | cst.Attribute | cst.Call | cst.Subscript)
        return code if plain and len(code) <= BRIEF else "…"

    def _agree_shared(self, op: Comm, place: Place) -> None:
        if not place.is_agreement() or any(
            map(self._is_refused, self.reader.read(op.value.expr).atoms)
        ):
            return
        found = self.facts.payload.get(op.uid)
        why = self.mutable(found)
        if why is not None and (found is None or self.unserializable(found) is None):
            shown = self._operand(op)
            self._error(
                "mutable-agreement",
                op.node,
                f"`{self._code(op.value.expr)}` would be known at {place}, and {why}",
                f"{immutable_instead(found, self.declared, shown)}, or `send` a copy",
            )

    def _index(self, seat: Seat, ends: Place) -> tuple[str, ...]:
        """The `i` of `workers[i]` must be known to every member and to the other end; gives the name that is not."""
        if seat.index is None or seat.session:
            return ()
        use = self.reader.read(seat.index)
        self._index_type(seat)
        wanted = Place(
            {
                **{
                    r: (ONE if m[0] != "@" and m not in (OWN, SAME) else SAME)
                    for r, m in ends.modes.items()
                },
                seat.role: SAME,
            }
        )
        for atom in use.atoms:
            if not atom.place.covers(wanted):
                lacking = next(r for r, m in wanted.modes.items() if not atom.place.knows(r, m))
                if self._is_refused(atom):
                    return (atom.text,)
                self.findings.error(
                    "data-dependent-receiver",
                    self.reader.module.span(seat.index, seat.node),
                    f"which member `{seat}` is depends on `{self._shown(atom)}`, known at {atom.place}; every member "
                    f"of `{seat.role}` and the other end must know it, or nobody knows whom the message is for",
                    f"share it with `{lacking}` first{_told(atom, lacking)}; for receivers chosen by data use "
                    "`all_to_all` or `demux`",
                    self._where(atom),
                )
                self._refuse(atom)
                return (atom.text,)
        self._finish(use, wanted)
        return ()


def _only(receivers: tuple[Seat, ...]) -> tuple[str, str]:
    """The one that a message goes to, and how it knows it; nobody, if they are several."""
    return (receivers[0].role, receivers[0].mode) if len(receivers) == 1 else ("", "")


def _told(atom: Atom, lacking: str) -> str:
    """The statement that tells a location which member is meant."""
    source, mode = next(iter(atom.place.modes.items()), ("", ""))
    if not source or source == lacking or mode == OWN:
        return ""
    speaker = f"{source}[0]" if mode == SAME else describe(source, mode)
    text = sent(atom, speaker, lacking).replace(".send(", ".share(")
    return f", `{text}`"


def received(seat: Seat) -> str:
    """How a receiver of `send` or `share` knows the value."""
    return SAME if seat.whole else seat.mode


def result_place(op: Comm) -> Place:
    """Who gets the result of an operation other than `share`."""
    role = op.sender.role
    match op.kind:
        case "all_gather" | "all_reduce":
            return at(role, SAME)
        case "all_to_all" | "shift" | "exchange":
            return at(role, OWN)
        case "gather" | "reduce" | "scatter":
            return Place({s.role: (OWN if s.whole else s.mode) for s in op.receivers})
        case _:
            return Place({s.role: received(s) for s in op.receivers})
