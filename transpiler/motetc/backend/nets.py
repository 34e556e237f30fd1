"""The Net classes of a wire module: for one role of one choreography, an endpoint for every channel it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from motetc.backend.net_writer import NetWriter
from motetc.backend.plan import net_variables, text_of, touches_of
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import MESH_KINDS, Comm, Each, Invoke, Seat
from motetc.ir.pieces import call_name, partner_name
from motetc.ir.roles import Role
from motetc.ir.walk import statements
from motetc.passes.actual import mixed


def net_classes(writer: NetWriter) -> Iterator[str]:
    """Every net of the choreography, role by role; sessions before the net that opens them."""
    choreography = writer.choreography
    played = writer.plan.roles.get(choreography.key, ())
    for role in choreography.roles:
        if role.name in played:
            yield from _Net(writer, role, ()).texts()


class _Net:
    """One net: one role, outside or inside some sessions."""

    def __init__(self, writer: NetWriter, role: Role, scope: tuple[int, ...]) -> None:
        self.writer = writer
        self.role = role
        self.scope = scope
        self.projection = writer.compiled.projections[role.name]
        self.names = writer.compiled.names_at(role.name)
        self.eaches = [writer.each(uid) for uid in scope]
        self.sessions = {e.variable: e.role for e in self.eaches if e.role != role.name}
        self.used: set[str] = set()

    def texts(self) -> Iterator[str]:
        """The nets of the sessions inside, then this one."""
        lines = [*self.endpoints()]
        methods = [*self.calls()]
        for uid in self._session_uids():
            inner = _Net(self.writer, self.role, (*self.scope, uid))
            yield from inner.texts()
            methods.append(self._opener(uid, inner))
        yield self._class(lines, methods)

    # Parts

    @property
    def class_name(self) -> str:
        choreography = self.writer.choreography
        return self.writer.plan.net_name(choreography, self.role, self.scope)

    @property
    def here(self) -> str:
        return self.writer.location(self.role)

    def _class(self, endpoints: list[str], methods: list[str]) -> str:
        params = self.writer.params
        base = self.writer.name("motet.wire.Net")
        generic = (
            f", {self.writer.name('typing.Generic')}{params}"
            if params and not self.writer.variables
            else ""
        )
        with_whom = f" with one `{self.eaches[-1].variable}`" if self.eaches else ""
        text = f"`{self.writer.choreography.name}`{with_whom}"
        doc = f'    """What {text} sends and receives at the {self.role.name}."""'
        head = f"class {self.class_name}{self.writer.variables}({base}{generic}):"
        self._note_partners()
        kept = [*map(partner_name, self._partners_used()), *self._codecs_used(methods)]
        own = [f"        self.{p} = {p}" for p in kept]
        init = [
            f"    def __init__({', '.join(['self', *self._parameters()])}) -> None:",
            "        super().__init__(site)",
            *own,
            *(f"        {line}" for line in endpoints),
        ]
        return "\n".join([head, doc, "", *init, *(f"\n{m}" for m in methods)])

    def _partners(self) -> list[str]:
        roles = [r.name for r in self.writer.choreography.roles if r.name != self.role.name]
        return [*roles, *self.sessions]

    def _partners_used(self) -> list[str]:
        return [n for n in self._partners() if n in self.used]

    def _codecs_used(self, methods: list[str]) -> list[str]:
        """The codecs of type variables that are passed on to other nets."""
        text = "\n".join(methods)
        return [p for p, _ in self.writer.codecs_taken() if re.search(rf"\bself\.{p}\b", text)]

    def _parameters(self) -> list[str]:
        found = [f"site: {self.writer.name('motet.wire.Site')}[{self.here}]"]
        for role in self.writer.choreography.roles:
            if role.name != self.role.name:
                kind = self.writer.name("motet.wire.Group" if role.cluster else "motet.wire.Peer")
                found.append(f"{partner_name(role.name)}: {kind}[{self.writer.location(role)}]")
        for variable, cluster in self.sessions.items():
            there = self.writer.location(self.writer.choreography.role(cluster))
            peer = self.writer.name("motet.wire.Peer")
            found.append(f"{partner_name(variable)}: {peer}[{there}]")
        return [*found, *(f"{name}: {type_}" for name, type_ in self.writer.codecs_taken())]

    def _note_partners(self) -> None:
        """Clusters that the projected code asks for their members, and locations that fail."""
        failing = bool(self.writer.compiled.facts.fatal)
        roles = [r for r in self.writer.choreography.roles if r.cluster or failing]
        others = [r for r in roles if r.name != self.role.name]
        text = text_of(self.projection.pieces) if others else ""
        for role in others:
            before = r"\." if role.cluster else r"\.aborted_by\(\w+\."
            if re.search(rf"{before}{partner_name(role.name)}\b", text):
                self.used.add(role.name)

    def _touches(self) -> Iterator[tuple[int, str]]:
        seen: set[tuple[str, str]] = set()
        for touch in touches_of(self.projection.pieces):
            key = self.names[touch.uid], touch.side
            if self.projection.scopes.get(touch.uid) == self.scope and key not in seen:
                seen.add(key)
                yield touch.uid, touch.side

    def _session_uids(self) -> list[int]:
        found = [u for u, _ in self._touches() if self.writer.operation(u) is None]
        eaches = {s.uid for s in statements(self.writer.choreography.body) if isinstance(s, Each)}
        return [u for u in found if u in eaches]

    # Endpoints

    def endpoints(self) -> Iterator[str]:
        """The attributes, in order of first use."""
        done: set[str] = set()
        for uid, side in self._touches():
            op = self.writer.operation(uid)
            if isinstance(op, Comm):
                name = self.names[uid]
                if name not in done:
                    done.add(name)
                    for suffix, (kind, args) in self._endpoints_of(op, side):
                        yield f"self.{call_name(name, suffix)}: {kind} = {args}"
            elif isinstance(op, Hop) and self.writer.compiled.names[uid] not in done:
                done.add(self.writer.compiled.names[uid])
                kind, args = self._stream(op, side)
                yield f"self.{self.writer.compiled.names[uid]}: {kind} = {args}"
            elif isinstance(op, Port) and self.writer.compiled.names[uid] not in done:
                done.add(self.writer.compiled.names[uid])
                yield f"self.{self.writer.compiled.names[uid]}: {self._port(op)}"

    def _port(self, port: Port) -> str:
        request, reply = map(
            self.writer.render_type, self.writer.compiled.facts.payload[port.uid].args
        )
        class_ = self.writer.name(
            f"motet.wire.{'SingleClientPort' if port.single else 'ClientPort'}"
        )
        return (
            f"{class_}[{self.here}, {request}, {reply}] = {class_}(site, {self.writer.port(port)})"
        )

    def _endpoints_of(self, op: Comm, side: str) -> Iterator[tuple[str | None, tuple[str, str]]]:
        """One endpoint; two where a member tells its own cluster and others the same."""
        if op.sender.role != self.role.name or not mixed(op, self.writer.compiled.facts):
            yield None, self._endpoint(op, side)
            return
        yield None, self._sending(op, self.role)
        channel = self.writer.channel(op, self.role, self.role, True)
        yield self.role.name, self._make("Mesh", op, channel, None)

    def _endpoint(self, op: Comm, side: str) -> tuple[str, str]:
        choreography = self.writer.choreography
        sender = choreography.role(op.sender.role)
        if op.kind in MESH_KINDS or (op.sender.role == self.role.name and self._inside(op)):
            return self._make("Mesh", op, self.writer.channel(op, sender, sender, False), None)
        if side == "send":
            return self._sending(op, sender)
        if op.sender.role == self.role.name:
            return self._make("Mesh", op, self.writer.channel(op, sender, sender, False), None)
        channel = self.writer.channel(op, sender, self.role, self._several(op))
        return self._make(_RECEIVERS[self._receiving(op)], op, channel, op.sender)

    def _inside(self, op: Comm) -> bool:
        return any(s.role == self.role.name for s in op.receivers)

    def _several(self, op: Comm) -> bool:
        return self.writer.compiled.leaders(op.uid) in self.writer.compiled.several

    def _sending(self, op: Comm, sender: Role) -> tuple[str, str]:
        told = [s for s in self.writer.compiled.told(op) if s.role != sender.name]
        boxes = []
        for seat in told:
            receiver = self.writer.choreography.role(seat.role)
            channel = self.writer.channel(op, sender, receiver, self._several(op))
            kind = "Scatter" if op.kind == "scatter" else "Outboxes" if seat.picked else "Outbox"
            boxes.append(self._make(kind, op, channel, seat))
        if len(boxes) == 1:
            return boxes[0]
        payload = self.writer.render_type(self.writer.compiled.facts.payload[op.uid])
        picks = any(seat.picked for seat in told)
        multicast = self.writer.name(f"motet.wire.{'Multicasts' if picks else 'Multicast'}")
        return (
            f"{multicast}[{self.here}, {payload}]",
            f"{multicast}({', '.join(made for _, made in boxes)})",
        )

    def _receiving(self, op: Comm) -> str:
        if op.kind in ("gather", "reduce") or (op.kind == "scatter" and op.sender.whole):
            return "all"
        return "member" if op.sender.key and not op.sender.session else "one"

    def _make(self, kind: str, op: Comm, channel: str, partner: Seat | None) -> tuple[str, str]:
        payload = self.writer.render_type(self.writer.compiled.facts.payload[op.uid])
        class_ = self.writer.name(f"motet.wire.{kind}")
        if partner is None:
            return f"{class_}[{self.here}, {payload}]", f"{class_}(site, {channel})"
        there = self.writer.location(self.writer.choreography.role(partner.role))
        peer = partner.key if partner.session and partner.key in self.sessions else partner.role
        return (
            f"{class_}[{self.here}, {there}, {payload}]",
            f"{class_}(site, {channel}, {partner_name(peer)})",
        )

    # Streams

    def _stream(self, hop: Hop, side: str) -> tuple[str, str]:
        """The endpoint of a stream between locations: its class with type arguments, and how it is made."""
        sender = self.writer.choreography.role(hop.sender)
        if hop.sender in hop.receivers:
            return self._stream_end(_MESHES[hop.kind], hop, sender, None, False)
        several = len(hop.receivers) > 1
        if side == "receive":
            kind = "StreamGather" if sender.cluster else "StreamInbox"
            return self._stream_end(kind, hop, self.role, sender, several)
        boxes = [
            self._stream_end(
                _STREAMS_OUT.get(hop.kind, "StreamOutbox"), hop, receiver, receiver, several
            )
            for receiver in map(self.writer.choreography.role, hop.receivers)
        ]
        if not several:
            return boxes[0]
        multicast = self.writer.name("motet.wire.StreamMulticast")
        made = ", ".join(made for _, made in boxes)
        return f"{multicast}[{self.here}, {self._elements(hop)}]", f"{multicast}({made})"

    def _stream_end(
        self, kind: str, hop: Hop, receiver: Role, partner: Role | None, several: bool
    ) -> tuple[str, str]:
        sender = self.writer.choreography.role(hop.sender)
        channel = self.writer.channel(hop, sender, receiver, several)
        class_ = self.writer.name(f"motet.wire.{kind}")
        if partner is None:
            return f"{class_}[{self.here}, {self._elements(hop)}]", f"{class_}(site, {channel})"
        there = self.writer.location(partner)
        typed = f"{class_}[{self.here}, {there}, {self._elements(hop)}]"
        return typed, f"{class_}(site, {channel}, {partner_name(partner.name)})"

    def _elements(self, hop: Hop) -> str:
        payload = self.writer.compiled.facts.payload[hop.uid]
        return self.writer.render_type(payload.args[0])

    # Calls and sessions

    def calls(self) -> Iterator[str]:
        """A property for each call of another choreography: the callee's net, one call path further."""
        done: set[str] = set()
        for uid, _ in self._touches():
            op = self.writer.operation(uid)
            if isinstance(op, Invoke) and self.writer.compiled.names[uid] not in done:
                done.add(self.writer.compiled.names[uid])
                played = op.played(self.role.name)
                for formal, _ in played:
                    yield self._call(op, formal, len(played) > 1)

    def _call(self, op: Invoke, formal: str, several: bool) -> str:
        plan = self.writer.plan
        callee = plan.compiled[op.callee].choreography
        net = self.writer.name(f"wire:{callee.module}.{plan.net_name(callee, callee.role(formal))}")
        actual = dict(op.roles)
        given = self.writer.compiled.facts.given.get(op.uid, {})
        stands_for = {v: self.writer.render_type(t) for v, t in given.items()} | {
            r.location: self.writer.location(self.writer.choreography.role(actual[r.name].role))
            for r in callee.roles
            if r.variable
        }
        args = [stands_for[v] for v in net_variables(plan.compiled[op.callee])]
        made = f"{net}[{', '.join(args)}]" if args else net
        name = self.writer.compiled.names[op.uid]
        peers = [
            f"{partner_name(r.name)}={self._peer(r.name, actual[r.name])}"
            for r in callee.roles
            if r.name != formal
        ]
        codecs = [f"{p}={codec}" for p, codec in self.writer.codecs_given(op)]
        passed = ", ".join([f'self.site.call("{name}")', *peers, *codecs])
        picked = [self._picked(f, seat) for f, seat in op.picked(formal) if not seat.fixed]
        decorator = "" if picked else "    @property\n"
        head = f"    def {call_name(name, formal if several else None)}({', '.join(['self', *picked])})"
        return f"{decorator}{head} -> {made}:\n        return {net}({passed})"

    def _peer(self, formal: str, seat: Seat) -> str:
        """Who plays a formal role, as the callee's net is told."""
        if seat.session and seat.key in self.sessions:
            self.used.add(seat.key)
            return f"self.{partner_name(seat.key)}"
        if seat.role == self.role.name:
            group = "self.site.group"
        else:
            self.used.add(seat.role)
            group = f"self.{partner_name(seat.role)}"
        return (
            f"{group}[{seat.key if seat.fixed else partner_name(formal)}]" if seat.picked else group
        )

    def _picked(self, formal: str, seat: Seat) -> str:
        """The parameter that says which member plays a formal role."""
        there = self.writer.location(self.writer.choreography.role(seat.role))
        return f"{partner_name(formal)}: int | {self.writer.name('motet.MemberId')}[{there}]"

    def _opener(self, uid: int, inner: _Net) -> str:
        each = self.writer.each(uid)
        name = self.writer.compiled.names[uid]
        passed = []
        for partner in inner._partners():
            if partner == each.variable and each.role != self.role.name:
                self.used.add(each.role)
                group = partner_name(each.role)
                passed.append(f"{partner_name(partner)}=self.{group}[member]")
            else:
                self.used.add(partner)
                passed.append(f"{partner_name(partner)}=self.{partner_name(partner)}")
        passed += [f"{p}=self.{p}" for p, _ in self.writer.codecs_taken()]
        params = self.writer.params
        if each.role == self.role.name:
            site = f'self.site.call("{name}").member(self.site.me)'
            head = f"    @property\n    def {name}(self) -> {inner.class_name}{params}:"
            doc = '        """The session of this member."""'
        else:
            there = self.writer.location(self.writer.choreography.role(each.role))
            member = f"{self.writer.name('motet.MemberId')}[{there}]"
            site = f'self.site.call("{name}").member(member)'
            head = f"    def {name}(self, member: {member}) -> {inner.class_name}{params}:"
            doc = f'        """The session with one `{each.variable}`."""'
        return f"{head}\n{doc}\n        return {inner.class_name}({', '.join([site, *passed])})"


_RECEIVERS = {"all": "Gather", "member": "Inboxes", "one": "Inbox"}
_STREAMS_OUT = {"demux": "StreamOutboxes", "round_robin": "RoundRobin"}
_MESHES = {"broadcast": "StreamMesh", "demux": "DemuxMesh", "round_robin": "RoundRobinMesh"}
