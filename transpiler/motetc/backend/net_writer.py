"""What the nets of one choreography share: its channels and ports, and how locations and types are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from motetc.backend.plan import Compiled, Plan, net_variables
from motetc.frontend.naming import parameter, snake
from motetc.ir.generic_types import typevars
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import Answer, Choreography, Comm, Each, Flow, Invoke
from motetc.ir.roles import Role
from motetc.ir.types import Type
from motetc.ir.walk import statements

Name = Callable[[str], str]


@dataclass(slots=True)
class NetWriter:
    """Writes the nets of one choreography into a wire module. `name` imports, `location` names a role's class."""

    plan: Plan
    compiled: Compiled
    name: Name
    render_type: Callable[[Type], str]
    codec: Callable[[Type, str, bool], tuple[str, str]]  # of a type; true for batches of a stream
    given: Callable[[Type, str], tuple[str, str]]  # the same where a net makes another
    location: Callable[[Role], str]
    declared: Mapping[str, str]  # what type variables the choreography declares itself, and how
    constants: dict[str, str] = field(default_factory=dict)
    returning: frozenset[int] = field(init=False)  # the uids of hops by which a cycle comes back

    def __post_init__(self) -> None:
        flows = [s for s in statements(self.choreography.body) if isinstance(s, Flow)]
        self.returning = frozenset(hop.uid for flow in flows for hop in flow.returning)

    @property
    def choreography(self) -> Choreography:
        return self.compiled.choreography

    def each(self, uid: int) -> Each:
        return next(
            s for s in statements(self.choreography.body) if isinstance(s, Each) and s.uid == uid
        )

    def operation(self, uid: int) -> Comm | Invoke | Hop | Port | None:
        op = self.compiled.operation(uid)
        op = op.port if isinstance(op, Answer) else op
        return op if isinstance(op, (Comm, Invoke, Hop, Port)) else None

    def channel(self, op: Comm | Hop, sender: Role, receiver: Role, several: bool) -> str:
        """The expression of a channel: a constant, or in place where its ends are type variables."""
        leader = self.compiled.leaders(op.uid)
        name = self.compiled.names[leader]
        type_ = self.compiled.facts.payload[op.uid]
        hint = f"{self.choreography.name}_{name}"
        encode, decode = self.codec(type_, hint, isinstance(op, Hop))
        given = [f'"{name}"', encode, decode]
        if op.uid in self.returning:
            given.append("unlimited=True")
        made = f"{self.name('motet.wire.Channel')}({', '.join(given)})"
        if sender.variable or receiver.variable or typevars(type_):
            return made
        to = f"_TO_{receiver.name.upper()}" if several else ""
        constant = self.constant(f"{hint.upper()}{to}", leader, to)
        ends = f"{self.location(sender)}, {self.location(receiver)}"
        typed = f"{self.name('motet.wire.Channel')}[{ends}, {self.render_type(type_)}]"
        self.constants.setdefault(
            constant, f"{constant}: {self.name('typing.Final')}[{typed}] = {made}"
        )
        return constant

    def port(self, port: Port) -> str:
        """The expression of a port's codecs: a constant, or in place where its location is a type variable."""
        request, reply = self.compiled.facts.payload[port.uid].args
        hint = f"{self.choreography.name}_{self.compiled.names[port.uid]}"
        codecs = (
            *self.codec(request, f"{hint}_request", False),
            *self.codec(reply, f"{hint}_reply", False),
        )
        made = f'{self.name("motet.wire.PortChannel")}("{port.name}", {", ".join(codecs)})'
        role = self.choreography.role(port.role)
        if role.variable:
            return made
        types = f"{self.render_type(request)}, {self.render_type(reply)}"
        typed = f"{self.name('motet.wire.PortChannel')}[{self.location(role)}, {types}]"
        final = self.name("typing.Final")
        public = (
            f"{self.choreography.name}_{port.name}"  # clients import it: what the source calls it
        )
        constant = self.constant(public.upper(), port.uid)
        self.constants.setdefault(constant, f"{constant}: {final}[{typed}] = {made}")
        return constant

    def constant(self, hint: str, *what: object) -> str:
        """The name of a constant of this choreography's."""
        module, key = self.choreography.module, self.choreography.key
        return self.plan.names.name(module, hint, key, "constant", *what)

    @property
    def params(self) -> str:
        """`[A, B, T]` after a net that is generic; nothing after others."""
        names = net_variables(self.compiled)
        return f"[{', '.join(names)}]" if names else ""

    @property
    def variables(self) -> str:
        """`[A: Process, B: Process, T]`, if the choreography declares them itself."""
        own = [self.declared[n] for n in net_variables(self.compiled) if n in self.declared]
        return f"[{', '.join(own)}]" if own else ""

    def codecs_taken(self) -> Iterator[tuple[str, str]]:
        """The parameters by which a net is given the codecs of free type variables, and their types."""
        callback = self.name("collections.abc.Callable") if self.compiled.facts.carried else ""
        for variable in self.compiled.facts.carried:
            yield parameter("encode", variable), f"{callback}[[{variable}], object]"
            yield parameter("decode", variable), f"{callback}[[object], {variable}]"

    def codecs_given(self, op: Invoke) -> Iterator[tuple[str, str]]:
        """What the net of a call is given for these."""
        for variable, type_ in self.compiled.facts.given.get(op.uid, {}).items():
            hint = f"{self.choreography.name}_{self.compiled.names[op.uid]}_{snake(variable)}"
            encode, decode = self.given(type_, hint)
            yield parameter("encode", variable), encode
            yield parameter("decode", variable), decode
