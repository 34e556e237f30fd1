"""What leaves a role's loops: elements that are sent, and elements that are kept for an awaited result."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.source import SourceModule
from motetc.ir.live import Collect, Hop, Live, Port
from motetc.ir.pieces import Touch
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element
from motetc.passes.fuse.expressions import is_name
from motetc.passes.fuse.inline import is_still
from motetc.passes.fuse.schedule import Schedule


@dataclass(slots=True, kw_only=True)
class Leaving(Schedule):
    """`state` declares the variables of the function; `touches` are the endpoints it uses."""

    net: str
    module: SourceModule
    state: Code = field(default_factory=Code)
    touches: list[Touch] = field(default_factory=list)
    inline_sends: set[int] = field(default_factory=set)  # hops that need no list
    whole: set[int] = field(default_factory=set)  # hops that take a driver's batches as they are
    kept: set[int] = field(
        default_factory=set
    )  # hops whose elements are needed after they were sent
    callees: dict[int, str] = field(default_factory=dict)  # by identity of the expression
    computed: dict[tuple[int, str], str] = field(default_factory=dict)  # what `once` has named

    def callee(self, function: cst.BaseExpression) -> str:
        """A function of the source; one that is made by a call is made once."""
        text = super(Leaving, self).callee(function)
        if not isinstance(function, cst.Call):
            return text
        if id(function) not in self.callees:
            name = self.callees[id(function)] = self.fresh("function")
            self.state.line(f"{name} = {text}")
        return self.callees[id(function)]

    def once(self, text: str, hint: str, live: Live) -> str:
        """An expression that is evaluated once, before the loops: the name of its value, or the literal it is."""
        if is_name(text) or is_still(text):
            return text
        known = self.computed.get((live.uid, hint))
        if known is None:
            known = self.computed[(live.uid, hint)] = self.fresh(hint)
            self.state.line(f"{known} = {text}", live.span)
        return known

    def waiting(self, hop: Hop) -> str:
        """The list of the elements that wait to be sent, called as the source calls them."""
        if hop.uid not in self.variables:
            live = self.flow.arrival(hop).inputs[0]
            hints = live.name, self.flow.name_of(hop), self.to_whom(hop)
            self.variables[hop.uid] = self.fresh(*filter(None, hints))
            item = self.annotation(sent_type(hop, self.key_type(live), self.element_type(live)))
            self.state.line(f"{self.variables[hop.uid]}: list[{item}] = []", hop.span)
        return self.variables[hop.uid]

    def to_whom(self, hop: Hop) -> str:
        """What a list is called after those who are sent it, unless they are sent another one that is called alike."""
        name, to = self.flow.name_of(hop), f"to_{hop.receivers[0]}"
        others = [h for h in self.sent() if h is not hop and self.flow.name_of(h) == name]
        return "" if name and any(h.receivers[0] == hop.receivers[0] for h in others) else to

    def put(self, hop: Hop, element: Element, code: Code) -> None:
        """Have an element sent, with its batch or, where it is alone, at once."""
        text = self._sent(hop, element, code)
        if code.single == code.depth and self._only_here(hop) and hop.uid not in self.kept:
            self.send(hop, f"[{text}]", code)
        else:
            code.line(f"{self.waiting(hop)}.append({text})", hop.span)
            code.unsent.add(hop.uid)

    def send_all(self, code: Code) -> None:
        """Send what has been left to be sent."""
        for hop in self.sent():
            if hop.uid in code.unsent:
                waiting = self.waiting(hop)
                self.send(hop, f"{waiting}.copy()" if hop.uid in self.kept else waiting, code)
                code.unsent.discard(hop.uid)
        for live in self.flow.lives:
            if live.uid in code.unsent and live.op == "reply":
                self.answer(live, self.replies(live), code)
                code.unsent.discard(live.uid)

    def send_whole(self, live: Live, batch: str, code: Code) -> None:
        """Send a driver's batch as it is; sending empties it, so that all but the last are given copies."""
        hops = [h for h in self.hops_of(live) if h.uid in self.whole]
        for hop in hops:
            last = hop is hops[-1] and not self.kept & {h.uid for h in hops}
            self.send(hop, batch if last else f"{batch}.copy()", code)

    def find_whole(self) -> None:
        """Streams of drivers that leave as they come."""
        for live in self.rest:
            if live.shape == "stream" and self.has_batches(live) and not live.lent:
                self.whole |= {h.uid for h in self.hops_of(live)}

    def replies(self, live: Live) -> str:
        """The list of the replies that wait to be sent."""
        if live.uid not in self.variables:
            source = live.inputs[0]
            self.variables[live.uid] = self.fresh(source.name or "replies")
            item = self.annotation(self.item_type(source))
            self.state.line(f"{self.variables[live.uid]}: list[{item}] = []", live.span)
        return self.variables[live.uid]

    def answer(self, live: Live, replies: str, code: Code) -> None:
        """Send replies to clients."""
        port = live.port
        assert port is not None
        self.touches.append(Touch(port.uid, "both", "clients"))
        where = f"# → clients, {self.module.shown(live.span.line)}"
        code.line(f"await {self.port(port)}.reply({replies})  {where}", live.span)

    def port(self, port: Port) -> str:
        """The placeholder of a port's endpoint."""
        return f"{self.net}.__op{port.uid}__"

    def given_away(self, text: str, live: Live) -> str:
        """What leaves for an element: a copy, if something may change it before it has left."""
        return f"{self.imported('copy.deepcopy')}({text})" if live.lent else text

    def _sent(self, hop: Hop, element: Element, code: Code) -> str:
        """What is sent for an element: with its key, or for `demux` with the member that it is for."""
        text = self.given_away(element.value.text, self.flow.arrival(hop).inputs[0])
        if element.key is None:
            return text
        if hop.kind == "demux" and hop.keyed:
            if len(element.key.parts) == 2:
                member, rest = (part.text for part in element.key.parts)
                return f"({member}, ({rest}, {text}))"
            key = self.bind(element.key, "key", code, element.sole).text
            return f"({key}[0], ({key}[1], {text}))"
        return f"({element.key.text}, {text})"

    def _only_here(self, hop: Hop) -> bool:
        return len(self.drivers_of(self.flow.arrival(hop).inputs[0])) == 1

    def send(self, hop: Hop, batch: str, code: Code) -> None:
        """Send a batch."""
        peers = ", ".join(hop.receivers)
        where = f"# → {peers}, {self.module.shown(hop.span.line)}"
        code.line(f"await {self.endpoint(hop)}.send({batch})  {where}", hop.span)

    def endpoint(self, hop: Hop) -> str:
        """The placeholder of a stream's endpoint."""
        return f"{self.net}.__op{hop.uid}__"

    def declare_collect(self, collect: Collect) -> None:
        """A list for the elements of a stream that is awaited whole; a dict of lists for a keyed one."""
        live = collect.live
        if collect not in self.collects_of(live):
            return
        item = self.annotation(self.element_type(live))
        name = self.kept_as(collect)
        if live.shape == "keyed_stream":
            key = self.annotation(self.key_type(live))
            self.state.line(f"{name}: dict[{key}, list[{item}]] = {{}}", collect.span)
        else:
            self.state.line(f"{name}: list[{item}] = []", collect.span)

    def keep(self, collect: Collect, element: Element, code: Code) -> None:
        """Keep an element for the result."""
        if element.key is not None:
            head = f"{self.kept_as(collect)}.setdefault({element.key.text}, [])"
            code.line(f"{head}.append({element.value.text})", collect.span)
        else:
            code.line(f"{self.kept_as(collect)}.append({element.value.text})", collect.span)


def sent_type(hop: Hop, key: Type | None, value: Type | None) -> Type | None:
    """The type of what is sent, of `demux` with the member that it is for."""
    if key is None or value is None:
        return value
    if hop.kind == "demux" and hop.keyed:
        member, inner = key.args
        return Type("tuple", args=(member, Type("tuple", args=(inner, value))))
    return Type("tuple", args=(key, value))
