"""What looks like an operation between locations and is none: refused where it stands, with what to write instead."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

import libcst as cst

from motetc.diagnostics.model import FOLLOWS, UNNAMED
from motetc.frontend.operation_calls import ChoreographyCalls
from motetc.frontend.operation_comms import Communications
from motetc.frontend.operation_forms import CLUSTER_ONLY, EACH, ELSEWHERE, KINDS, RECEIVED, received
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children

_IN_COMPREHENSION: Final = (
    "write a `for` loop with the communication as a statement, or a collective such as `gather`"
)
_IN_LAMBDA: Final = "send the value in a statement before, and let the lambda read it"


@dataclass(slots=True)
class Lookalikes(Communications, ChoreographyCalls):
    """Refuses them in the expressions of one choreography."""

    def _is_lookalike(self, node: cst.CSTNode) -> bool:
        """Whether a node itself has been refused, or what is in it, where nothing else is to be found."""
        if isinstance(node, (cst.Lambda, cst.BaseComp)):
            self._refuse_inside(node)
            self._refuse_each(node)
            self.refuse_values(node)
            return True
        if self.is_value(node):
            self.refuse_values(node)
            return True
        if isinstance(node, (cst.Attribute, cst.Arg)):
            return isinstance(node, cst.Attribute) and self._is_bare_operation(node)
        if not isinstance(node, (cst.Await, cst.Call, cst.Subscript, cst.Yield)):
            return False
        if self._is_bare_slice(node):
            return True
        if self._refused(node) or self.opens_sessions(node):
            self._refuse_each(node)
            return True
        if self.program.nested and self._is_nested(node):
            self._refuse(node, FOLLOWS, "")
            return True
        return False

    def _is_bare_slice(self, node: cst.CSTNode) -> bool:
        """`seller.sliced()` elsewhere than at the head of a `with`, which is read for itself."""
        match node:
            case cst.Call(func=cst.Attribute(value=speaker, attr=cst.Name(value="sliced"))):
                seat = self.seat(speaker)
                if seat is not None:
                    self._refuse(node, UNNAMED, f"write `with {seat}.sliced() as tick:`")
                return seat is not None
            case _:
                return False

    def _is_awaited_late(self, node: cst.Await) -> bool:
        """`await a.send(x, to=b).upper()`: something is made of the result before it is awaited."""
        inside = self._called_within(node)
        if inside is None:
            return False
        code = self.module.code
        rest = code(node.expression)[len(code(inside)) :]
        help = f"the brackets go around the `await`: `(await {code(inside)}){rest}`"
        text = f"`{code(inside.func)}(…)` is not awaited: what is made of it is"
        self.findings.error("not-awaited", self.module.span(node), text, help)
        return True

    def _called_within(self, node: cst.Await) -> cst.Call | None:
        """The operation of whose result something is made."""
        inner: cst.BaseExpression = node.expression
        while isinstance(inner, (cst.Call, cst.Attribute, cst.Subscript)):
            if (
                inner is not node.expression
                and isinstance(inner, cst.Call)
                and self._kind(inner) is not None
            ):
                return inner
            inner = inner.func if isinstance(inner, cst.Call) else inner.value
        return None

    def _is_nested(self, node: cst.CSTNode) -> bool:
        """Whether it is a call of a choreography that has been refused since it stands in a class."""
        call = node.expression if isinstance(node, cst.Await) else node
        return (
            isinstance(call, cst.Call)
            and self.program.resolve(self.module, call.func) in self.program.nested
        )

    def calls_refused(self, node: cst.CSTNode) -> bool:
        """Whether a choreography is called in it whose own signature has a finding."""
        callee = self.callee(node.func) if isinstance(node, cst.Call) else None
        refused = callee is not None and not self.program.choreographies[callee].understood
        return refused or any(map(self.calls_refused, children(node)))

    def is_value(self, node: cst.CSTNode) -> bool:
        """Whether it is a choreography's name, not called."""
        return isinstance(node, (cst.Name, cst.Attribute)) and self.callee(node) is not None

    def refuse_values(self, node: cst.CSTNode, free: frozenset[str] | None = None) -> None:
        """A choreography is called by name; it is no value that could be stored, passed on or chosen at run time.

        Within what has a scope of its own, only the names in `free` are those of the choreography.
        """
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.refuse_values(node.name, free)
        if isinstance(node, (cst.Lambda, cst.BaseComp, cst.FunctionDef, cst.ClassDef)):
            free = names_of(node).reads if free is None else names_of(node).reads & free
        if isinstance(node, cst.Name) and free is not None and node.value not in free:
            return
        if self.is_value(node):
            text, span = self.module.code(node), self.module.span(node)
            message = f"the choreography `{text}` is used as a value: which one runs must be plain to all locations"
            told = self.findings.found.values()
            if any(
                (d.message, d.span.path, d.span.line) == (message, span.path, span.line)
                for d in told
            ):
                return
            self.findings.error(
                "unsupported-syntax",
                span,
                message,
                f"call it by name, `await {text}(…)`; choose between two with an `if` whose condition all know",
            )
            return
        if isinstance(node, (cst.Attribute, cst.Arg)):
            self.refuse_values(node.value, free)
            return
        if isinstance(node, cst.Call) and self.is_value(node.func):  # what is wrong is where
            if self.calls_refused(node):
                return
            for argument in node.args:
                self.refuse_values(argument, free)
            return
        for child in children(node):
            self.refuse_values(child, free)

    def _refused(self, node: cst.CSTNode) -> bool:
        """What is syntax in Python and nothing in a choreography."""
        match node:
            case cst.Yield():
                text = "`yield`: a choreography is no generator"
                self._refuse(node, text, "return a value, or send what you would yield")
                return True
            case cst.Call() if self._is_run_by_asyncio(node):
                text = f"`{self.module.code(node.func)}` cannot run what is between locations"
                help = (
                    "let one statement follow the other, each with its `await`; or make each a choreography, and "
                    "`await concurrently(f(…), g(…))`"
                )
                self._refuse(node, text, help)
                return True
            case cst.Subscript():
                return self.asks(self.seat(node))
            case cst.Call(func=cst.Attribute() as func):
                return (
                    self._is_of_class(func)
                    or self._unknown_operation(node, func)
                    or self._is_chosen_late(func)
                )
            case _:
                return False

    def _is_of_class(self, func: cst.Attribute) -> bool:
        """`Buyer.send(…)`."""
        if func.attr.value not in KINDS or not self._is_location_class(func.value):
            return False
        shown = self.module.code(func.value)
        role = next((r.name for r in self.choreography.roles if r.class_name == shown), "…")
        text = f"`{shown}` is the class of a location, and no location"
        self._refuse(func.value, text, f"write `{role}.{func.attr.value}(…)`")
        return True

    def _is_chosen_late(self, func: cst.Attribute) -> bool:
        """`(a if … else b).send(…)`: a location chosen at run time."""
        speaker = func.value
        if (
            func.attr.value not in KINDS
            or self.seat(speaker) is not None
            or not self._mentions_role(speaker)
            or isinstance(speaker, (cst.Call, cst.Attribute))
        ):
            return False
        text = self.module.code(speaker)
        help = (
            "name it: `if …: await a.send(…) else: await b.send(…)`, with a condition that all know"
        )
        said = f"`{text}` is a location chosen at run time"
        seat = self.seat(speaker.value) if isinstance(speaker, cst.Subscript) else None
        if seat is not None:
            said = f"`{text}` is a member of a cluster, and `{seat}` is one node"
            help = f"write `{seat}`, {self.as_cluster(seat)}"
        self._refuse(speaker, said, help)
        return True

    def _is_bare_operation(self, node: cst.Attribute) -> bool:
        """`say = buyer.send`: refused."""
        seat = self.speaker(node) if node.attr.value in KINDS else None
        if seat is None:
            return False
        text = self.module.code(node)
        said = f"`{text}` is an operation between locations, and no value"
        self._refuse(node, said, f"call it where it is needed: `await {text}(…)`")
        return True

    def _is_attempt(self, node: cst.CSTNode) -> bool:
        """`buyer.attempt(f, x)`."""
        if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
            return False
        return node.func.attr.value == "attempt" and self.speaker(node.func) is not None

    def _is_run_by_asyncio(self, node: cst.Call) -> bool:
        """`asyncio.gather(a.send(…), …)`: what would be awaited by a function of asyncio's."""
        named = isinstance(node.func, (cst.Name, cst.Attribute))
        full = self.program.resolve(self.module, node.func) if named else None
        return (full or "").startswith("asyncio.") and any(
            self._kind(arg.value) is not None for arg in node.args
        )

    def opens_sessions(self, node: cst.CSTNode) -> bool:
        """`clients.each()`."""
        return (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Attribute)
            and node.func.attr.value == "each"
            and self.speaker(node.func) is not None
        )

    def _refuse_each(self, node: cst.CSTNode) -> None:
        """Sessions elsewhere than at the head of a `for` statement."""
        if self.opens_sessions(node):
            self._refuse(node, EACH, "write a `for` loop, with what a session does as its body")
            return
        for child in children(node):
            self._refuse_each(child)

    def _unknown_operation(self, call: cst.Call, func: cst.Attribute) -> bool:
        """`buyer.tell(x, to=seller)`: written like an operation, and none."""
        name = func.attr.value
        to = next((a for a in call.args if a.keyword and a.keyword.value == "to"), None)
        if name in KINDS or to is None or not self._are_seats(to.value):
            return False
        speaker = self.seat(func.value)
        if speaker is None:
            return False
        known = sorted(KINDS if speaker.whole else KINDS.keys() - CLUSTER_ONLY)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        if name in ELSEWHERE:
            near = [ELSEWHERE[name]]
        help = (
            self.mended(near[0], call)
            if near
            else f"write one of {', '.join(f'`{k}`' for k in known)}"
        )
        if name in RECEIVED:
            help = received(self.module.code(to.value), self.module.code(func.value))
        if name == "select":
            share = f"{self.module.code(func.value)}.share(…, to={self.module.code(to.value)})"
            help = f"whoever is to follow a branch must know its condition: `if await {share}:`"
        self._refuse(func, f"`{name}` is no operation between locations", help)
        return True

    def _are_seats(self, to: cst.BaseExpression) -> bool:
        parts = [e.value for e in to.elements] if isinstance(to, cst.Tuple) else [to]
        return all(self.seat(part) is not None for part in parts)

    def _not_awaited(self, call: cst.Call) -> None:
        text = self.module.code(call.func)
        self.findings.error(
            "not-awaited",
            self.module.span(call),
            f"`{text}(…)` is not awaited, so nothing would happen",
            f"write `await {text}(…)`",
        )

    def _refuse_inside(self, node: cst.CSTNode) -> None:
        inner = self.contains(node)
        if inner is not None:
            what, help = "a comprehension", _IN_COMPREHENSION
            if isinstance(node, cst.Lambda):
                what, help = "a lambda", _IN_LAMBDA
            text = f"communication inside {what} has no statement to stand in"
            self.findings.error("unsupported-syntax", self.module.span(inner), text, help)
