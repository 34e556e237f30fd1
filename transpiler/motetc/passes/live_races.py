"""Loops over live collections that meet at what a location has: which comes first is open, unless a guard says why not.

Runs when places are known. Functions of operators may use and change a location's attributes and values of its
modules. One loop does so in the order of its elements. Where these have no order, or where another loop uses what one
changes, what comes out depends on timing. (Hydro asks the same of closures that change what they hold, `by_mut`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.program import Program
from motetc.ir.answers import TypeOf
from motetc.ir.live import Live, above, arriving
from motetc.ir.nodes import Choreography, Flow
from motetc.ir.operators import LOOP
from motetc.ir.types import Declared
from motetc.ir.walk import statements
from motetc.passes.aliases import Aliases, code_in
from motetc.passes.chance import chance_of
from motetc.passes.fuse.names import Names
from motetc.passes.lending import Lending, is_driver
from motetc.passes.touching import Touch, Touching

_GUARDED = frozenset({"every", "membership", "requests", "sample_every", "sample_eager", "timeout"})
_LATER = frozenset({"resolve_futures", "resolve_futures_ordered"})


@dataclass(frozen=True, slots=True)
class Deed:
    """What one operator's function does. `code`: as messages name it. `drivers`: where its elements enter the location,
    by uid; `behind`: what lets elements go a batch at a time, before it."""

    live: Live
    code: str
    span: Span
    touch: Touch
    drivers: frozenset[int]
    behind: frozenset[int]
    guarded: bool


def check_live_races(
    program: Program,
    choreography: Choreography,
    type_of: TypeOf,
    declared: Declared,
    findings: Findings,
) -> None:
    """Report every two loops of one location of which one changes what the other uses."""
    flows = [s for s in statements(choreography.body) if isinstance(s, Flow)]
    if not any(flow.lives for flow in flows):
        return
    module = program.modules[choreography.module]
    aliases = Aliases(program, module, choreography, type_of, declared, chance_of(program))
    aliases.find()
    touching = Touching(aliases, {r.name: r.location or "" for r in choreography.roles})
    for flow in flows:
        _Races(flow, touching, findings).run()
        Lending(flow, touching, type_of, declared).mark()


@dataclass(slots=True)
class _Races:
    """Those of one flow."""

    flow: Flow
    touching: Touching
    findings: Findings

    def run(self) -> None:
        told: set[str] = set()
        for role in sorted(self.flow.roles):
            deeds = [*self._deeds(role)]
            for deed in deeds:
                told_of = deed.live.op == LOOP.name  # that it needs an order, by itself
                if deed.touch.changed and not (deed.guarded or told_of or self._has_order(deed)):
                    self._unordered(deed, told)
                if deed.touch.changed and not (
                    deed.guarded or told_of or told & deed.touch.changed
                ):
                    self._until_enough(deed, told)
            for at, deed in enumerate(deeds):
                for other in deeds[:at]:
                    self._meet(other, deed, told)

    def _deeds(self, role: str) -> Iterator[Deed]:
        module = self.touching.aliases.module
        for live in self.flow.lives:
            if live.role != role or live.refused or not live.inputs or live.shape == "slice":
                continue
            for given in live.arguments.values():
                touch = self.touching.of(given.expr)
                if touch.used:
                    yield Deed(
                        live,
                        f"`{' '.join(module.code(given.expr).split())}`",
                        module.span(given.expr),
                        touch,
                        frozenset(self._drivers(live)),
                        _batched(live),
                        bool(live.proofs) or self._is_guarded(live),
                    )
        turns = self.flow.turns
        if turns is not None and role in turns.roles:
            yield from self._turns(role)

    def _turns(self, role: str) -> Iterator[Deed]:
        """What is done for each element of an `async for`."""
        turns = self.flow.turns
        assert turns is not None
        loop = next((x for x in self.flow.lives if x.op == LOOP.name and x.role == role), None)
        touch = Touch()
        for stmt in statements(turns.body):
            for node in code_in(stmt):
                touch.join(self.touching.of_code(node))
        mine = {name for name in touch.used if name.startswith(f"{role}.")}
        touch.used &= mine
        touch.changed &= mine
        if loop is not None and touch.used:
            drivers, guarded = frozenset(self._drivers(loop)), self._is_guarded(loop)
            behind = _batched(loop) - ({loop.uid} if self._has_own_turns(loop) else set())
            yield Deed(loop, "the body of `async for`", turns.span, touch, drivers, behind, guarded)

    def _has_own_turns(self, loop: Live) -> bool:
        """Whether the body of an `async for` runs as soon as an element comes: nothing else is done with it, nobody
        else waits for it, and the loop goes on to the end."""
        turns, flow = self.flow.turns, self.flow
        nodes = arriving(loop.inputs)
        uses = [s for x in flow.lives for s in x.sources] + [c.live for c in flow.collects]
        alone = all(sum(x is node for x in uses) == 1 for node in nodes)
        drivers = {*self._drivers(loop)}
        return (
            turns is not None
            and len(turns.roles) == 1
            and not turns.breaks
            and alone
            and len(drivers) == 1
        )

    def _drivers(self, live: Live) -> Iterator[int]:
        for node in arriving([live]):
            if is_driver(node) or node.op in _LATER:
                yield node.uid

    def _is_guarded(self, live: Live) -> bool:
        """Whether something before it depends on timing, and says why any outcome will do; or comes from outside."""
        return any(
            (x.why and x.hop is None) or x.op in _GUARDED or x.shape == "slice"
            for x in arriving([live])
        )

    def _has_order(self, deed: Deed) -> bool:
        base = deed.live.inputs[0]
        if base.shape not in ("stream", "keyed_stream") or deed.live.op in _LATER:
            return True
        mixed = base.shape == "keyed_stream" and self._is_mixed(base)
        return base.ordered and not mixed

    def _is_mixed(self, live: Live) -> bool:
        """Whether several senders, whose order is open, stand behind the keys of a stream."""
        return any(x.hop is not None and x.shape == "keyed_stream" for x in arriving([live]))

    def _unordered(self, deed: Deed, told: set[str]) -> None:
        what = min(deed.touch.changed)
        told |= deed.touch.changed
        base = deed.live.inputs[0]
        keyed = base.shape == "keyed_stream"
        lacks = (
            "of different keys come in no particular order"
            if keyed
            else "come in no particular order (NoOrder)"
        )
        self.findings.error(
            "missing-nondet",
            deed.span,
            f"{deed.code} changes `{what}`, and elements {lacks}",
            'say why any order is right: `.assume_ordering(nondet("…"))` before it; or do it in a slice',
            (Related(base.span, "these elements"),),
        )

    def _until_enough(self, deed: Deed, told: set[str]) -> None:
        """What is changed for each element until another location has had enough, whenever that is heard."""
        role = deed.live.role
        if any(x.why for x in above(deed.live)):
            return  # at another location a reason has been given
        graph = Names(flow=self.flow, role=role, type_of=self.touching.aliases.type_of, taken=set())
        for driver in (x for x in self.flow.lives if x.uid in deed.drivers and graph.may_close(x)):
            hops = [hop for node in graph.reachable(driver) for hop in graph.hops_of(node)]
            enough = next((h for h in hops if graph.may_close(self.flow.arrival(h))), None)
            if enough is None:
                continue
            what, receiver = min(deed.touch.changed), enough.receivers[0]
            told |= deed.touch.changed
            self.findings.error(
                "missing-nondet",
                deed.span,
                f"{deed.code} changes `{what}` for every element until `{receiver}` has had enough of them, and when "
                "that is heard is open",
                f"change it where they are counted, at `{receiver}`; or say why any number of them is right: "
                '`.assume_ordering(nondet("…"))` before it',
                (Related(enough.span, f"`{receiver}` may want no more of these"),),
            )
            return

    def _meet(self, one: Deed, two: Deed, told: set[str]) -> None:
        together = bool(one.drivers & two.drivers)
        if (
            one.live is two.live
            or one.guarded
            or two.guarded
            or (together and one.behind == two.behind)
        ):
            return
        if self._is_at_hand(one) or self._is_at_hand(two):
            return
        what = one.touch.meets(two.touch)
        if not what or what in told:
            return
        told.add(what)
        first, then = (two, one) if what in two.touch.changed else (one, two)
        does = "changes" if what in then.touch.changed else "uses"
        when = "for elements of another stream, in whatever order they come"
        related, help = "the other stream's", _mend(first)
        if together:
            when = "for the same elements, a batch at a time: how many are in one is open"
            related, help = (
                "one of both is done for a whole batch first",
                _mend_batches(first, then),
            )
        text = f"{first.code} changes `{what}`, and {then.code} {does} it {when}"
        self.findings.error(
            "missing-nondet", first.span, text, help, (Related(then.span, related),)
        )

    def _is_at_hand(self, deed: Deed) -> bool:
        """Whether it runs over elements that are there, in a loop that waits for nobody."""
        nodes = {x.uid: x for x in self.flow.lives}
        sources = [nodes[uid] for uid in deed.drivers]
        return all(self._is_there(x) and not self._leaves(x) for x in sources)

    def _is_there(self, live: Live) -> bool:
        given = live.arguments.get("elements") if live.op == "source" else None
        found = self.touching.aliases.type_of(given.expr) if given is not None else None
        waits = found is not None and found.name.startswith("typing.Async")
        return live.op == "singleton" or (given is not None and not waits)

    def _leaves(self, live: Live) -> bool:
        after = {live.uid}
        for node in self.flow.lives:
            if after & {x.uid for x in node.sources}:
                if node.hop is not None:
                    return True
                after.add(node.uid)
        return False


def _batched(live: Live) -> frozenset[int]:
    """What lets elements go a batch at a time, at a node or before it: an `async for`, and the end of a section."""
    found = arriving([live])
    return frozenset(x.uid for x in found if x.op in (LOOP.name, "end_atomic"))


def _mend_batches(one: Deed, two: Deed) -> str:
    """What to do about two that are done with the same elements, one of them when the other has had a whole batch."""
    loop = any(x.live.op == LOOP.name for x in (one, two))
    where = "in the body of the loop" if loop else "before the section ends"
    return f'do both {where}; or say why any batch is right: `.assume_ordering(nondet("…"))` before both'


def _mend(deed: Deed) -> str:
    order = '`.assume_ordering(nondet("…"))` before one of them; or do both in a slice'
    if deed.live.op in ("for_each", "dest_sink"):
        order = '`commutative=proof("…")`, or ' + order
    return f"say why any order is right: {order}"
